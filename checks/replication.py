"""Replication: the rebuilt server's replica has caught up, by its own report."""

from __future__ import annotations

from app.facts.host import IDENTITY, HostIdentity
from app.facts.lync import REPLICATION, ReplicationStatus
from checks.asking import NO_MANAGEMENT_HOST, management, undecided
from checks.check import Check, Question, Scope
from checks.finding import Verdict, failed, passed, unknown
from checks.words import moment


def _up_to_date(scope: Scope) -> tuple[Question, ...]:
    request, host = management(scope, REPLICATION), IDENTITY.about(scope.target)
    expected = "the replica is up to date, by a report from after the machine's last start"
    if request is None:
        return undecided(scope, expected=expected, why=NO_MANAGEMENT_HOST)
    return (
        Question(
            subject=scope.target,
            expected=expected,
            basis="Gg399052",
            # Without the machine's last start the lost server's last report would pass for the new one's.
            needs=(request, host),
            judge=lambda readings: _judge(readings[request], scope.target, readings[host]),
        ),
    )


def _judge(status: ReplicationStatus, target: str, host: HostIdentity) -> Verdict:
    if not status.master:
        return unknown("no active master is named, so nobody keeps these rows up to date")
    replica = status.replica(target)
    if replica is None:
        return failed(f"{status.master} knows no replica {target}")
    reported = replica.last_status_report
    if reported is None:
        return failed("the replica has never reported")
    if not replica.up_to_date:
        return failed(f"not up to date, last report {moment(reported)}")
    if reported < host.last_boot:
        return failed(
            f"up to date by a report of {moment(reported)}, but the machine was started at {moment(host.last_boot)}: the report"
            " is the lost server's"
        )
    return passed(f"up to date, last report {moment(reported)}")


CHECKS = (
    Check(
        id="replication.up-to-date",
        title="the rebuilt server's replica is up to date",
        why="Users, policies and later changes of the topology reach the server through it.",
        remedy=(
            "Run Invoke-CsManagementStoreReplication -ReplicaFqdn <fqdn> and look again after a minute. If it stays behind:"
            " service REPLICA on the server, port 445 from the Central Management server, and the rights on xds-replica."
        ),
        sources=("W-06", "F-04", "Gg399052"),
        ask=_up_to_date,
        after=("services.running",),
    ),
)
