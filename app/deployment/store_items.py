"""Topology and simple URLs among the documents of a Central Management store (formats sheet 2).

The names inside an Export-CsConfiguration archive are documented nowhere, so nothing is looked for by its place: any
element of the right namespace counts, at any depth, also where a document is kept as escaped text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from app.deployment.published import is_published
from app.deployment.refusals import UnreadableXml
from app.deployment.safe_xml import local_name, namespace, parse_text
from app.deployment.service_parts import SIMPLE_URL_NAMESPACE

_NESTING_LIMIT = 3
"""An escaped document inside an escaped document inside … is nothing that the product writes."""
_WORTH_PARSING = ("Topology.2008", "SimpleUrl.2008")


@dataclass(slots=True)
class StoreItems:
    """What was found; filled by ``collect`` from one document after the other."""

    topologies: list[etree._Element] = field(default_factory=list)
    simple_urls: list[etree._Element] = field(default_factory=list)

    def collect(self, root: etree._Element, name: str, nesting: int = 0) -> None:
        """Add what a document holds.

        Raises:
            UnreadableXml: an escaped topology is damaged or has a DOCTYPE.
        """
        for element in root.iter():
            if is_published(element):
                self.topologies.append(element)
            elif local_name(element) == "SimpleUrlConfiguration" and namespace(element) == SIMPLE_URL_NAMESPACE:
                self.simple_urls.append(element)
        if nesting < _NESTING_LIMIT:
            for text in _escaped_documents(root):
                self.collect(parse_text(text, name), name, nesting + 1)


def may_hold_items(data: bytes) -> bool:
    """Return whether a part is worth parsing: it names one of the wanted schemas in UTF-8 or UTF-16."""
    return any(one.encode(codec) in data for one in _WORTH_PARSING for codec in ("utf-8", "utf-16-le", "utf-16-be"))


def damaged_item(error: UnreadableXml) -> str:
    """Return what to say about a part that could not be parsed."""
    return f"{error.found} inside it"


def _escaped_documents(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        text = (element.text or "").lstrip()
        if text.startswith("<") and any(one in text for one in _WORTH_PARSING):
            yield text
