"""PowerShell's error stream over a pipe: CLIXML (MS-PSRP 2.2.5). Read to explain a failure, never to decide that there is one."""

from __future__ import annotations

import re
from html import unescape

from app.remote.answers import cleaned

_ERROR = re.compile(r'<S S="Error">(.*?)</S>', re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def error_text(stderr: bytes) -> str:
    """Return what a host's error stream says, as one line; empty where it only reports progress."""
    text = stderr.decode("utf-8", "replace")
    if "#< CLIXML" not in text:
        return cleaned(text)
    spoken = "".join(unescape(one) for one in _ERROR.findall(text))
    return cleaned(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), spoken))
