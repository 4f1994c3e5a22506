"""From a file to a topology, whatever container and encoding it comes in (formats sheet 1 and 2), or a clear refusal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from app.deployment.designs import designed_topology, is_design
from app.deployment.encodings import characters
from app.deployment.packages import Package, looks_like_archive, open_package
from app.deployment.published import is_published, published_topology
from app.deployment.reading_notes import notes_on
from app.deployment.refusals import NotATopology, Refusal, UnreadableXml
from app.deployment.safe_xml import WHOLE_DOCUMENT_LIMIT, parse_text
from app.deployment.service_parts import simple_urls_of
from app.deployment.store_items import StoreItems, may_hold_items
from app.deployment.topology import SimpleUrl, Topology
from app.deployment.wrong_files import refuse_root, refuse_template, refuse_text

__all__ = ["NotATopology", "read_topology", "read_topology_file", "topology_in"]


def read_topology(data: bytes, name: str) -> Topology:
    """Return the topology in the bytes of a document or archive.

    Args:
        data: the whole file: published document, .tbxml, management store items, or an Export-CsConfiguration archive.
        name: the file as the operator knows it, for messages.

    Raises:
        NotATopology: with what was found, what was expected and what to do next.
    """
    try:
        if looks_like_archive(data[:4]):
            with open_package(io.BytesIO(data), name) as package:
                return topology_in(package)
        return _from_document(data, name)
    except NotATopology:
        raise
    except Refusal as refusal:
        raise _as_topology_refusal(refusal) from refusal


def read_topology_file(path: Path) -> Topology:
    """Return the topology in a file; archive or document is decided by content, never by the name.

    Raises:
        NotATopology: as ``read_topology``, also where the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _from_file(file, path.name)
    except NotATopology:
        raise
    except Refusal as refusal:
        raise _as_topology_refusal(refusal) from refusal
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotATopology(
            path.name, f"a file that cannot be read ({reason})", remedy="name a readable file"
        ) from error


def topology_in(package: Package) -> Topology:
    """Return the topology of an open archive.

    Raises:
        NotATopology: no part holds one.
        UnreadableArchive: a part is damaged.
        UnreadableXml: the part that holds it is no XML that may be parsed.
    """
    items = StoreItems()
    for member in package.members:
        if member.size <= WHOLE_DOCUMENT_LIMIT:
            data = package.read(member.name, WHOLE_DOCUMENT_LIMIT)
            if may_hold_items(data):
                items.collect(_tree(data, f"{package.name} ({member.name})"), package.name)
    if not items.topologies:
        raise NotATopology(package.name, _without_topology(package))
    return _from_items(items, package.name)


def _from_file(file: BinaryIO, name: str) -> Topology:
    start = file.read(4)
    file.seek(0)
    if looks_like_archive(start):
        with open_package(file, name) as package:
            return topology_in(package)
    data = file.read(WHOLE_DOCUMENT_LIMIT + 1)
    if len(data) > WHOLE_DOCUMENT_LIMIT:
        raise NotATopology(name, f"more than {WHOLE_DOCUMENT_LIMIT} bytes, which no topology needs")
    return _from_document(data, name)


def _from_document(data: bytes, name: str) -> Topology:
    root = _tree(data, name)
    if is_published(root):
        return _finished(published_topology(root), root, name)
    if is_design(root):
        design = designed_topology(root)
        if design is None:
            raise NotATopology(name, "a Topology Builder file without a topology in it")
        return _finished(design, root, name)
    items = StoreItems()
    items.collect(root, name)
    if items.topologies:
        return _from_items(items, name)
    refuse_root(root, name)
    raise AssertionError("refuse_root always raises")


def _tree(data: bytes, name: str) -> etree._Element:
    text = characters(data, name)
    refuse_text(text, name)
    return parse_text(text, name)


def _from_items(items: StoreItems, name: str) -> Topology:
    """Return the first topology; a second one of another signature is said, not merged."""
    first = items.topologies[0]
    urls: dict[SimpleUrl, None] = dict.fromkeys(url for one in items.simple_urls for url in simple_urls_of(one))
    others = {one.get("Signature", "").lower() for one in items.topologies[1:]} - {first.get("Signature", "").lower()}
    topology = replace(published_topology(first), simple_urls=tuple(urls))
    if others:
        note = f"{len(others) + 1} different topology documents are in this file; the first one is shown"
        topology = replace(topology, notes=(note,))
    return _finished(topology, first, name)


def _finished(topology: Topology, root: etree._Element, name: str) -> Topology:
    refuse_template(root, name)
    if not topology.clusters or not topology.services:
        missing = "clusters" if not topology.clusters else "services"
        raise NotATopology(name, f"a topology that names no {missing}")
    return replace(topology, notes=(*topology.notes, *notes_on(topology)))


def _without_topology(package: Package) -> str:
    if any(looks_like_archive(_start(package, one.name)) for one in package.members[:50]):
        return "archives inside an archive, no topology (a packed backup folder?)"
    if package.is_opc:
        return "an export of something else: none of its parts holds a topology"
    return "an archive none of whose files holds a topology"


def _start(package: Package, member: str) -> bytes:
    with package.open(member) as stream:
        return stream.read(4)


def _as_topology_refusal(refusal: Refusal) -> NotATopology:
    """Keep what was found; what to do next is the damaged file's, what was expected is a topology's."""
    expected = "" if isinstance(refusal, UnreadableXml) else refusal.expected
    return NotATopology(refusal.name, refusal.found, expected=expected, remedy=refusal.remedy)
