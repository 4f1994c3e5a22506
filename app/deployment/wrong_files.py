"""What admins hand over instead of a topology, told apart by content so that the refusal can name it."""

from __future__ import annotations

import re

from lxml import etree

from app.deployment.refusals import NotATopology
from app.deployment.safe_xml import children, local_name, namespace

_HTML = re.compile(r"\A\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html\b)", re.IGNORECASE | re.DOTALL)
_HERE_STRING = re.compile(r"@[\"'][ \t]*\r?\n\s*<", re.MULTILINE)
_VARIABLE = re.compile(r"\$[({]|\$[A-Za-z_]")
_NAMES_OF_COMPUTERS = ("Fqdn", "DefaultDomain", "ConfiguredFqdn")
_ROOTS = {
    "CsMgmtLog": (
        "the report of a management cmdlet (CsMgmtLog), not the topology itself",
        "look in it for the title 'Backup filename', which names the document that was replaced",
    ),
    "Objs": (
        "objects saved with Export-Clixml, not a topology document",
        "save (Get-CsTopology -AsXml).ToString() instead",
    ),
    "TopologyInput": ("the input of Merge-CsLegacyTopology, not a topology", "give the Config.zip of the backup"),
    "html": ("an HTML page", "give the Config.zip of the backup"),
}


def refuse_text(text: str, name: str) -> None:
    """Refuse what can be told before parsing: HTML pages and PowerShell scripts.

    Raises:
        NotATopology: it is one of them.
    """
    if _HTML.match(text[:4096]):
        found = "an HTML page, such as Get-CsTopology -Report writes for people to read"
        raise NotATopology(name, found, remedy="save (Get-CsTopology -AsXml).ToString() instead")
    start = text.lstrip()
    if not start.startswith("<") and ("<Topology" in text or _HERE_STRING.search(text)):
        raise NotATopology(name, "a PowerShell script that holds a topology template, not a backup")


def refuse_root(root: etree._Element, name: str) -> None:
    """Refuse a document whose root says that it is something else.

    Raises:
        NotATopology: always.
    """
    label = local_name(root)
    if label in _ROOTS:
        found, remedy = _ROOTS[label]
        raise NotATopology(name, found, remedy=remedy)
    if label == "Topology":
        raise NotATopology(name, f"a Topology element of another kind (namespace '{namespace(root)[:120]}')")
    if label in ("DocItemSet", "AnchoredXml", "DocItem"):
        raise NotATopology(name, "items of a management store or user data, with no topology among them")
    raise NotATopology(name, f"an XML document with the root element '{label[:80]}', which holds no topology")


def refuse_template(root: etree._Element, name: str) -> None:
    """Refuse a document with PowerShell variables where names belong (formats sheet 1.1).

    A share may well end in ``$``; only ``$`` before a letter or a bracket is a variable.

    Raises:
        NotATopology: there is one.
    """
    for element in root.iter():
        values = [element.get(one, "") for one in _NAMES_OF_COMPUTERS]
        if local_name(element) == "InternalDomain":
            values.append(element.get("Name", ""))
        if local_name(element) in ("CentralSite", "RemoteSite"):
            values.extend((one.text or "") for one in children(element, "Name"))
        variable = next((one for one in values if _VARIABLE.search(one)), None)
        if variable is not None:
            raise NotATopology(
                name, f"a PowerShell template (the variable {variable[:60]} stands for a name), not a backup"
            )
