"""A server-side TLS context out of a lab certificate. Python's ssl reads keys from files alone, hence the passing one."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

from app.lab.ports import Certificate


def server_context(certificate: Certificate, *, ask_client: bool = False, as_in_2013: bool = False) -> ssl.SSLContext:
    """Return a context that presents a certificate with its chain.

    Args:
        certificate: what to present.
        ask_client: ask the client for a certificate too, as a server of a mutual-TLS port does, and take any.
        as_in_2013: TLS 1.0 to 1.2 with the old ciphers, as Schannel of that time offers.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if as_in_2013:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory(prefix="relync-lab-") as folder:
        file = Path(folder) / "server.pem"
        file.touch(mode=0o600)
        file.write_bytes(b"\n".join([certificate.private_key, certificate.certificate, *certificate.chain]))
        context.load_cert_chain(file)
    if ask_client:
        # OpenSSL only asks where it also verifies. Without a trusted root a client's own certificate is refused, and a
        # client that has none, as a probe, is let in: exactly what a mutual-TLS port looks like from outside.
        context.verify_mode = ssl.CERT_OPTIONAL
    return context
