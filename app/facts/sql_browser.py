"""Asking SQL Browser at which TCP port a named instance listens (MC-SQLR, UDP 1434).

The drivers can ask too, but each waits for as long as it likes (FreeTDS 16 s) and none says whom it waited for.
"""

from __future__ import annotations

import socket
import time

PORT = 1434
_ATTEMPT = 1.0
"""Seconds after which the question is sent again, in case the datagram was lost."""
_LONGEST = 65535


class NotFound(Exception):
    """SQL Browser does not answer, or not with a port. ``str()`` is the sentence."""


def port_of(address: str, port: int, instance: str, seconds: float) -> int:
    """Return the TCP port of an instance.

    Args:
        address: where SQL Browser is asked.
        port: its UDP port.
        instance: such as ``RTC``.
        seconds: how long to wait in all.

    Raises:
        NotFound: no usable answer. An instance that is stopped or unknown is answered with silence, too.
    """
    question = b"\x04" + instance.encode("ascii", "replace") + b"\0"
    ends = time.monotonic() + seconds
    try:
        family, kind, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as asking:
            asking.connect(place)
            answer = _asked(asking, question, ends)
    except OSError as error:
        raise NotFound(
            f"SQL Browser at {address}:{port} (UDP) cannot be asked for {instance}: {_reason(error)}"
        ) from None
    if not answer:
        raise NotFound(
            f"SQL Browser at {address}:{port} (UDP) said nothing about {instance} within {seconds:.1f} s: it is stopped, "
            "the instance is, or a firewall stands between; the port can also be given in the configuration"
        )
    return _port_in(answer, address, instance)


def _asked(asking: socket.socket, question: bytes, ends: float) -> bytes:
    while (left := ends - time.monotonic()) > 0:
        asking.send(question)
        asking.settimeout(min(_ATTEMPT, left))
        try:
            return asking.recv(_LONGEST)
        except TimeoutError:
            continue
    return b""


def _port_in(answer: bytes, address: str, instance: str) -> int:
    words = answer[3:].decode("ascii", "replace").split(";")
    listed = {name.lower(): value for name, value in zip(words[::2], words[1::2], strict=False)}
    found = listed.get("tcp", "")
    if answer[:1] != b"\x05" or not found.isascii() or not found.isdigit() or not 0 < int(found) < 65536:
        raise NotFound(
            f"SQL Browser at {address} lists no TCP port for {instance}: the instance does not listen on TCP"
        )
    return int(found)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
