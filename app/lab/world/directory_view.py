"""The directory as LDAP entries."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from app.lab.ports import Behaviour
from app.lab.world.directory import Computer
from app.lab.world.world import World

Entry = tuple[str, Mapping[str, Sequence[bytes]]]
_UNIVERSAL_GROUP = "-2147483640"
_WORKSTATION, _CONTROLLER, _DISABLED, _USER = 0x1000, 0x82000, 0x2, 0x200
_GROUP_RIDS = 2000
_USER_RIDS = 5000


class DirectoryView:
    """Behind the LDAP server."""

    def __init__(self, world: World) -> None:
        """Show the directory of a world."""
        self._world = world

    def behaviour(self) -> Behaviour:
        """Return how to treat a client."""
        return self._world.directory.behaviour

    def bind(self, name: str, password: str) -> bool:
        """Return whether a simple bind holds."""
        with self._world.locked():
            account = self._world.directory.account(name)
            return account is not None and account.enabled and bool(password) and account.password == password

    def naming_contexts(self) -> Sequence[str]:
        """Return the default, configuration and schema naming context."""
        base = self._world.directory.base
        return base, f"CN=Configuration,{base}", f"CN=Schema,CN=Configuration,{base}"

    def entries(self) -> Iterable[Entry]:
        """Return every entry."""
        with self._world.locked():
            return [*self._containers(), *self._computers(), *self._groups(), *self._accounts(), *self._users()]

    def current_time(self) -> str:
        """Return rootDSE currentTime."""
        now = self._world.now + timedelta(seconds=self._world.directory.skew)
        return _stamp(now)

    def _containers(self) -> Iterator[Entry]:
        directory = self._world.directory
        default, configuration, schema = self.naming_contexts()
        yield default, _attributes(objectClass=("top", "domain", "domainDNS"), dc=(directory.domain.partition(".")[0],))
        yield configuration, _attributes(objectClass=("top", "configuration"), cn=("Configuration",))
        yield schema, _attributes(objectClass=("top", "dMD"), cn=("Schema",))
        for name in ("Users", "Computers"):
            yield f"CN={name},{default}", _attributes(objectClass=("top", "container"), cn=(name,))
        yield f"OU=Domain Controllers,{default}", _attributes(objectClass=("top", "organizationalUnit"))
        yield f"CN=Services,{configuration}", _attributes(objectClass=("top", "container"), cn=("Services",))
        service = f"CN=RTC Service,CN=Services,{configuration}"
        yield service, _attributes(objectClass=("top", "container", "msRTCSIP-Service"), cn=("RTC Service",))
        settings = f"CN=Topology Settings,{service}"
        yield settings, _attributes(objectClass=("top", "msRTCSIP-GlobalTopologySettings"), cn=("Topology Settings",))
        pointer = directory.pointer
        if pointer is not None:
            name = "{b1c52c5e-7e0a-4f35-9a39-0c7a3ea2e6d1}"
            mirror = (pointer.mirror,) if pointer.mirror else ()
            attributes = {
                "objectClass": ("top", "msRTCSIP-GlobalTopologySetting"),
                "cn": (name,),
                "msRTCSIP-BackEndServer": (pointer.back_end,),
                "msRTCSIP-MirrorBackEndServer": mirror,
            }
            yield f"CN={name},{settings}", _attributes(**attributes)
        if directory.schema_upper:
            yield (
                f"CN=ms-RTC-SIP-SchemaVersion,{schema}",
                _attributes(
                    objectClass=("top", "attributeSchema"),
                    cn=("ms-RTC-SIP-SchemaVersion",),
                    rangeUpper=(str(directory.schema_upper),),
                    rangeLower=(str(directory.schema_lower),),
                ),
            )

    def _computers(self) -> Iterator[Entry]:
        directory = self._world.directory
        for one in directory.computers:
            control = (_CONTROLLER if one.is_controller else _WORKSTATION) | (0 if one.enabled else _DISABLED)
            groups = [self._group_dn(group) for group in one.groups]
            attributes = dict(
                _attributes(
                    objectClass=("top", "person", "organizationalPerson", "user", "computer"),
                    cn=(one.name,),
                    dNSHostName=(one.fqdn,),
                    sAMAccountName=(f"{one.name}$",),
                    userAccountControl=(str(control),),
                    whenCreated=(_stamp(one.created),),
                    memberOf=groups,
                    servicePrincipalName=one.principals,
                    operatingSystem=("Windows Server 2012 R2 Standard",),
                )
            )
            attributes["objectSid"] = [_binary_sid(directory.sid(one.rid))]
            yield self._computer_dn(one), attributes

    def _groups(self) -> Iterator[Entry]:
        directory = self._world.directory
        for index, name in enumerate(directory.groups):
            members = [self._computer_dn(one) for one in directory.computers if name in one.groups]
            members += [directory.user_dn(one.name) for one in directory.accounts.values() if name in one.groups]
            attributes = dict(
                _attributes(
                    objectClass=("top", "group"),
                    cn=(name,),
                    sAMAccountName=(name,),
                    groupType=(_UNIVERSAL_GROUP,),
                    member=members,
                )
            )
            attributes["objectSid"] = [_binary_sid(directory.sid(_GROUP_RIDS + index))]
            yield self._group_dn(name), attributes

    def _accounts(self) -> Iterator[Entry]:
        directory = self._world.directory
        for index, one in enumerate(directory.accounts.values()):
            attributes = dict(
                _attributes(
                    objectClass=("top", "person", "organizationalPerson", "user"),
                    cn=(one.name,),
                    sAMAccountName=(one.name,),
                    userPrincipalName=(f"{one.name}@{directory.domain}",),
                    userAccountControl=(str(_USER | (0 if one.enabled else _DISABLED)),),
                    memberOf=[self._group_dn(group) for group in sorted(one.groups)],
                )
            )
            attributes["objectSid"] = [_binary_sid(directory.sid(1100 - index))]
            yield directory.user_dn(one.name), attributes

    def _users(self) -> Iterator[Entry]:
        directory = self._world.directory
        for index, (address, pool) in enumerate({**directory.users, **directory.application_contacts}.items()):
            name = address.partition("@")[0]
            kind = "contact" if address in directory.application_contacts else "user"
            attributes = dict(
                _attributes(
                    objectClass=("top", "person", "organizationalPerson", kind),
                    cn=(name,),
                    **{
                        "msRTCSIP-PrimaryUserAddress": (f"sip:{address}",),
                        "msRTCSIP-PrimaryHomeServer": (pool,),
                        "msRTCSIP-UserEnabled": ("TRUE",),
                    },
                )
            )
            attributes["objectSid"] = [_binary_sid(directory.sid(_USER_RIDS + index))]
            yield directory.user_dn(name), attributes

    def _computer_dn(self, computer: Computer) -> str:
        place = "OU=Domain Controllers" if computer.is_controller else "CN=Computers"
        return f"CN={computer.name},{place},{self._world.directory.base}"

    def _group_dn(self, name: str) -> str:
        return f"CN={name},CN=Users,{self._world.directory.base}"


def _attributes(**values: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
    return {name: [one.encode() for one in given] for name, given in values.items() if given}


def _stamp(when: datetime) -> str:
    return when.strftime("%Y%m%d%H%M%S.0Z")


def _binary_sid(text: str) -> bytes:
    parts = [int(part) for part in text.split("-")[1:]]
    revision, authority, below = parts[0], parts[1], parts[2:]
    return bytes([revision, len(below)]) + authority.to_bytes(6, "big") + struct.pack(f"<{len(below)}I", *below)
