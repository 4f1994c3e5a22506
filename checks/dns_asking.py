"""How DNS checks ask: every name at every resolver, compared with the addresses of those who may answer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.facts.dns import DnsAnswer, answer
from app.facts.fact import Readings, Request
from app.facts.host import IDENTITY, HostIdentity
from checks.asking import known, undecided
from checks.check import NotApplicable, Question, Scope
from checks.words import same

NO_RESOLVER = "no resolver is configured: name the internal DNS servers in the settings (resolvers)"


def at_resolvers(
    scope: Scope, subject: str, expected: str, question: Callable[[str], Question]
) -> tuple[Question, ...]:
    """Return one question for each configured resolver, or one UNKNOWN where none is configured."""
    if not scope.settings.resolvers:
        return undecided(scope, subject=subject, expected=expected, why=NO_RESOLVER)
    return tuple(question(resolver) for resolver in scope.settings.resolvers)


def asked(name: str, resolver: str) -> Request[DnsAnswer]:
    """Return the question for the addresses of a name."""
    return answer(name, "A", resolver)


def homes_requests(scope: Scope, hosts: Iterable[str], resolver: str) -> tuple[Request[Any], ...]:
    """Return what is asked to know the addresses of hosts: DNS, also for a pool's members, and machines themselves."""
    names = dict.fromkeys(name for host in hosts for name in (host, *_members(scope, host)))
    return (*(asked(name, resolver) for name in names), *(IDENTITY.about(name) for name in _answering(scope, names)))


def homes(scope: Scope, readings: Readings, hosts: Iterable[str], resolver: str) -> dict[str, tuple[str, ...]]:
    """Return the addresses of those hosts that are known, a pool's being those of its members, too.

    Bound addresses count beside the record of a machine that is asked anyway, so that a wrong record of the server
    itself is found once, and not again with every name that rightly leads to the machine.
    """
    found = {}
    for host in hosts:
        names = dict.fromkeys((host, *_members(scope, host)))
        said = [answer for name in names if (answer := known(readings, asked(name, resolver))) is not None]
        machines = [known(readings, IDENTITY.about(name)) for name in _answering(scope, names)]
        addresses = [one for answer in said for one in answer.addresses]
        addresses += [one for machine in machines if machine is not None for one in machine.addresses]
        if addresses:
            found[host] = tuple(dict.fromkeys(addresses))
    return found


def _answering(scope: Scope, names: Iterable[str]) -> tuple[str, ...]:
    """Return the machines among these names that every wave asks in any case."""
    return tuple(name for name in names if name in (scope.target, scope.management_host))


def _members(scope: Scope, host: str) -> tuple[str, ...]:
    pool = next((one for one in scope.topology.pools() if same(one.fqdn, host)), None)
    return tuple(one.fqdn.lower() for one in pool.machines) if pool else ()


def alias_among(found: DnsAnswer, hosts: Iterable[str]) -> str:
    """Return the host that an answer leads to by alias, or an empty text."""
    return next((name for name in hosts if any(same(alias, name) for alias in found.aliases)), "")


def owners(found: DnsAnswer, known_homes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the hosts that have one of the answer's addresses."""
    return tuple(name for name, own in known_homes.items() if set(own) & set(found.addresses))


def foreign(found: DnsAnswer, known_homes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the answer's addresses that belong to none of the known hosts."""
    own = {address for addresses in known_homes.values() for address in addresses}
    return tuple(one for one in found.addresses if one not in own)


def not_there(found: DnsAnswer) -> str:
    """Return how a finding says that a name has no address, or an empty text where it has one."""
    if found.rcode == "NXDOMAIN":
        return f"it leads on to {found.aliases[-1]}, which does not exist" if found.aliases else "no such name"
    return "" if found.addresses else "the name exists, but has no address"


def hosts_entry(host: HostIdentity | None, name: str) -> tuple[str, ...]:
    """Return the addresses that a machine's HOSTS file has for a name; it wins over DNS on that machine."""
    lines = host.hosts_file if host else ()
    return tuple(line.address for line in lines if any(same(name, one) for one in line.names))


def or_none(questions: Iterable[Question], why: str) -> tuple[Question, ...] | NotApplicable:
    """Return the questions, or why there are none."""
    return tuple(questions) or NotApplicable(why=why)
