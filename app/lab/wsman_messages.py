"""WS-Management requests: an envelope read, checked and taken apart ([MS-WSMV], DSP0226)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
CMD_RESOURCE = f"{SHELL}/cmd"
IDENTIFY_ACTION = "Identify"

DEFAULT_OPERATION_SECONDS = 60.0
"""MaxTimeoutms of a Windows host when a request names no OperationTimeout."""
_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$")


class Fault(Exception):
    """What the service answers instead of doing as asked."""

    def __init__(self, code: int, subcode: str, reason: str, *, sender: bool = True, detail: str = "") -> None:
        super().__init__(reason)
        self.code = code
        """WSManFault Code, such as 2150858843."""
        self.subcode = subcode
        """Prefixed SOAP subcode, such as ``w:InvalidSelectors``."""
        self.reason = reason
        self.sender = sender
        """True: the request is at fault; False: the service is."""
        self.detail = detail
        """Last part of a wsman faultDetail URI, or empty."""


def invalid(reason: str) -> Fault:
    """Return the fault for an envelope that is well-formed but not what the schema says."""
    return Fault(2150858817, "w:SchemaValidationError", reason)


def unknown_selector(reason: str) -> Fault:
    """Return the fault for a shell or command that is not there."""
    return Fault(2150858843, "w:InvalidSelectors", reason, detail="UnexpectedSelectors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One request."""

    action: str
    message_id: str = ""
    resource: str = ""
    selectors: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    """By upper-case name."""
    operation_seconds: float = DEFAULT_OPERATION_SECONDS
    max_envelope: int = 153_600
    """Largest answer the client takes, bytes."""
    body: etree._Element | None = None
    """First element of the body."""

    def text(self, path: str) -> str:
        """Return the text of the first element of the shell namespace with this path below the body's element, or ""."""
        if self.body is None:
            return ""
        return self.body.findtext("/".join(f"{{{SHELL}}}{step}" for step in path.split("/")), "")

    def all(self, path: str) -> list[etree._Element]:
        """Return all elements of the shell namespace with this path below the body's element."""
        if self.body is None:
            return []
        return self.body.findall("/".join(f"{{{SHELL}}}{step}" for step in path.split("/")))


def seconds(duration: str) -> float:
    """Return an xs:duration in seconds.

    Raises:
        Fault: the text is not a duration of days, hours, minutes and seconds.
    """
    match = _DURATION.match(duration.strip())
    if not match or not any(match.groups()):
        raise invalid(f"'{duration[:40]}' is not a duration.")
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return days * 86_400 + hours * 3_600 + minutes * 60 + rest


def read(raw: bytes) -> Message:
    """Return the request in an envelope.

    Raises:
        Fault: not XML, not a SOAP 1.2 envelope, or without an action.
    """
    root = _root(raw)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise invalid("The message is not a SOAP 1.2 envelope.")
    body = root.find(f"{{{SOAP}}}Body")
    content = next((child for child in body if isinstance(child.tag, str)), None) if body is not None else None
    if content is not None and content.tag == f"{{{IDENTITY}}}Identify":
        return Message(action=IDENTIFY_ACTION, body=content)
    header = root.find(f"{{{SOAP}}}Header")
    if header is None:
        raise invalid("The envelope has no header.")
    return _message(header, content)


def _root(raw: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Fault(2150858819, "w:SchemaValidationError", "The XML of the request is invalid.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Fault(2150858819, "w:SchemaValidationError", "The request carries a document type, which is not allowed.")
    return root


def _message(header: etree._Element, body: etree._Element | None) -> Message:
    action = header.findtext(f"{{{ADDRESSING}}}Action", "").strip()
    if not action:
        raise Fault(2150858754, "a:MessageInformationHeaderRequired", "The request has no wsa:Action.")
    timeout = header.findtext(f"{{{WSMAN}}}OperationTimeout", "").strip()
    envelope = header.findtext(f"{{{WSMAN}}}MaxEnvelopeSize", "").strip()
    return Message(
        action=action,
        message_id=header.findtext(f"{{{ADDRESSING}}}MessageID", "").strip(),
        resource=header.findtext(f"{{{WSMAN}}}ResourceURI", "").strip(),
        selectors=_named(header, "SelectorSet", "Selector"),
        options={name.upper(): value for name, value in _named(header, "OptionSet", "Option").items()},
        operation_seconds=seconds(timeout) if timeout else DEFAULT_OPERATION_SECONDS,
        max_envelope=int(envelope) if envelope.isdigit() else 153_600,
        body=body,
    )


def _named(header: etree._Element, group: str, item: str) -> dict[str, str]:
    found = header.iterfind(f"{{{WSMAN}}}{group}/{{{WSMAN}}}{item}")
    return {str(element.get("Name", "")): (element.text or "").strip() for element in found}
