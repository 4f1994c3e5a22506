"""Which certificates prove a host's name."""

from __future__ import annotations

import ssl
from pathlib import Path

from app.remote.errors import NotTrusted


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a client context that verifies chain and name; loading the roots costs some 20 ms, so one serves a whole process.

    Args:
        ca_file: trusted roots in PEM; None: the system's.

    Raises:
        NotTrusted: the file cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise NotTrusted(
            f"the file of trusted roots, {ca_file}, could not be read ({error.strerror or type(error).__name__}): "
            "no host can prove its name. Give a PEM file of root certificates as ca_file."
        ) from None
    # Python 3.13 asks for key identifiers that certificates of 2013-era enterprise authorities lack; chain, dates and
    # name are verified all the same.
    context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
    return context
