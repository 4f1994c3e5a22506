"""One XML part of an archive, heard from start to end: what it is and what it holds, in flat memory at any length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import BinaryIO

from app.deployment.published import NAMESPACE as TOPOLOGY_NAMESPACE
from app.deployment.safe_xml import listen, local

USER_ITEM = "urn:lcd:"
"""Prefix of the items that are users; everything else counts as "other" (formats sheet 2.2)."""
_TOPOLOGY = f"{{{TOPOLOGY_NAMESPACE}}}Topology"
_HOST = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_KEPT = 2_000
"""Upper bound of every set that is kept, so that no file can fill the memory."""


class Part:
    """Listener and result in one."""

    def __init__(self) -> None:
        self.root = ""
        """Local name of the root element."""
        self.holds_topology = False
        self.users = 0
        self.other_items = 0
        self.sip_domains: set[str] = set()
        self.words: set[str] = set()
        """Local names and namespaces seen, lower case."""
        self.hosts: set[str] = set()
        """Host names in attribute values, lower case; only collected in parts without users."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hear one start tag; called tens of millions of times for a large pool."""
        if tag.endswith("DocItem") and local(tag) == "DocItem":
            self._item(attributes.get("Name", ""))
        if self.users:
            return
        if not self.root:
            self.root = local(tag)
        if tag == _TOPOLOGY:
            self.holds_topology = True
        if len(self.words) < _KEPT:
            self.words.add(tag.lower())
        if len(self.hosts) < _KEPT:
            self.hosts.update(host.lower() for value in attributes.values() for host in _HOST.findall(value[:1000]))

    def close(self) -> None:
        """Hear the end."""

    def _item(self, name: str) -> None:
        if name[: len(USER_ITEM)].lower() != USER_ITEM:
            self.other_items += 1
            return
        self.users += 1
        domain = name.rpartition("@")[2].lower() if "@" in name else ""
        if domain and len(self.sip_domains) < _KEPT:
            self.sip_domains.add(domain)


def hear(stream: BinaryIO, name: str) -> Part:
    """Return what a part holds.

    Raises:
        UnreadableXml: it is not well-formed to its end, or has a DOCTYPE.
        UnreadableArchive: the archive around it is damaged.
    """
    part = Part()
    listen(stream, name, part)
    return part
