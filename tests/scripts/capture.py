"""Run the product's own loader and fragments in a real PowerShell with stand-ins, and keep what they print.

    python -m tests.scripts.capture RUNNER       RUNNER runs one .ps1 file and prints its standard output

The captured outputs lie in ``outputs`` and are what ``test_outputs.py`` holds the Python side to. Made by hand after a
script has changed; PowerShell itself is not needed by the tests.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from app.lab.authority import Authority, Issuer
from app.remote.scripts import batch_input, script_text
from app.remote.session import Fragment
from tests.scripts.batches import BATCHES

HERE = Path(__file__).parent


def harness(standins: tuple[str, ...], fragments: tuple[Fragment, ...]) -> str:
    """Return a script that defines the stand-ins and pipes a batch into the loader, as standard input would."""
    module = (HERE / "standins" / "lync.psm1").read_text(encoding="utf-8")
    parts = [f"$lyncModule = @'\n{module}\n'@"]
    parts.append("$certificates = @(" + ", ".join(f"'{one}'" for one in certificates()) + ")")
    parts += [(HERE / "standins" / name).read_text(encoding="utf-8") for name in standins]
    parts.append(f"$batch = @'\n{batch_input(fragments).decode('ascii').rstrip()}\n'@")
    parts.append(f"$loader = @'\n{script_text('loader.ps1')}\n'@")
    parts.append("$batch | & ([ScriptBlock]::Create($loader))")
    parts.append("'left behind: ' + [IO.Directory]::GetFiles([IO.Path]::GetTempPath(), 'relync-*').Count")
    return "\n".join(parts) + "\n"


def certificates() -> tuple[str, ...]:
    """Return an authority's certificate and one it issued, DER in base64."""
    made = Authority(1, datetime(2026, 11, 22, tzinfo=UTC))
    leaf = made.issue("se01.contoso.com", ["se01.contoso.com"], issuer=Issuer.ROOT, crl=False)
    pems = (made.root_pem, leaf.certificate)
    return tuple(base64.b64encode(load_pem_x509_certificate(one).public_bytes(Encoding.DER)).decode() for one in pems)


def main(runner: list[str]) -> None:
    """Capture every batch."""
    for name, (standins, fragments) in BATCHES.items():
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "harness.ps1"
            script.write_text(harness(standins, fragments), encoding="utf-8")
            done = subprocess.run([*runner, str(script)], stdout=subprocess.PIPE, check=False)
        (HERE / "outputs" / f"{name}.jsonl").write_bytes(done.stdout)
        sys.stderr.write(f"{name}: {len(done.stdout)} bytes, exit code {done.returncode}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
