"""Reading ``address`` and ``address:port`` as settings and questions spell them. A leaf."""

from __future__ import annotations

import ipaddress

_PORTS = range(1, 65536)


def split_endpoint(text: str, default_port: int) -> tuple[str, int]:
    """Return address and port of ``10.0.0.5``, ``10.0.0.5:53``, ``fe80::1``, ``[fe80::1]:53`` or ``name:port``.

    Raises:
        ValueError: the port is no number from 1 to 65535, or the address is empty; the text says what was found.
    """
    address, port = _parts(text.strip())
    if not address:
        raise ValueError(f"{text!r} names no address")
    if port is None:
        return address, default_port
    if not (port.isascii() and port.isdigit() and int(port) in _PORTS):
        raise ValueError(f"{text!r} has no port from 1 to 65535")
    return address, int(port)


def is_address(text: str) -> bool:
    """Return whether a text is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _parts(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        address, _, rest = text[1:].partition("]")
        return address, rest[1:] if rest.startswith(":") else (rest or None)
    if text.count(":") > 1:
        return text, None
    address, colon, port = text.partition(":")
    return address, port if colon else None
