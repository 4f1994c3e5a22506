"""Who the rebuilt machine is: name, domain, addresses, operating system, clock."""

from __future__ import annotations

from app.deployment.topology import Machine
from app.facts.dhcp_server import DHCP_SERVER, DhcpServerView
from app.facts.directory import STATE
from app.facts.host import IDENTITY, Adapter, HostIdentity
from checks.asking import about_target, known
from checks.check import Check, Question, Scope
from checks.clocks import apart
from checks.expected import machine_of
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.hardware import reserved_for, same_mac
from checks.words import counted, listed, same

_SKEW_LIMIT = 300.0
"""Seconds: the default of Kerberos' MaxClockSkew (O-10)."""
_SKEW_NOTICE = 60.0
"""Seconds (O-10)."""
_SYSTEMS = {
    "7601": "Windows Server 2008 R2 SP1",
    "9200": "Windows Server 2012",
    "9600": "Windows Server 2012 R2",
    "14393": "Windows Server 2016",
    "17763": "Windows Server 2019",
}
_SUPPORTED = {
    6: ("7601", "9200", "9600"),
    7: ("9200", "9600", "14393", "17763"),
    8: ("14393", "17763"),
}
"""Windows builds by the topology's ServiceVersion (O-01)."""


def _fqdn(scope: Scope) -> tuple[Question, ...]:
    request = IDENTITY.about(scope.target)
    return about_target(
        scope, request, expected=scope.target, judge=lambda readings: _judge_fqdn(readings[request], scope.target)
    )


def _judge_fqdn(host: HostIdentity, expected: str) -> Verdict:
    if same(host.fqdn, expected):
        return passed(host.fqdn)
    label, _, suffix = expected.partition(".")
    if not same(host.hostname, label):
        return failed(
            f"the machine calls itself {host.fqdn}",
            f"Rename it and restart: Rename-Computer -NewName {label} -Restart. On a domain member use an account that may"
            " re-use the existing computer account.",
        )
    return failed(
        f"the machine calls itself {host.fqdn}: its primary DNS suffix is {host.primary_dns_suffix or 'empty'}",
        f"Join it to {suffix}, or set {suffix} as primary DNS suffix (System Properties, Computer Name, Change, More), and"
        " restart.",
    )


def _domain(scope: Scope) -> tuple[Question, ...]:
    request = IDENTITY.about(scope.target)
    return about_target(
        scope,
        request,
        expected=f"a member of {scope.domain} with a working secure channel",
        judge=lambda readings: _judge_domain(readings[request], scope.domain),
    )


def _judge_domain(host: HostIdentity, domain: str) -> Verdict:
    if not host.part_of_domain:
        return failed(f"the machine is in the workgroup {host.domain}, in no domain")
    if not same(host.domain, domain):
        return failed(f"the machine is a member of {host.domain}")
    if host.secure_channel is None:
        return unknown(f"a member of {host.domain}; whether its secure channel works could not be tried")
    if not host.secure_channel:
        return failed(
            f"a member of {host.domain}, but its secure channel is broken: the directory holds another machine password",
            "On the machine run Test-ComputerSecureChannel -Repair -Credential (Get-Credential), then check again. Do not"
            " delete or reset the computer account by joining under another one.",
        )
    return passed(f"a member of {host.domain}, secure channel works")


def _addressing(scope: Scope) -> tuple[Question, ...]:
    request = IDENTITY.about(scope.target)
    servers = tuple(DHCP_SERVER.about(server.lower()) for server in scope.settings.dhcp.servers)
    machine = machine_of(scope)
    wanted = f", {listed(machine.addresses)} among them" if machine.addresses else ""
    return about_target(
        scope,
        request,
        expected=f"addresses that stay: static, or pinned by a DHCP reservation{wanted}",
        also=servers,
        judge=lambda readings: _judge_addressing(readings[request], machine, [known(readings, one) for one in servers]),
    )


def _judge_addressing(host: HostIdentity, machine: Machine, views: list[DhcpServerView | None]) -> Verdict:
    usable = [one for one in host.addresses if not one.startswith(("169.254.", "fe80:"))]
    if not usable:
        return failed(f"no usable address is bound (found {listed(host.addresses)})")
    missing = [one for one in machine.addresses if one not in host.addresses]
    if missing:
        return failed(f"{listed(usable)} bound, but not {listed(missing)} that the topology names")
    by_dhcp = [one for one in host.adapters if one.dhcp_enabled and one.addresses]
    if not by_dhcp:
        return passed(f"{listed(usable)}, static")
    return _judge_dhcp(by_dhcp, views)


