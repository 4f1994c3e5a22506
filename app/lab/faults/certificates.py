"""Certificates of the rebuilt machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from app.lab.authority import Issuer, Signature, Usage
from app.lab.faults.fault import Fault, target
from app.lab.ports import Certificate
from app.lab.world.building import server_names
from app.lab.world.keys import CNG_PROVIDER, OAUTH, HeldCertificate
from app.lab.world.world import World

_KEPT = "own certificates"
Issue = Callable[[World, Sequence[str]], Certificate]


def _own(world: World) -> list[HeldCertificate]:
    """Return the machine's certificates but the deployment's OAuth certificate, which replication brings."""
    oauth = world.lync.store.oauth.thumbprint
    return [one for one in target(world).stores.personal if one.thumbprint != oauth]


def _put(world: World, certificates: list[HeldCertificate]) -> None:
    stores = target(world).stores
    oauth = [one for one in stores.personal if one.thumbprint == world.lync.store.oauth.thumbprint]
    stores.personal = [*certificates, *oauth]


def _names(world: World) -> tuple[str, ...]:
    pool = next(one for one in world.topology.pools() if one.fqdn == world.target)
    return server_names(world.topology, pool)


def _swap(change: Callable[[World, HeldCertificate], HeldCertificate | None]) -> Callable[[World], None]:
    def breaks(world: World) -> None:
        world.keep(_KEPT, _own(world))
        changed = [change(world, one) for one in _own(world)]
        _put(world, [one for one in changed if one is not None])

    return breaks


def _mend(world: World) -> None:
    world.restore(_KEPT, lambda value: _put(world, value))
    host = target(world)
    if host.product.components:
        for use in [one for one in host.product.assigned if one != OAUTH]:
            host.product.assigned[use] = _own(world)[0].thumbprint


def _reissued(issue: Issue) -> Callable[[World], None]:
    def change(world: World, held: HeldCertificate) -> HeldCertificate:
        return replace(held, material=issue(world, _names(world)))

    return _swap(change)


def _without_names(world: World, names: Sequence[str]) -> Certificate:
    return world.authority.issue(world.target, [one for one in names if not one.startswith(("meet.", "dialin."))])


def _expired(world: World, names: Sequence[str]) -> Certificate:
    return world.authority.issue(world.target, names, days=-3)


def _ending(world: World, names: Sequence[str]) -> Certificate:
    return world.authority.issue(world.target, names, days=9, starts=-700)


def _for_clients(world: World, names: Sequence[str]) -> Certificate:
    return world.authority.issue(world.target, names, eku=(Usage.CLIENT,))


def _of_a_stranger(world: World, names: Sequence[str]) -> Certificate:
    return world.authority.issue(world.target, names, issuer=Issuer.STRANGER)


def _sha512(world: World, names: Sequence[str]) -> Certificate:
    return world.authority.issue(world.target, names, signature=Signature.SHA512)


def _pss(world: World, names: Sequence[str]) -> Certificate:
    return world.authority.issue(world.target, names, signature=Signature.PSS)


def _other_host(world: World, _names_of_host: Sequence[str]) -> Certificate:
    return world.authority.issue("lync.fabrikam.com", ("lync.fabrikam.com",))


def _misplace(world: World) -> None:
    stores = target(world).stores
    stores.root.append(world.authority.issuing_pem)


def _place(world: World) -> None:
    stores = target(world).stores
    stores.root = [one for one in stores.root if one != world.authority.issuing_pem]


def _drop_intermediate(world: World) -> None:
    target(world).stores.intermediate.clear()


def _import_intermediate(world: World) -> None:
    target(world).stores.intermediate = [world.authority.issuing_pem]


_Fault = partial(Fault, area="Certificates", mends=_mend)
_IMPORT = "Import the server certificate from its PFX"
FAULTS = (
    _Fault(
        id="certificate-none", title="no certificate was imported", check="certificates.candidate", status="FAIL",
        mending=_IMPORT, breaks=_swap(lambda _world, _held: None),
        also=("certificates.key-provider", "certificates.signature", "certificates.expiry"),
    ),
    _Fault(
        id="certificate-without-key", title="the certificate was imported without its private key",
        check="certificates.candidate", status="FAIL", mending=_IMPORT,
        breaks=_swap(lambda _world, held: replace(held, has_key=False)),
        also=("certificates.key-provider", "certificates.signature", "certificates.expiry"),
    ),
    _Fault(
        id="certificate-other-host", title="the certificate is another server's", check="certificates.candidate",
        status="FAIL", mending=_IMPORT, breaks=_reissued(_other_host),
        also=("certificates.key-provider", "certificates.signature", "certificates.expiry"),
    ),
    _Fault(
        id="certificate-name-missing", title="the certificate lacks the names of the simple URLs",
        check="certificates.candidate", status="FAIL", mending="Request a certificate with every name, or import the old one",
        breaks=_reissued(_without_names),
    ),
    _Fault(
        id="certificate-expired", title="the certificate has expired", check="certificates.candidate", status="FAIL",
        mending="Renew the certificate", breaks=_reissued(_expired), also=("certificates.expiry",),
    ),
    _Fault(
        id="certificate-usage", title="the certificate is not for server authentication", check="certificates.candidate",
        status="FAIL", mending=_IMPORT, breaks=_reissued(_for_clients),
    ),
    _Fault(
        id="certificate-untrusted", title="the certificate comes from an authority that the machine does not trust",
        check="certificates.candidate", status="FAIL", mending=_IMPORT, breaks=_reissued(_of_a_stranger),
    ),
    _Fault(
        id="certificate-chain-broken", title="the issuing authority's certificate is missing",
        check="certificates.candidate", status="FAIL", mending="Import the issuing authority's certificate",
        breaks=_drop_intermediate, mends=_import_intermediate,
    ),
    _Fault(
        id="certificate-cng-key", title="the private key lies in a CNG provider", check="certificates.key-provider",
        status="FAIL", mending="Import the PFX into the legacy provider (certutil -csp)",
        breaks=_swap(lambda _world, held: replace(held, provider=CNG_PROVIDER)),
    ),
    _Fault(
        id="certificate-sha512", title="the certificate is signed with SHA-512", check="certificates.signature",
        status="WARN", mending="Request a certificate signed with SHA-256", breaks=_reissued(_sha512),
    ),
    _Fault(
        id="certificate-pss", title="the certificate is signed with RSASSA-PSS", check="certificates.signature",
        status="FAIL", mending="Request a certificate signed with PKCS #1 v1.5", breaks=_reissued(_pss),
    ),
    _Fault(
        id="certificate-ending", title="the certificate ends in nine days", check="certificates.expiry", status="WARN",
        mending="Renew the certificate", breaks=_reissued(_ending),
    ),
    _Fault(
        id="certificate-intermediate-in-root", title="the issuing authority's certificate lies in Trusted Root",
        check="certificates.root-store", status="FAIL", mending="Move it to Intermediate Certification Authorities",
        breaks=_misplace, mends=_place,
    ),
)  # fmt: skip
