"""The one seam between the program and a Windows host: run a batch of fixed scripts, get their answers.

A *fragment* is a ``.ps1`` file of the product plus JSON arguments. A batch is sent to one host in one PowerShell start
(the start costs 0.4 to 7 s on real machines, a fragment costs milliseconds). Nothing else is ever sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """One fixed script with its data."""

    id: str
    """Names the answer within the batch."""
    script: str
    """Path below ``app/facts/scripts``, such as ``host/identity.ps1``."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """JSON data handed to the script; never spliced into its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one fragment said."""

    id: str
    value: bytes | None
    """The fragment's result as JSON, or None where it failed."""
    error: str = ""
    """Why it failed, in the host's words, cleaned of control characters."""
    seconds: float = 0.0
    answered: bool = True
    """False where the host never came to this fragment's answer; whether its script ran is then not known."""


class Session(Protocol):
    """A way to one Windows host."""

    def run(self, fragments: Sequence[Fragment], *, seconds: float) -> Mapping[str, Answer]:
        """Run all fragments in one PowerShell start and return an answer for each id.

        Args:
            fragments: what to run; ids are unique.
            seconds: total deadline for the whole batch, enforced from outside the library.

        Raises:
            RemoteError: nothing usable came back; a fragment that failed by itself is an ``Answer`` with ``error``.
        """
        ...

    def close(self) -> None:
        """Give the kept shell back; never raises."""
        ...