def _judge_dhcp(adapters: list[Adapter], views: list[DhcpServerView | None]) -> Verdict:
    loose = [one for one in adapters if not _pinned(one, views)]
    said = listed(f"{listed(one.addresses)} on {one.name} ({one.mac})" for one in adapters)
    if not loose:
        return warned(
            f"{said} by DHCP, pinned by a reservation", "A static address does not depend on the DHCP server."
        )
    if not views:
        return warned(
            f"{said} by DHCP, and no DHCP server is named in the settings that could be asked for a reservation"
        )
    if None in views:
        return unknown(f"{said} by DHCP, and not every DHCP server could be asked whether a reservation pins it")
    return failed(f"{said} by DHCP, and no reservation pins {listed(one.name for one in loose)}: it can change any day")


def _pinned(adapter: Adapter, views: list[DhcpServerView | None]) -> bool:
    held = [one for view in views if view is not None for one in reserved_for(view, adapter.addresses)]
    return any(same_mac(one.client_id, adapter.mac) for one in held)


def _os(scope: Scope) -> tuple[Question, ...]:
    request = IDENTITY.about(scope.target)
    builds = _SUPPORTED.get(scope.topology.product.service_version or 0, ())
    names = listed(_SYSTEMS[one] for one in builds) if builds else "an operating system that the product supports"
    return about_target(
        scope,
        request,
        expected=f"{names}, with the full graphical shell",
        basis=f"{scope.topology.product.name}, Gg412883",
        judge=lambda readings: _judge_os(readings[request], builds),
    )


def _judge_os(host: HostIdentity, builds: tuple[str, ...]) -> Verdict:
    said = f"{host.os_caption}, build {host.os_build}, {host.installation_type}"
    if host.installation_type != "Server":
        return failed(said)
    if not builds:
        return unknown(f"{said}; which systems this product supports is not known here")
    if not set(host.os_build.split(".")) & set(builds):
        return failed(said)
    return passed(said)


def _clock(scope: Scope) -> tuple[Question, ...]:
    host, directory = IDENTITY.about(scope.target), STATE.about(scope.domain)
    return about_target(
        scope,
        host,
        directory,
        expected=f"within {_SKEW_LIMIT:.0f} seconds of the domain controller's clock, better within {_SKEW_NOTICE:.0f}",
        basis="Kerberos policy, default of MaxClockSkew",
        judge=lambda readings: _judge_skew(apart(readings, host, directory)),
    )


def _judge_skew(seconds: float) -> Verdict:
    distance = counted(round(abs(seconds)), "second")
    said = (
        "the clocks agree"
        if abs(seconds) < 1
        else f"{distance} {'ahead of' if seconds > 0 else 'behind'} the domain controller"
    )
    if abs(seconds) > _SKEW_LIMIT:
        return failed(said)
    return warned(said) if abs(seconds) > _SKEW_NOTICE else passed(said)


IDENTITY_CHECKS = (
    Check(
        id="host.fqdn",
        title="the rebuilt machine bears the failed server's fully qualified name",
        why="Setup looks up its roles in the topology by this name; under another one it finds none and installs nothing.",
        remedy="Give the machine the name that the topology has for it, and restart it.",
        sources=("R-03", "D-01", "Hh202190 step 1"),
        ask=_fqdn,
    ),
    Check(
        id="host.domain",
        title="the rebuilt machine is a member of the failed server's domain",
        why="Group memberships, Kerberos and the Central Management store are reached through the domain.",
        remedy=(
            "Join it onto the existing computer account: Add-Computer -DomainName <domain> -Restart. Windows of October"
            " 2022 and later refuses that (0xaac) unless the account's creator joins it, or the domain controllers' policy"
            " on re-using computer accounts names the account's owner."
        ),
        sources=("R-02", "R-04", "R-05", "Hh202190 step 1"),
        ask=_domain,
    ),
    Check(
        id="host.addressing",
        title="the machine's addresses do not change by themselves",
        why="DNS, the other servers and the clients keep the address; a new lease takes the server away from them.",
        remedy="Set the address that DNS has for this server statically, or pin it with a reservation for this adapter.",
        sources=("H-01", "R-02"),
        ask=_addressing,
    ),
    Check(
        id="host.os",
        title="the operating system is one that the product supports",
        why="Setup stops on others, and Server Core lacks what the server roles need.",
        remedy="Install the operating system that the failed server had, with the graphical shell.",
        sources=("O-01", "O-02", "Gg412883"),
        ask=_os,
    ),
    Check(
        id="host.clock",
        title="the machine's clock agrees with the domain",
        why="Kerberos refuses tickets beyond the allowed skew, and every later step then fails as if rights were missing.",
        remedy="On the machine run w32tm /resync, and see with w32tm /query /source that it follows the domain.",
        sources=("O-10",),
        ask=_clock,
    ),
)
