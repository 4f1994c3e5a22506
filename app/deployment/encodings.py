"""From the bytes of an XML file to its characters, whatever wrote them (formats sheet 1.1), and no DOCTYPE ever.

PowerShell writes UTF-16LE with and without a byte order mark, ASCII and UTF-8, and leaves declarations behind that name
another encoding than the one it saved in. So the bytes decide, and the declaration only among the single-byte ones.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from app.deployment.refusals import UnreadableXml

_CHUNK = 1 << 18
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]{0,200}\?>")
_DECLARED = re.compile(rb"\A\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_SINGLE_BYTE = {"iso-8859-1": "iso-8859-1", "latin1": "iso-8859-1", "windows-1252": "cp1252"}
_ANY_WIDTH_OF_UTF = ("utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "unicode")
_DECLARATION_IN_UTF8 = re.compile(rb"\A\s*(?:<\?xml\s[^>]{0,200}\?>)?\s*")
_DOCTYPE_IN_UTF8 = re.compile(rb"<!\s*(?:doctype|entity)\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!\s*(?:doctype|entity)\b", re.IGNORECASE)
_OVERLAP = 64
"""Characters kept from one chunk to the next, so that a DOCTYPE cannot hide on the seam."""


def encoding_of(start: bytes, name: str) -> tuple[str, int]:
    """Return the codec of a document that begins with ``start``, and the length of its byte order mark.

    Raises:
        UnreadableXml: the declaration names an encoding that nothing of the product writes.
    """
    if start.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\x00\x00\x00<", b"<\x00\x00\x00")):
        raise UnreadableXml(name, "a document in UTF-32")
    for mark, codec in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return codec, len(mark)
    head = start[:64]
    if len(head) >= 4 and not any(head[1:8:2]) and all(head[0:8:2]):
        return "utf-16-le", 0
    if len(head) >= 4 and not any(head[0:8:2]) and all(head[1:8:2]):
        return "utf-16-be", 0
    declared = _DECLARED.match(start[:400])
    label = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if label in _SINGLE_BYTE:
        return _SINGLE_BYTE[label], 0
    if label in _ANY_WIDTH_OF_UTF:
        return "utf-8", 0
    raise UnreadableXml(name, f"a document that declares the encoding {label}")


def characters(data: bytes, name: str) -> str:
    """Return the text of a whole document without byte order mark.

    Raises:
        UnreadableXml: the bytes are not text of a known encoding.
    """
    codec, skip = encoding_of(data[:512], name)
    try:
        text = data[skip:].decode(codec)
    except UnicodeDecodeError as error:
        raise UnreadableXml(name, f"bytes that are not {codec.upper()} text (at byte {error.start + skip})") from error
    if "\x00" in text:
        raise UnreadableXml(name, "binary data")
    return text


def refuse_doctype(text: str, name: str) -> None:
    """Refuse a document with a DOCTYPE or entity declaration anywhere, before any parser sees it.

    Raises:
        UnreadableXml: there is one.
    """
    if "<!" in text and _DOCTYPE.search(text):
        raise _doctype(name)


def _doctype(name: str) -> UnreadableXml:
    return UnreadableXml(name, "a DOCTYPE declaration", remedy="no file of the product has one: do not trust this one")


def without_declaration(text: str) -> str:
    """Return the document from its first markup on, without XML declaration: it need not tell the truth."""
    return _DECLARATION.sub("", text, count=1).lstrip()


def utf8_chunks(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield a document of any length as UTF-8 without byte order mark and declaration, refusing a DOCTYPE on the way.

    Raises:
        UnreadableXml: as ``characters`` and ``refuse_doctype`` do.
    """
    start = stream.read(_CHUNK)
    codec, skip = encoding_of(start[:512], name)
    chunks = _following(start[skip:], stream)
    seam, first = b"", True
    for chunk in chunks if codec == "utf-8" else _transcoded(chunks, codec, name):
        joined = seam + chunk
        if b"<!" in joined and _DOCTYPE_IN_UTF8.search(joined):
            raise _doctype(name)
        seam = joined[-_OVERLAP:]
        yield _DECLARATION_IN_UTF8.sub(b"", chunk, count=1) if first else chunk
        first = False


def _following(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    while first:
        yield first
        first = stream.read(_CHUNK)


def _transcoded(chunks: Iterator[bytes], codec: str, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)(errors="strict")
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnreadableXml(name, f"bytes that are not {codec.upper()} text") from error
