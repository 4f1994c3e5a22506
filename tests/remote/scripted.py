"""A WS-Management endpoint that does exactly what a test scripts, rude things included. It accepts any Basic credentials."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.remote.kit import Listener

SHELL = "11111111-2222-3333-4444-555555555555"
COMMAND = "66666666-7777-8888-9999-000000000000"
_ACTION = re.compile(rb"<a:Action[^>]*>[^<]*/(\w+)</a:Action>")
_MESSAGE = re.compile(rb"<a:MessageID>([^<]+)</a:MessageID>")
_STDIN = re.compile(rb'<rsp:Stream[^>]*Name="stdin"[^>]*>([^<]*)</rsp:Stream>')


def envelope(body: str, relates: str = "") -> bytes:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">'
        f"<s:Header><a:RelatesTo>{relates}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault(code: int, reason: str = "a fault") -> bytes:
    return envelope(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code>"
        f'<s:Reason><s:Text xml:lang="">{reason}</s:Text></s:Reason><s:Detail>'
        f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{code}"/></s:Detail></s:Fault>'
    )


def output(stdout: bytes = b"", stderr: bytes = b"", *, done: bool = False, code: int = 0) -> bytes:
    streams = "".join(
        f'<rsp:Stream Name="{name}" CommandId="{COMMAND}">{base64.b64encode(data).decode()}</rsp:Stream>'
        for name, data in (("stdout", stdout), ("stderr", stderr))
        if data
    )
    state = "Done" if done else "Running"
    exit_code = f"<rsp:ExitCode>{code}</rsp:ExitCode>" if done else ""
    return envelope(
        f'<rsp:ReceiveResponse>{streams}<rsp:CommandState CommandId="{COMMAND}" '
        f'State="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/{state}">{exit_code}</rsp:CommandState></rsp:ReceiveResponse>'
    )


def http(content: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n{headers}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


@dataclass
class Asked:
    """What has been asked of the endpoint."""

    actions: list[str] = field(default_factory=list)
    stdin: bytes = b""
    envelopes: list[int] = field(default_factory=list)
    headers: list[bytes] = field(default_factory=list)


Rude = Callable[[socket.socket], bytes | None]
"""What stands in the place of an answer: bytes to send, or None where it has done everything itself."""


class Scripted:
    """The endpoint. ``receives`` are the answers to Receive, in order; ``rude`` replaces the answer to an action."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.asked = Asked()
        self.receives: list[bytes] = []
        self.rude: dict[str, Rude] = {}
        self._context = context
        self._lock = threading.Lock()
        self._listener = Listener(self._serve)
        self.port = self._listener.port
        self.over = self._listener.over

    def close(self) -> None:
        self._listener.close()

    def _serve(self, raw: socket.socket) -> None:
        with self._context.wrap_socket(raw, server_side=True) as secured, secured.makefile("rb") as reader:
            while head := self._head(reader):
                length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])
                body = reader.read(length)
                if len(body) < length:
                    return
                answer = self._answer(head, body, secured)
                if answer is None:
                    return
                secured.sendall(answer)

    def _head(self, reader: object) -> bytes:
        head = b""
        while (row := reader.readline()) not in (b"\r\n", b""):  # type: ignore[attr-defined]
            head += row
        return head

    def _answer(self, head: bytes, body: bytes, connection: socket.socket) -> bytes | None:
        action = _ACTION.search(body)[1].decode()
        with self._lock:
            self.asked.actions.append(action)
            self.asked.headers.append(head)
            self.asked.envelopes.append(len(body))
        rude = self.rude.get(action)
        if rude is not None:
            return rude(connection)
        relates = _MESSAGE.search(body)[1].decode()
        match action:
            case "Create":
                return http(
                    envelope(f'<w:SelectorSet><w:Selector Name="ShellId">{SHELL}</w:Selector></w:SelectorSet>', relates)
                )
            case "Command":
                return http(
                    envelope(
                        f"<rsp:CommandResponse><rsp:CommandId>{COMMAND}</rsp:CommandId></rsp:CommandResponse>", relates
                    )
                )
            case "Send":
                self.asked.stdin += base64.b64decode(_STDIN.search(body)[1])
                return http(envelope("<rsp:SendResponse/>", relates))
            case "Receive":
                with self._lock:
                    content = self.receives.pop(0) if self.receives else b""
                if not content:
                    self.over.wait(30)
                    return None
                return http(content, "500 Internal Server Error" if b"Fault" in content else "200 OK")
            case _:
                return http(envelope("", relates))
