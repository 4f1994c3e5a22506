"""The product's own batch on a simulated host: the loader is recognised, its fragments are answered by the world.

What comes back is byte for byte what ``loader.ps1`` writes: a line of ASCII JSON for each fragment, then the end line,
and on standard error the progress noise that a PowerShell start leaves even when all is well.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Mapping
from functools import cache

from app.lab.ports import Process, Refused, ShellHost
from app.lab.shell_clixml import clixml
from app.lab.shell_values import PsError
from app.remote.scripts import LOADER, script_text


@cache
def _loader() -> str:
    return script_text(LOADER)


def is_batch(script: str) -> bool:
    """Return whether a script is the product's loader."""
    return script.replace("\r\n", "\n") == _loader()


def run_batch(host: ShellHost, account: str, stdin: bytes) -> Process:
    """Answer a batch."""
    try:
        batch = json.loads(stdin.decode("utf-8-sig"))
        fragments = [one for one in batch["fragments"] if isinstance(one, Mapping)]
    except (ValueError, KeyError, TypeError):
        error = PsError("Invalid JSON primitive.", "System.ArgumentException", category="NotSpecified")
        return Process(exit_code=1, stderr=clixml([error], progress=True))
    lines = [*(_answer(host, account, one) for one in fragments), {"end": True}]
    stdout = "".join(f"\n{json.dumps(line, ensure_ascii=True, separators=(',', ':'))}\n" for line in lines)
    return Process(exit_code=0, stdout=stdout.encode("ascii"), stderr=clixml([], progress=True))


def _answer(host: ShellHost, account: str, fragment: Mapping[str, object]) -> dict[str, object]:
    begun = time.perf_counter()
    answer: dict[str, object] = {"id": fragment.get("id")}
    try:
        value = _value(host, account, fragment)
        # Encoded here, so that what cannot be JSON fails this fragment and not the whole batch.
        json.dumps(value)
        answer |= {"ok": True, "value": value}
    except Refused as refused:
        answer |= {"ok": False, "error": " ".join(_said(refused))}
    except Exception as error:  # noqa: BLE001 - the edge to the world: a broken fragment is an error line, as a broken script is
        answer |= {"ok": False, "error": " ".join(f"the lab failed to answer this: {error!r}".split())}
    return answer | {"seconds": round(time.perf_counter() - begun, 3)}


def _value(host: ShellHost, account: str, fragment: Mapping[str, object]) -> object:
    arguments = fragment.get("arguments")
    given = arguments if isinstance(arguments, Mapping) else {}
    return host.fragment(account, str(fragment.get("script", "")), str(fragment.get("text", "")), given)


def _said(refused: Refused) -> Iterator[str]:
    yield from re.split(r"\s+", str(refused).strip())


def encoded_loader() -> str:
    """Return the loader as the product puts it on its command line."""
    return base64.b64encode(_loader().encode("utf-16-le")).decode("ascii")
