"""Why a file is refused: always what was found, what was expected and what to do next."""

from __future__ import annotations


class Refusal(Exception):
    """A file that cannot be used; ``str()`` is one sentence for the operator, without a traceback's vocabulary."""

    expected = "a file that this program reads"
    remedy = ""

    def __init__(self, name: str, found: str, *, expected: str = "", remedy: str = "") -> None:
        """Keep the parts.

        Args:
            name: the file as the operator knows it.
            found: what is there.
            expected: what should be there; empty: the kind's own.
            remedy: what to do next; empty: the kind's own.
        """
        self.name = name
        self.found = found
        self.expected = expected or type(self).expected
        self.remedy = remedy or type(self).remedy
        super().__init__(f"{name}: found {found}; expected {self.expected}; {self.remedy}.")


class NotATopology(Refusal):
    """The file holds no topology document that may be trusted."""

    expected = "a published topology document, a Topology Builder file (.tbxml) or an Export-CsConfiguration archive"
    remedy = "give the Config.zip of the backup, or save (Get-CsTopology -AsXml).ToString() on a living server"


class UnreadableXml(Refusal):
    """The bytes are no XML that may be parsed."""

    expected = "an XML document without a DOCTYPE, in UTF-8, ASCII or UTF-16"
    remedy = "take the file from the backup again"


class UnreadableArchive(Refusal):
    """The file is no archive that may be opened."""

    expected = "a complete, unencrypted .zip as the Export-Cs cmdlets write it"
    remedy = "take the file from the backup again, or use an older backup"
