"""The TLS side of the endpoint: a server context from PEM in memory, and the hash that channel bindings carry."""

from __future__ import annotations

import hashlib
import os
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from app.lab.ports import Certificate


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """Return a context that presents the certificate and its chain.

    ssl loads from files only: the key lies for that moment encrypted under a throw-away password in a file that only
    this user can read.
    """
    password = os.urandom(24).hex().encode()
    key = serialization.load_pem_private_key(certificate.private_key, None)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(password)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="relync-lab-") as folder:
        path = Path(folder, "endpoint.pem")
        path.touch(mode=0o600)
        path.write_bytes(b"\n".join([certificate.certificate, *certificate.chain, encrypted]))
        context.load_cert_chain(path, password=password)
    return context


def binding_hash(certificate: Certificate) -> bytes:
    """Return the hash of ``tls-server-end-point`` (RFC 5929 section 4.1)."""
    leaf = x509.load_pem_x509_certificate(certificate.certificate)
    algorithm = leaf.signature_hash_algorithm
    der = leaf.public_bytes(serialization.Encoding.DER)
    if algorithm is None or isinstance(algorithm, hashes.MD5 | hashes.SHA1):
        return hashlib.sha256(der).digest()
    return leaf.fingerprint(algorithm)
