"""What state the rebuilt machine is in: clean, at rest, reachable in both directions, with the media at hand."""

from __future__ import annotations

from pathlib import PureWindowsPath
from urllib.parse import urlsplit

from app.facts.host import (
    PATHS,
    PENDING_REBOOT,
    REACHABILITY,
    RESIDUE,
    SERVICES,
    Paths,
    PendingReboot,
    Reachability,
    Residue,
    Services,
)
from checks.asking import about_target
from checks.check import Check, Question, Scope
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.words import listed, same

_PRODUCT_INSTANCES = ("RTC", "RTCLOCAL", "LYNCLOCAL")
_FIREWALL = "MpsSvc"
_KERBEROS, _LDAP, _SMB, _SQL = 88, 389, 445, 1433


def _clean(scope: Scope) -> tuple[Question, ...]:
    request = RESIDUE.about(scope.target)
    return about_target(
        scope,
        request,
        expected="a new or clean machine: nothing of an earlier installation",
        basis="Hh202192: restoring onto a used server is not covered",
        judge=lambda readings: _judge_clean(readings[request]),
    )


def _judge_clean(residue: Residue) -> Verdict:
    instances = [one for one in residue.sql_instances if one.upper() in _PRODUCT_INSTANCES]
    kinds = (
        ("registry keys", residue.registry_keys),
        ("programs", residue.programs),
        ("SQL instances", instances),
        ("folders", residue.folders),
        ("shares", residue.shares),
        ("local groups", residue.local_groups),
        ("web sites", residue.web_sites),
    )
    left = [f"{kind} {listed(names)}" for kind, names in kinds if names]
    return failed("; ".join(left)) if left else passed("nothing of an earlier installation was found")


def _pending_reboot(scope: Scope) -> tuple[Question, ...]:
    request = PENDING_REBOOT.about(scope.target)
    return about_target(
        scope,
        request,
        expected="no restart is pending",
        basis="Gg398239",
        judge=lambda readings: _judge_pending(readings[request]),
    )


def _judge_pending(pending: PendingReboot) -> Verdict:
    if pending.reasons:
        return failed(f"a restart is pending: {listed(pending.reasons)}")
    if pending.noisy:
        return warned(
            f"perhaps a restart is pending: {listed(pending.noisy)} (virus scanners and printers leave that too)"
        )
    return passed("none is pending")


def _firewall(scope: Scope) -> tuple[Question, ...]:
    request = SERVICES.about(scope.target)
    return about_target(
        scope,
        request,
        expected=f"{_FIREWALL} (Windows Firewall) is Running",
        basis="Gg398833",
        judge=lambda readings: _judge_firewall(readings[request]),
    )


def _judge_firewall(services: Services) -> Verdict:
    service = next((one for one in services.services if same(one.name, _FIREWALL)), None)
    if service is None:
        return failed(f"{_FIREWALL} is not installed")
    said = f"{_FIREWALL} is {service.status}, start mode {service.start_mode}"
    if service.status != "Running":
        return failed(said)
    return (
        warned(said, f"Set-Service -Name {_FIREWALL} -StartupType Automatic")
        if service.start_mode == "Disabled"
        else passed(said)
    )


def dependencies(scope: Scope) -> tuple[str, ...]:
    """Return ``host:port`` of what the target must be able to open a connection to before setup (P-02).

    An instance with a dynamic port is not among them: SQL Browser answers over UDP only.
    """
    controller = urlsplit(scope.settings.directory.url).hostname or scope.domain
    found = [f"{controller}:{_KERBEROS}", f"{controller}:{_LDAP}"]
    cms = scope.topology.cms_pool()
    found += [f"{one.fqdn.lower()}:{_SMB}" for one in (cms.machines if cms else ())]
    store = scope.topology.cms_store()
    if store is not None and not store.instance:
        found.append(f"{store.server}:{_SQL}")
    found += [f"{_server_of(path)}:{_SMB}" for path in scope.topology.file_stores_used_by(scope.pool)]
    own = (f"{scope.target}:", f"{scope.pool.fqdn}:")
    return tuple(dict.fromkeys(one for one in found if not one.startswith(own)))


