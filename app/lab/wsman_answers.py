"""WS-Management answers: envelopes as a Windows host writes them ([MS-WSMV])."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from app.lab.wsman_messages import ADDRESSING, CMD_RESOURCE, CONFIG, IDENTITY, SHELL, SOAP, TRANSFER, WSMAN, Fault

_NAMESPACES = (
    f'xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}" xmlns:w="{WSMAN}" xmlns:rsp="{SHELL}" '
    'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"'
)
_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
_STATE = f"{SHELL}/CommandState"


def identified(product_version: str) -> str:
    """Return the answer to Identify; its header is empty, as on Windows."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}"><s:Header></s:Header><s:Body>'
        f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}">'
        f"<wsmid:ProtocolVersion>{WSMAN}</wsmid:ProtocolVersion>"
        "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>{escape(product_version)}</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    )


def created(relates_to: str, *, shell_id: str, owner: str, client: str, idle_seconds: float) -> str:
    """Return the answer to Create."""
    return _envelope(
        f"{TRANSFER}/CreateResponse",
        relates_to,
        f"<x:ResourceCreated><a:Address>{_ANONYMOUS}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{CMD_RESOURCE}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
        + _shell(shell_id, owner, client, idle_seconds),
    )


def shell_state(relates_to: str, *, shell_id: str, owner: str, client: str, idle_seconds: float) -> str:
    """Return the answer to Get on a shell."""
    return _envelope(f"{TRANSFER}/GetResponse", relates_to, _shell(shell_id, owner, client, idle_seconds))


def configuration(relates_to: str, *, max_envelope_kb: int) -> str:
    """Return the answer to Get on the service's configuration."""
    return _envelope(
        f"{TRANSFER}/GetResponse",
        relates_to,
        f'<cfg:Config xmlns:cfg="{CONFIG}"><cfg:MaxEnvelopeSizekb>{max_envelope_kb}</cfg:MaxEnvelopeSizekb>'
        "<cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms></cfg:Config>",
    )


def command_started(relates_to: str, command_id: str) -> str:
    """Return the answer to Command."""
    body = f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"
    return _envelope(f"{SHELL}/CommandResponse", relates_to, body)


def received(relates_to: str, command_id: str, streams: Iterable[tuple[str, bytes]], exit_code: int | None) -> str:
    """Return the answer to Receive: chunks of output, and the exit code once the command is done."""
    chunks = "".join(_stream(command_id, name, data) for name, data in streams)
    if exit_code is None:
        state = f'<rsp:CommandState CommandId="{command_id}" State="{_STATE}/Running"></rsp:CommandState>'
    else:
        ends = "".join(_stream(command_id, name, b"", end=True) for name in ("stdout", "stderr"))
        state = (
            f'{ends}<rsp:CommandState CommandId="{command_id}" State="{_STATE}/Done">'
            f"<rsp:ExitCode>{exit_code}</rsp:ExitCode></rsp:CommandState>"
        )
    return _envelope(
        f"{SHELL}/ReceiveResponse", relates_to, f"<rsp:ReceiveResponse>{chunks}{state}</rsp:ReceiveResponse>"
    )


def sent(relates_to: str) -> str:
    """Return the answer to Send."""
    return _envelope(f"{SHELL}/SendResponse", relates_to, "<rsp:SendResponse></rsp:SendResponse>")


def signalled(relates_to: str) -> str:
    """Return the answer to Signal."""
    return _envelope(f"{SHELL}/SignalResponse", relates_to, "<rsp:SignalResponse></rsp:SignalResponse>")


def deleted(relates_to: str) -> str:
    """Return the answer to Delete."""
    return _envelope(f"{TRANSFER}/DeleteResponse", relates_to, "")


def faulted(relates_to: str, fault: Fault, machine: str) -> str:
    """Return a SOAP fault with its WSManFault detail, to be sent with HTTP status 500."""
    detail = ""
    if fault.detail:
        detail = f"<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/{fault.detail}</w:FaultDetail>"
    prefix = "http://schemas.xmlsoap.org/ws/2004/08/addressing" if fault.subcode.startswith("a:") else _FAULT_ACTION
    return _envelope(
        f"{prefix}/fault",
        relates_to,
        f"<s:Fault><s:Code><s:Value>s:{'Sender' if fault.sender else 'Receiver'}</s:Value>"
        f"<s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(fault.reason)} </s:Text></s:Reason>'
        f'<s:Detail>{detail}<f:WSManFault xmlns:f="{_FAULT}" Code="{fault.code}" Machine={quoteattr(machine)}>'
        f"<f:Message>{escape(fault.reason)} </f:Message></f:WSManFault></s:Detail></s:Fault>",
    )


_FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman"


def _envelope(action: str, relates_to: str, body: str) -> str:
    related = f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo>" if relates_to else ""
    return (
        f'<s:Envelope xml:lang="en-US" {_NAMESPACES}><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID><a:To>{_ANONYMOUS}</a:To>{related}"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


def _shell(shell_id: str, owner: str, client: str, idle_seconds: float) -> str:
    return (
        f"<rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId><rsp:ResourceUri>{CMD_RESOURCE}</rsp:ResourceUri>"
        f"<rsp:Owner>{escape(owner)}</rsp:Owner><rsp:ClientIP>{escape(client)}</rsp:ClientIP>"
        f"<rsp:IdleTimeOut>PT{idle_seconds:.3f}S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>"
        "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
    )


def _stream(command_id: str, name: str, data: bytes, *, end: bool = False) -> str:
    ending = ' End="true"' if end else ""
    return f'<rsp:Stream Name="{name}" CommandId="{command_id}"{ending}>{base64.b64encode(data).decode()}</rsp:Stream>'
