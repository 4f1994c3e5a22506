"""Archives as System.IO.Packaging writes them: OPC, deflated, the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_UNSET = (1980, 1, 1, 0, 0, 0)
"""What the format stores for "no time"; so the file's own time counts, and the bytes are reproducible."""
_CONTENT_TYPES = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="text/xml" />'
    b'<Default Extension="wav" ContentType="audio/wav" /></Types>'
)


def opc_package(parts: Mapping[str, bytes]) -> bytes:
    """Return an OPC package of the given parts, by name without leading slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": _CONTENT_TYPES, **parts}.items():
            info = zipfile.ZipInfo(name, _UNSET)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()
