"""The person behind the session: groups, local rights, and an identity that goes on to a second machine."""

from __future__ import annotations

from app.facts.host import OPERATOR, SECOND_HOP, Operator, SecondHop
from checks.asking import about_target, undecided
from checks.check import Check, Question, Scope
from checks.finding import Verdict, failed, passed
from checks.words import same

_ADMINS = "RTCUniversalServerAdmins"
_LOCAL_ADMINS = ("BUILTIN\\Administrators", "S-1-5-32-544")
_NOBODY = "ANONYMOUS LOGON"


def _groups(scope: Scope) -> tuple[Question, ...]:
    request = OPERATOR.about(scope.target)
    return about_target(
        scope,
        request,
        expected=f"the session's token holds {_ADMINS}",
        basis="Hh202171, JJ204623",
        judge=lambda readings: _judge_groups(readings[request]),
    )


def _judge_groups(operator: Operator) -> Verdict:
    if any(same(group.rpartition("\\")[2], _ADMINS) for group in operator.groups):
        return passed(f"{operator.account} is in {_ADMINS}")
    account = operator.account.rpartition("\\")[2]
    return failed(
        f"{operator.account} is not in {_ADMINS}",
        f"Run Add-ADGroupMember -Identity {_ADMINS} -Members {account}, or work as somebody who is in it. A new membership"
        " counts from the next logon.",
    )


def _local_admin(scope: Scope) -> tuple[Question, ...]:
    request = OPERATOR.about(scope.target)
    return about_target(
        scope,
        request,
        expected="the session holds local Administrators, enabled",
        basis="Hh202190 step 2, JJ204623",
        judge=lambda readings: _judge_local_admin(readings[request]),
    )


def _judge_local_admin(operator: Operator) -> Verdict:
    if operator.elevated:
        return passed(f"{operator.account} is a local administrator")
    if any(same(group, one) for group in operator.groups for one in _LOCAL_ADMINS):
        return failed(
            f"{operator.account} is in local Administrators, but this session's token is filtered",
            "Use a domain account: remote sessions of local accounts are filtered by User Account Control.",
        )
    return failed(f"{operator.account} is not in local Administrators")


def second_hop_path(scope: Scope) -> str:
    """Return a UNC path on another machine that the session must reach from the target; empty where none is known."""
    own = (f"\\\\{scope.target}\\", f"\\\\{scope.pool.fqdn}\\")
    backup = scope.settings.restore.backup_unc or str(scope.backup.root)
    candidates = (backup, *scope.topology.file_store_paths())
    return next((one for one in candidates if one.startswith("\\\\") and not one.lower().startswith(own)), "")


def _second_hop(scope: Scope) -> tuple[Question, ...]:
    path = second_hop_path(scope)
    expected = f"the session's identity reaches {path or 'a share on another machine'} from the target"
    if not path:
        return undecided(
            scope, expected=expected, why="no share on another machine is known to try it with: set restore.backup_unc"
        )
    request = SECOND_HOP.about(scope.target, path=path)
    return about_target(
        scope,
        request,
        expected=expected,
        basis="settings: restore.backup_unc" if scope.settings.restore.backup_unc else "backup folder and topology",
        judge=lambda readings: _judge_second_hop(readings[request]),
    )


def _judge_second_hop(hop: SecondHop) -> Verdict:
    if hop.identity.upper().endswith(_NOBODY):
        return failed(f"{hop.path} sees the session as {hop.identity}: the identity does not go on")
    if not hop.reached:
        return failed(f"{hop.path} cannot be reached from the target: {hop.error or 'no reason was given'}")
    return passed(f"{hop.path} is reached{f' as {hop.identity}' if hop.identity else ''}")


CHECKS = (
    Check(
        id="operator.groups",
        title="the operator is in RTCUniversalServerAdmins",
        why="Most backup and restore cmdlets do not accept the RBAC roles; without this group they fail half-way.",
        remedy=f"Put the operator into {_ADMINS} and log on anew.",
        sources=("R-08", "A-07", "Hh202171", "JJ204623"),
        ask=_groups,
    ),
    Check(
        id="operator.local-admin",
        title="the operator is a local administrator of the machine",
        why="Setup, the local configuration store and the services can only be changed by a local administrator.",
        remedy="On the machine run net localgroup Administrators <account> /add, then log on anew.",
        sources=("A-07", "M-08", "Hh202190 step 2", "JJ204623"),
        ask=_local_admin,
    ),
    Check(
        id="operator.second-hop",
        title="the operator's identity goes on from the machine to the next one",
        why=(
            "Copying from the backup, and every Lync cmdlet that asks SQL Server or the directory, goes from the target on"
            " to another machine; a session that cannot delegate arrives there as nobody."
        ),
        remedy=(
            "Set credentials.auth to credssp (after Enable-WSManCredSSP -Role Server on the target), use Kerberos"
            " delegation, or run the program on the target itself. If the identity goes on, look at the share's rights."
        ),
        sources=("M-02", "procedures 0.4"),
        ask=_second_hop,
    ),
)