def _server_of(unc: str) -> str:
    return unc.lstrip("\\").partition("\\")[0].lower()


def _reaches(scope: Scope) -> tuple[Question, ...]:
    targets = dependencies(scope)
    request = REACHABILITY.about(scope.target, targets=targets)
    return about_target(
        scope,
        request,
        expected=f"connections from here open to {listed(targets)}",
        judge=lambda readings: _judge_reach(readings[request], len(targets)),
    )


# What System.Net.Sockets.SocketError calls a name that did not resolve.
_NO_NAME = ("HostNotFound", "TryAgain", "NoRecovery", "NoData")
_RESOLVE = (
    "The machine itself does not resolve these names: see with Get-DnsClientServerAddress which DNS servers it asks, and"
    " with Resolve-DnsName what they say; then check again."
)


def _judge_reach(reachability: Reachability, asked: int) -> Verdict:
    closed = [one for one in reachability.targets if not one.open]
    if closed:
        said = listed([f"{one.host}:{one.port} ({one.error or 'closed'})" for one in closed])
        nameless = all(one.error in _NO_NAME for one in closed)
        return failed(f"no connection from here to {said}", _RESOLVE if nameless else "")
    if len(reachability.targets) < asked:
        return unknown(f"the machine answered about {len(reachability.targets)} of {asked} connections")
    return passed(f"all {asked} connections opened")


def _media(scope: Scope) -> tuple[Question, ...]:
    root = PureWindowsPath(scope.settings.restore.media) / "Setup" / "amd64"
    files = (str(root / "Setup.exe"), str(root / "Setup" / "ocscore.msi"))
    request = PATHS.about(scope.target, paths=files, hashed=False)
    return about_target(
        scope,
        request,
        expected=f"{listed(files)} on the machine",
        basis="settings: restore.media",
        judge=lambda readings: _judge_media(readings[request]),
    )


def _judge_media(paths: Paths) -> Verdict:
    missing = [one.path for one in paths.paths if not one.exists or one.is_folder]
    if missing:
        return failed(f"not there: {listed(missing)}")
    if not paths.paths:
        return unknown("the machine answered, but about no file at all")
    return passed(listed(one.path for one in paths.paths))


READINESS_CHECKS = (
    Check(
        id="host.clean",
        title="the machine carries nothing of an earlier installation",
        why="Setup skips what it believes to be there already, and the server comes up with parts of two installations.",
        remedy=(
            "Rebuild the operating system. Where that is impossible: run Bootstrapper.exe /scorch, uninstall the listed"
            " programs and SQL instances, delete the listed folders, shares, groups and keys, and restart."
        ),
        sources=("R-01", "S-06", "preconditions 4.3", "Hh202192"),
        ask=_clean,
    ),
    Check(
        id="host.no-pending-reboot",
        title="the machine is not waiting for a restart",
        why="Setup of the components stops half-way on a machine that waits for one.",
        remedy="Restart the machine, then check again.",
        sources=("O-09", "Gg398239"),
        ask=_pending_reboot,
    ),
    Check(
        id="host.firewall-service",
        title="the Windows Firewall service is running",
        why="Activation writes the server's own exceptions through it; with the service stopped they are never made.",
        remedy=f"Run Set-Service -Name {_FIREWALL} -StartupType Automatic; Start-Service -Name {_FIREWALL}. A permissive"
        " profile is better than a stopped service.",
        sources=("P-01", "Gg398833"),
        ask=_firewall,
    ),
    Check(
        id="host.reaches-dependencies",
        title="the machine reaches the domain controller, the Central Management server and the file store",
        why="Setup reads the directory and the Central Management store from this machine, not from your console.",
        remedy="Open the named port on the way between the two, or start what should listen there; then check again.",
        sources=("P-02", "Gg398833"),
        ask=_reaches,
    ),
    Check(
        id="host.media",
        title="the installation media is at hand on the machine",
        why="The local configuration store and the components are installed from it.",
        remedy=(
            "Mount the Lync Server media on the machine (volume licence media, as the failed server had), or set"
            " restore.media to the folder that holds it."
        ),
        sources=("Hh202190 step 5", "preconditions 9", "S-06"),
        ask=_media,
    ),
)
