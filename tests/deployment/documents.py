"""contoso.com documents in every wrapping that the product and its admins use."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

CONTOSO = Path(__file__).parent.parent / "contoso"
ENTERPRISE = (CONTOSO / "enterprise.xml").read_text(encoding="utf-8")
DESIGN = (CONTOSO / "design.tbxml").read_text(encoding="utf-8")
SIMPLE_URLS = (
    '<SimpleUrlConfiguration UseBackendDatabase="false" '
    'xmlns="urn:schema:Microsoft.Rtc.Management.Settings.SimpleUrl.2008">'
    '<SimpleUrl Component="Meet" Domain="contoso.com" ActiveUrl="https://meet.contoso.com">'
    '<SimpleUrlEntry Url="https://old.contoso.com"/><SimpleUrlEntry Url="https://meet.contoso.com"/></SimpleUrl>'
    "</SimpleUrlConfiguration>"
)


def zipped(parts: dict[str, bytes | str], *, opc: bool = True) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if opc:
            archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def anchored(payload: str) -> str:
    return (
        '<AnchoredXml SchemaWriteVersion="2" xmlns="urn:schema:Microsoft.Rtc.Management.ScopeFramework.2008">'
        '<Key ScopeClass="Global"/><Dictionary Count="1"><Item><Key/>'
        f'<Value Signature="s">{payload}</Value></Item></Dictionary></AnchoredXml>'
    )


def item_set(*payloads: str, namespace: str = "", escaped: bool = False) -> str:
    """Return a DocItemSet of AnchoredXml documents, nested or as escaped text."""
    items = "".join(
        f'<DocItem Name="n{number}"><Data>{escape(anchored(one)) if escaped else anchored(one)}</Data></DocItem>'
        for number, one in enumerate(payloads)
    )
    declared = f' xmlns="{namespace}"' if namespace else ""
    return f"<DocItemSet{declared}>{items}</DocItemSet>"
