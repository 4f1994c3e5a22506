"""Asks Active Directory over one connection: the pointer to the Central Management store, computer accounts, schema, groups."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from app.facts.asking import CouldNotLook, sentence
from app.facts.deadline import Finished, Raised, Running, allowed, spoken
from app.facts.directory import (
    COMPUTER_ACCOUNTS,
    STATE,
    STORE_POINTERS,
    ComputerAccount,
    ComputerAccounts,
    DirectoryState,
    StorePointer,
    StorePointers,
)
from app.facts.directory_connection import DirectoryConnection, Record
from app.facts.fact import Known, Reading, Request, Unknown
from app.settings import Settings

_DISABLED = 0x2
_LAST_WORD = 0.25
"""Seconds beyond the deadline for the connection's thread to say better than we can what went wrong."""


def collect(
    requests: Sequence[Request[Any]], settings: Settings, password: Callable[[], str], clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Return what the directory says; where it cannot be asked everything is Unknown for the same reason.

    Args:
        requests: questions of ``app.facts.directory``.
        settings: URL, account, trusted roots, limit of a probe.
        password: of the account.
        clock: UTC now.
    """
    seconds = max(allowed(one, settings) for one in requests)
    answers: dict[Request[Any], Reading] = {}
    try:
        connection = DirectoryConnection(settings, password)
    except CouldNotLook as refusal:
        return dict.fromkeys(requests, Unknown(reason=str(refusal), at=clock()))
    running = Running(lambda: _hold(connection, seconds, requests, answers, clock), "ldap")
    outcome = running.outcome(seconds + _LAST_WORD, connection.abandon)
    told = dict(answers)
    match outcome:
        case Finished():
            why = f"{connection.who} was not asked this"
        case Raised(error=error):
            why = sentence(error, connection.who)
        case _:
            why = f"{connection.who} did not answer within {spoken(seconds)}"
    return {one: told.get(one) or Unknown(reason=why, at=clock()) for one in requests}


def _hold(
    connection: DirectoryConnection,
    seconds: float,
    requests: Iterable[Request[Any]],
    answers: dict[Request[Any], Reading],
    clock: Callable[[], datetime],
) -> None:
    """Ask one question after the other; each answer is handed over as it comes."""
    try:
        connection.open(seconds)
        for request in requests:
            started = time.monotonic()
            try:
                value = _asked(connection, request)
            except CouldNotLook as error:
                answers[request] = Unknown(reason=str(error), at=clock())
            else:
                answers[request] = Known(value=value, at=clock(), seconds=time.monotonic() - started)
    finally:
        connection.close()


def _asked(connection: DirectoryConnection, request: Request[Any]) -> object:
    match request.fact.name:
        case STORE_POINTERS.name:
            return _store_pointers(connection)
        case COMPUTER_ACCOUNTS.name:
            return _computer_accounts(connection, request.subject)
        case STATE.name:
            return _state(connection)
        case _:
            raise CouldNotLook(f"{request.fact.name} is nothing that a directory is asked")


def _store_pointers(connection: DirectoryConnection) -> StorePointers:
    root = connection.root()
    places = (
        f"CN=RTC Service,CN=Services,{root.text('configurationNamingContext')}",
        f"CN=RTC Service,CN=Microsoft,CN=System,{root.text('rootDomainNamingContext')}",
    )
    attributes = ("msRTCSIP-BackEndServer", "msRTCSIP-MirrorBackEndServer")
    found = [
        one
        for place in places
        for one in connection.below(place, "(objectClass=msRTCSIP-GlobalTopologySetting)", attributes)
    ]
    return StorePointers(
        pointers=tuple(
            StorePointer(
                dn=one.dn,
                back_end=one.text("msRTCSIP-BackEndServer"),
                mirror=one.text("msRTCSIP-MirrorBackEndServer"),
            )
            for one in found
        )
    )


def _computer_accounts(connection: DirectoryConnection, fqdn: str) -> ComputerAccounts:
    base = connection.root().text("defaultNamingContext")
    name = fqdn.rstrip(".")
    found = connection.below(
        base,
        f"(&(objectClass=computer)(dNSHostName={escape_filter_chars(name)}))",
        ("objectSid", "whenCreated", "userAccountControl", "memberOf", "servicePrincipalName"),
    )
    if not found and name.partition(".")[2].lower() != _domain(base):
        raise CouldNotLook(
            f"{connection.who} holds the domain {_domain(base)}, so it cannot say whether {name} has an account elsewhere"
        )
    return ComputerAccounts(accounts=tuple(map(_account, found)))


def _account(record: Record) -> ComputerAccount:
    return ComputerAccount(
        dn=record.dn,
        sid=_sid(next(iter(record.values.get("objectsid", ())), b"")),
        created=_time(record.text("whenCreated")),
        enabled=not record.number("userAccountControl") & _DISABLED,
        groups=tuple(sorted(map(_common_name, record.texts("memberOf")))),
        service_principal_names=record.texts("servicePrincipalName"),
    )


def _state(connection: DirectoryConnection) -> DirectoryState:
    root = connection.root()
    version = connection.entry(
        f"CN=ms-RTC-SIP-SchemaVersion,{root.text('schemaNamingContext')}", ("rangeUpper", "rangeLower")
    )
    own, forest = root.text("defaultNamingContext"), root.text("rootDomainNamingContext")
    groups = connection.below(own, "(&(objectClass=group)(|(cn=RTC*)(cn=CS*)))", ("cn",))
    if not groups and own.lower() != forest.lower():
        raise CouldNotLook(
            f"{connection.who} holds the domain {_domain(own)}, and the groups may be in another one of the forest: "
            f"set directory.url to a domain controller of {_domain(forest)}"
        )
    return DirectoryState(
        schema_upper=version.number("rangeUpper") if version else 0,
        schema_lower=version.number("rangeLower") if version else 0,
        groups=tuple(sorted(one.text("cn") for one in groups)),
        # Asked last, and again: its distance from this console's clock is judged, so it must not be older than the answer.
        clock=_time(connection.root().text("currentTime")),
    )


def _sid(value: bytes) -> str:
    """Return a binary SID as text (MS-DTYP 2.4.2.2)."""
    if len(value) < 8 or len(value) != 8 + 4 * value[1]:
        raise CouldNotLook("the directory gave an objectSid that is none")
    parts = [int.from_bytes(value[start : start + 4], "little") for start in range(8, len(value), 4)]
    return "-".join(map(str, ("S", value[0], int.from_bytes(value[2:8], "big"), *parts)))


def _time(text: str) -> datetime:
    """Return an LDAP generalised time, which Active Directory gives in UTC."""
    try:
        return datetime.strptime(text.partition(".")[0].rstrip("Z"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise CouldNotLook(f"the directory gave {text!r} as a time") from None


def _common_name(dn: str) -> str:
    """Return the value of a DN's first part, its escapes (RFC 4514 2.4) undone."""
    value = str(parse_dn(dn, escape=False)[0][1]).encode()
    return re.sub(rb"\\([0-9A-Fa-f]{2}|.)", _meant, value).decode("utf-8", "replace")


def _meant(escaped: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escaped[1].decode()) if len(escaped[1]) == 2 else escaped[1]


def _domain(dn: str) -> str:
    return ".".join(part[3:] for part in dn.lower().split(",") if part.startswith("dc="))
