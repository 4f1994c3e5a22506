"""WS-Management by hand: envelopes and a TLS connection, for what a well-behaved client never sends."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from tests.winrm.winrm_fakes import ACCOUNT, FQDN, PASSWORD

CMD = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CREATE = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
BASIC = "Basic " + base64.b64encode(f"{ACCOUNT}:{PASSWORD}".encode()).decode()
SHELL_BODY = "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams></rsp:Shell>"
IDENTIFY = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body>'
    "</s:Envelope>"
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def code(self) -> str:
        """WSManFault code."""
        found = etree.fromstring(self.body).xpath("//*[local-name()='WSManFault']/@Code")
        return str(found[0]) if found else ""

    def text(self, name: str) -> str:
        """Text of the first element of that local name."""
        return str(etree.fromstring(self.body).xpath(f"string(//*[local-name()='{name}'])"))


def envelope(
    action: str, body: str = "", *, shell: str = "", resource: str = CMD, timeout: str = "PT20S", header: str = ""
) -> str:
    selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>' if shell else ""
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
        f'xmlns:rsp="{SHELL}"><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:1</a:MessageID>'
        f"<w:OperationTimeout>{timeout}</w:OperationTimeout><w:ResourceURI>{resource}</w:ResourceURI>{selector}{header}"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


class RawClient:
    """One TLS connection to the endpoint."""

    def __init__(self, address: tuple[str, int], ca: Path) -> None:
        self.context = ssl.create_default_context(cafile=str(ca))
        self.address = address
        self.connection = http.client.HTTPSConnection(*address, context=self.context, timeout=10)

    def post(self, body: str | bytes, *, authorization: str = BASIC, path: str = "/wsman", **headers: str) -> Answer:
        sent = {"Content-Type": "application/soap+xml;charset=UTF-8"}
        sent |= {"Authorization": authorization} if authorization else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("POST", path, body.encode() if isinstance(body, str) else body, sent)
        return self.answer()

    def answer(self) -> Answer:
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def open_shell(self, header: str = "") -> str:
        return self.post(envelope(CREATE, SHELL_BODY, header=header)).text("ShellId")

    def run(self, shell: str, command: str) -> str:
        body = f"<rsp:CommandLine><rsp:Command>{command}</rsp:Command></rsp:CommandLine>"
        return self.post(envelope(f"{SHELL}/Command", body, shell=shell)).text("CommandId")

    def receive(self, shell: str, command: str, timeout: str = "PT20S", header: str = "") -> Answer:
        body = f'<rsp:Receive><rsp:DesiredStream CommandId="{command}">stdout stderr</rsp:DesiredStream></rsp:Receive>'
        return self.post(envelope(f"{SHELL}/Receive", body, shell=shell, timeout=timeout, header=header))

    def signal(self, shell: str, command: str, code: str = "terminate") -> Answer:
        body = f'<rsp:Signal CommandId="{command}"><rsp:Code>{SHELL}/signal/{code}</rsp:Code></rsp:Signal>'
        return self.post(envelope(f"{SHELL}/Signal", body, shell=shell))

    def tls_socket(self) -> ssl.SSLSocket:
        """A second connection, without HTTP."""
        return self.context.wrap_socket(socket.create_connection(self.address, timeout=10), server_hostname=FQDN)

    def close(self) -> None:
        self.connection.close()
