"""Certificates of this computer (C-06, C-13, C-14, C-16, C-17)."""

from __future__ import annotations

from app.lab.cmdlets import stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused
from app.lab.world.keys import CNG_PROVIDER, OAUTH, common_name, parsed

_USES = (
    "Default",
    "Internal",
    "External",
    "WebServicesInternal",
    "WebServicesExternal",
    "AccessEdgeExternal",
    "DataEdgeExternal",
    "AudioVideoAuthentication",
    OAUTH,
)


def _get(call: Call) -> None:
    wanted = [one.lower() for one in call.texts("Type")]
    is_global = call.text("Identity").lower() == "global"
    for use, thumbprint in call.host.product.assigned.items():
        held = call.host.stores.held(thumbprint)
        if held is None or (wanted and use.lower() not in wanted) or (is_global and use != OAUTH):
            continue
        certificate = parsed(held.material.certificate)
        call.say(
            Use=use,
            Thumbprint=thumbprint,
            Subject=common_name(certificate.subject),
            Issuer=common_name(certificate.issuer),
            SerialNumber=f"{certificate.serial_number:X}",
            NotBefore=certificate.not_valid_before_utc,
            NotAfter=certificate.not_valid_after_utc,
            FriendlyName=held.friendly_name,
        )


def _set(call: Call) -> None:
    host = call.host
    stores.local_store(call)
    uses = [_use(one) for one in call.texts("Type")]
    held = host.stores.held(call.text("Thumbprint"))
    if held is None:
        raise Refused(
            f"Cannot find the certificate with thumbprint {call.text('Thumbprint')} in the computer's store.",
            "CertificateNotFound",
        )
    if not held.has_key:
        raise Refused(f"The certificate {held.thumbprint} has no private key.", "PrivateKeyMissing")
    if held.provider == CNG_PROVIDER:
        raise Refused("The buffer supplied to a function was too small.", "CryptographicException")
    if OAUTH in uses:
        _set_oauth(call, held.thumbprint)
    for use in uses:
        host.product.assigned[use] = held.thumbprint


def _set_oauth(call: Call, thumbprint: str) -> None:
    stores.central_store(call)
    held = call.host.stores.held(thumbprint)
    if call.text("Identity").lower() == "global" and held is not None:
        call.world.lync.store.oauth = held
        call.world.lync.store.version += 1


def _use(name: str) -> str:
    found = next((one for one in _USES if one.lower() == name.lower()), None)
    if found is None:
        raise Refused(f"Cannot bind parameter 'Type'. Unable to match the identifier name {name}.", "ParameterBinding")
    return found


CMDLETS = (
    lync("Get-CsCertificate", _get, "Identity", "Type", "NetportId", "Report"),
    lync(
        "Set-CsCertificate", _set, "Type", "Thumbprint", "Identity", "Force", "Roll", "EffectiveDate", "Report",
        "NetportId", mandatory=(("Type",), ("Thumbprint",)), changes=True, administrator=True,
    ),
)  # fmt: skip
