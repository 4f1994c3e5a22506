"""Active Directory: the computer account outlives the machine, the schema and the groups are those of the product."""

from __future__ import annotations

from datetime import datetime

from app.backup.backup_set import PieceKind
from app.facts.directory import COMPUTER_ACCOUNTS, STATE, ComputerAccount, ComputerAccounts, DirectoryState
from checks.asking import about_target
from checks.check import Check, Question, Scope
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.pieces import piece_for
from checks.words import listed, moment

_SCHEMA_2013 = (1150, 3)
"""rangeUpper and rangeLower that forest preparation of Lync Server 2013 leaves behind (A-03)."""
_SCHEMAS = {1150: "Lync Server 2013", 1100: "Lync Server 2010", 1008: "Office Communications Server 2007 R2"}
_NEEDED_GROUPS = (
    "RTCUniversalServerAdmins",
    "RTCUniversalUserAdmins",
    "RTCUniversalReadOnlyAdmins",
    "RTCUniversalGlobalWriteGroup",
    "RTCUniversalGlobalReadOnlyGroup",
    "RTCUniversalUserReadOnlyGroup",
    "RTCUniversalServerReadOnlyGroup",
    "RTCHSUniversalServices",
    "RTCComponentUniversalServices",
    "RTCProxyUniversalServices",
    "RTCUniversalConfigReplicator",
)
"""Administration, infrastructure and service groups that setup and the services rely on (A-05)."""


def _account(scope: Scope) -> tuple[Question, ...]:
    request = COMPUTER_ACCOUNTS.about(scope.target)
    return about_target(
        scope,
        request,
        expected=f"one enabled computer account whose dNSHostName is {scope.target}, the one from before the failure",
        basis="Hh202179: the computer account is kept while its machine is rebuilt",
        judge=lambda readings: _judge_accounts(readings[request], _taken(scope)),
    )


def _taken(scope: Scope) -> datetime | None:
    """When the deployment was exported: a certificate or a copied file store that came into the folder later says nothing."""
    configuration = piece_for(scope, PieceKind.CONFIGURATION)
    return configuration.modified if configuration is not None else scope.backup.taken


def _judge_accounts(found: ComputerAccounts, taken: datetime | None) -> Verdict:
    if not found.accounts:
        return failed("no computer account has this dNSHostName")
    if len(found.accounts) > 1:
        return failed(
            f"{len(found.accounts)} computer accounts have this dNSHostName: {listed(one.dn for one in found.accounts)}",
            "Find the account that the machine is joined with (its SID), and give the other one its own dNSHostName or"
            " remove it. Never delete the account that is in the RTC groups.",
        )
    return _judge_account(found.accounts[0], taken)


def _judge_account(account: ComputerAccount, taken: datetime | None) -> Verdict:
    if not account.enabled:
        return failed(f"{account.dn} is disabled", f'Enable it: Enable-ADAccount -Identity "{account.dn}".')
    in_product_groups = any(group.upper().startswith("RTC") for group in account.groups)
    created_later = taken is not None and account.created > taken
    if created_later and not in_product_groups:
        return failed(
            f"{account.dn} (SID {account.sid}) was created {moment(account.created)}, after the backup was taken, and is"
            " a direct member of no RTC group: it is a new account, not the server's own",
        )
    if not in_product_groups:
        return warned(f"{account.dn} (SID {account.sid}) is a direct member of no RTC group")
    return passed(f"{account.dn}, SID {account.sid}, enabled, created {moment(account.created)}")


def _schema(scope: Scope) -> tuple[Question, ...]:
    request = STATE.about(scope.domain)
    return about_target(
        scope,
        request,
        expected=f"ms-RTC-SIP-SchemaVersion with rangeUpper {_SCHEMA_2013[0]} and rangeLower {_SCHEMA_2013[1]}",
        basis=f"{scope.topology.product.name}, Gg412822",
        judge=lambda readings: _judge_schema(readings[request]),
    )


def _judge_schema(state: DirectoryState) -> Verdict:
    if state.schema_upper == 0:
        return failed(
            "the schema has no ms-RTC-SIP-SchemaVersion: the forest was never prepared, or it is another forest"
        )
    version = (state.schema_upper, state.schema_lower)
    product = _SCHEMAS.get(state.schema_upper, "a product this program does not know")
    said = f"rangeUpper {state.schema_upper}, rangeLower {state.schema_lower} ({product})"
    if version < _SCHEMA_2013:
        return failed(said)
    if state.schema_upper > _SCHEMA_2013[0]:
        return warned(f"{said}: newer than Lync Server 2013 brings")
    return passed(said)


def _groups(scope: Scope) -> tuple[Question, ...]:
    request = STATE.about(scope.domain)
    return about_target(
        scope,
        request,
        expected=f"the universal groups {listed(_NEEDED_GROUPS)}",
        basis="forest preparation of Lync Server 2013, Gg425791",
        judge=lambda readings: _judge_groups(readings[request], scope.domain),
    )


def _judge_groups(state: DirectoryState, domain: str) -> Verdict:
    there = {name.lower() for name in state.groups}
    missing = [name for name in _NEEDED_GROUPS if name.lower() not in there]
    if len(missing) == len(_NEEDED_GROUPS):
        return unknown(
            f"{domain} holds none of these groups; forest preparation may have put them into another domain of the forest,"
            " which was not asked"
        )
    if missing:
        return failed(f"missing: {listed(missing)}")
    return passed(f"all {len(_NEEDED_GROUPS)} groups are there")


CHECKS = (
    Check(
        id="directory.computer-account",
        title="the failed server's computer account is still in Active Directory",
        why=(
            "The account's SID is what the RTC groups and the permissions written by setup refer to. With a new account"
            " the services cannot read their configuration, and replication is refused."
        ),
        remedy=(
            "Do not create a new account. Bring the old one back from the Active Directory recycle bin or by an"
            " authoritative restore; only where that is impossible, join anew and let Enable-CsTopology and the local setup"
            " write the group memberships again."
        ),
        sources=("R-04", "A-06", "Hh202179"),
        ask=_account,
    ),
    Check(
        id="directory.schema",
        title="the Active Directory schema is the one of Lync Server 2013",
        why="Setup and every Lync cmdlet refuse to work with a schema that lacks the product's attributes.",
        remedy=(
            "Make sure that the right forest is asked (settings: directory.url). Then prepare the schema with"
            " Install-CsAdServerSchema on the schema master, and wait until all domain controllers have it."
        ),
        sources=("A-03", "Gg412822"),
        ask=_schema,
    ),
    Check(
        id="directory.groups",
        title="the groups of Lync Server are in Active Directory",
        why="Setup puts the computer into them, and the services get their rights through them.",
        remedy=(
            "Restore the missing groups from an Active Directory backup, so that they keep SID and members."
            " Enable-CsAdForest creates missing groups, but empty ones."
        ),
        sources=("A-05", "R-09", "Gg425791"),
        ask=_groups,
    ),
)
