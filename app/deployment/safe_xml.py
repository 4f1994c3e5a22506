"""XML from a stranger: lxml with everything that reaches out or expands switched off, behind the DOCTYPE refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Protocol, cast

from lxml import etree

from app.deployment.encodings import characters, refuse_doctype, utf8_chunks, without_declaration
from app.deployment.refusals import UnreadableXml

WHOLE_DOCUMENT_LIMIT = 64 * 1024 * 1024
"""Bytes of a document that is held as a tree (about five times that in memory). Real topologies stay below 5 MB."""


class Listener(Protocol):
    """Hears a document that is too long for a tree."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hear a start tag, ``{namespace}name``."""
        ...

    def close(self) -> None:
        """Hear the end."""
        ...


def parse(data: bytes, name: str) -> etree._Element:
    """Return the root of a whole document; comments and processing instructions are left out.

    Raises:
        UnreadableXml: too long, no text, a DOCTYPE, cut off, or not well-formed.
    """
    if len(data) > WHOLE_DOCUMENT_LIMIT:
        raise UnreadableXml(name, f"{len(data)} bytes", expected=f"a document of at most {WHOLE_DOCUMENT_LIMIT} bytes")
    return parse_text(characters(data, name), name)


def parse_text(text: str, name: str) -> etree._Element:
    """Return the root of a document that is already decoded.

    Raises:
        UnreadableXml: as ``parse``.
    """
    refuse_doctype(text, name)
    body = without_declaration(text)
    if not body:
        raise UnreadableXml(name, "an empty file")
    try:
        return etree.fromstring(body.encode(), _parser())
    except etree.XMLSyntaxError as error:
        raise UnreadableXml(name, _problem(error, body)) from error


def listen(stream: BinaryIO, name: str, listener: Listener) -> None:
    """Feed a document of any length to a listener; memory stays flat because no tree is built.

    Raises:
        UnreadableXml: as ``parse``, without the limit of length.
    """
    parser = _parser(listener)
    try:
        for chunk in utf8_chunks(stream, name):
            parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        raise UnreadableXml(name, _malformed(error)) from error
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise UnreadableXml(name, _cut_off(error) if _starts_as_xml(error) else "text that is not XML") from error


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return local(str(element.tag))


def namespace(element: etree._Element) -> str:
    """Return an element's namespace, empty where it has none."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def local(tag: str) -> str:
    """Return the name of a ``{namespace}name`` tag."""
    return tag.rpartition("}")[2]


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the child elements of a local name; the namespace is the parent's affair."""
    return (one for one in element if local_name(one) == name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child element of a local name."""
    return next(children(element, name), None)


def _parser(listener: Listener | None = None) -> etree.XMLParser:
    """Return a parser; a listener need not have every method that the stubs' ParserTarget names."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        target=cast(Any, listener),
    )


def _problem(error: etree.XMLSyntaxError, body: str) -> str:
    """Tell a document that stops in the middle from one that was never well-formed."""
    if not _starts_as_xml(error):
        return "text that is not XML"
    at_the_end = (error.lineno or 0) > body.rstrip().count("\n")
    if "Premature end" in str(error) or (at_the_end and not body.rstrip().endswith(">")):
        return _cut_off(error)
    return _malformed(error)


def _starts_as_xml(error: etree.XMLSyntaxError) -> bool:
    return "Start tag expected" not in str(error) and "Document is empty" not in str(error)


def _cut_off(error: etree.XMLSyntaxError) -> str:
    return f"a document that is cut off (it stops in line {error.lineno or 1})"


def _malformed(error: etree.XMLSyntaxError) -> str:
    return f"a document that is not well-formed in line {error.lineno or 1}"
