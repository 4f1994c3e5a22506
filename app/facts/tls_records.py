"""Reading the plain first part of a TLS 1.0 to 1.2 conversation: the records up to the server's certificate (RFC 5246)."""

from __future__ import annotations

_ALERT = 21
_HANDSHAKE = 22
_SERVER_HELLO = 2
_CERTIFICATE = 11
_VERSIONS = {0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2"}


def is_tls(heard: bytes | bytearray) -> bool:
    """Return whether what a server said begins as a TLS record does."""
    return heard[0] in (_ALERT, _HANDSHAKE) and (len(heard) < 2 or heard[1] == 3)


def certificate_in(heard: bytes | bytearray) -> bytes:
    """Return the DER of the first certificate that a server sent in the clear; empty where there is none."""
    body = _messages(heard).get(_CERTIFICATE, b"")
    if len(body) < 6:
        return b""
    length = int.from_bytes(body[3:6], "big")
    leaf = body[6 : 6 + length]
    return leaf if len(leaf) == length else b""


def version_in(heard: bytes | bytearray) -> str:
    """Return the protocol version that a server's hello chose, as Python's ssl spells it; empty where it said none."""
    return _VERSIONS.get(int.from_bytes(_messages(heard).get(_SERVER_HELLO, b"")[:2], "big"), "")


def _messages(heard: bytes | bytearray) -> dict[int, bytes]:
    """Return the first complete handshake message of each type."""
    stream = _handshake_stream(bytes(heard))
    found: dict[int, bytes] = {}
    while len(stream) >= 4:
        length = int.from_bytes(stream[1:4], "big")
        if len(stream) < 4 + length:
            break
        found.setdefault(stream[0], stream[4 : 4 + length])
        stream = stream[4 + length :]
    return found


def _handshake_stream(data: bytes) -> bytes:
    """Join what is in the handshake records at the beginning; a message may be spread over several."""
    stream = b""
    while len(data) >= 5 and data[0] == _HANDSHAKE:
        length = int.from_bytes(data[3:5], "big")
        stream += data[5 : 5 + length]
        data = data[5 + length :]
    return stream
