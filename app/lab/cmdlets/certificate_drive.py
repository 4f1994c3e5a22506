"""The Cert: drive of PowerShell."""

from __future__ import annotations

from app.lab.cmdlets.call import Call
from app.lab.ports import Refused
from app.lab.world.keys import common_name, parsed, thumbprint


def children(call: Call, path: str) -> None:
    """List a store of the local machine.

    Raises:
        Refused: no such store.
    """
    parts = [part for part in path.replace("/", "\\").partition(":")[2].lower().split("\\") if part]
    if len(parts) != 2 or parts[0] != "localmachine":
        raise Refused(f"Cannot find path '{path}' because it does not exist.", "PathNotFound")
    stores = call.host.stores
    held = {
        "my": [(one.material.certificate, one.has_key, one.friendly_name) for one in stores.personal],
        "root": [(one, False, "") for one in stores.root],
        "ca": [(one, False, "") for one in stores.intermediate],
    }.get(parts[1])
    if held is None:
        raise Refused(f"Cannot find path '{path}' because it does not exist.", "PathNotFound")
    for pem, key, name in held:
        certificate = parsed(pem)
        call.say(
            Thumbprint=thumbprint(pem),
            Subject=common_name(certificate.subject),
            Issuer=common_name(certificate.issuer),
            NotBefore=certificate.not_valid_before_utc,
            NotAfter=certificate.not_valid_after_utc,
            HasPrivateKey=key,
            FriendlyName=name,
        )
