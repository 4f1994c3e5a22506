"""SQL Browser: says over UDP at which port a named instance listens (MC-SQLR)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.lab.ports import Behaviour

_LOOK_SECONDS = 0.1
_BROADCAST, _ALL, _ONE = 0x02, 0x03, 0x04
_LONGEST_QUESTION = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One instance that SQL Browser knows."""

    name: str
    """``RTC``; ``MSSQLSERVER`` for the default instance."""
    version: str
    port: int


class BrowserData(Protocol):
    """Behind one SQL Browser."""

    def behaviour(self) -> Behaviour:
        """DRIP and BROKEN make no sense for one datagram: only NORMAL answers."""
        ...

    def server_name(self) -> str:
        """Return the NetBIOS name of the machine."""
        ...

    def instances(self) -> Sequence[Listed]:
        """Return the instances whose services run."""
        ...


class SqlBrowser:
    """Answers from construction on until closed. An instance nobody knows is answered with silence, as Windows does."""

    def __init__(self, data: BrowserData, host: str, port: int) -> None:
        self._data = data
        self._closing = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self._socket.settimeout(_LOOK_SECONDS)
        self._thread = threading.Thread(target=self._serve, name=f"sql browser {host}", daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        host, port = self._socket.getsockname()
        return host, port

    def close(self) -> None:
        """Stop and release the socket."""
        self._closing.set()
        self._thread.join(2.0)
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                question, client = self._socket.recvfrom(_LONGEST_QUESTION)
                answer = self._answer(question)
                if answer:
                    self._socket.sendto(answer, client)
            except OSError:
                continue

    def _answer(self, question: bytes) -> bytes:
        if not question or self._data.behaviour() is not Behaviour.NORMAL:
            return b""
        listed = self._data.instances()
        match question[0]:
            case kind if kind == _ONE:
                wanted = question[1:].split(b"\0")[0].decode("ascii", "replace").lower()
                listed = [one for one in listed if one.name.lower() == wanted]
            case kind if kind not in (_BROADCAST, _ALL):
                return b""
        text = "".join(map(self._line, listed)).encode("ascii", "replace")
        return b"\x05" + len(text).to_bytes(2, "little") + text if text else b""

    def _line(self, one: Listed) -> str:
        start = f"ServerName;{self._data.server_name()};InstanceName;{one.name};IsClustered;No;"
        return f"{start}Version;{one.version};tcp;{one.port};;"
