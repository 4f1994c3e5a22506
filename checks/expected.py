"""What the topology implies for the machine that is recovered, as checks and steps ask for it."""

from __future__ import annotations

from app.deployment.requirements import (
    CertificateNeed,
    ExpectedInstance,
    ExpectedRecord,
    InstanceKind,
    RecordUse,
    certificate_needs,
    expected_databases,
    expected_records,
    expected_services,
)
from app.deployment.topology import Machine
from checks.check import Scope
from checks.words import same


def machine_of(scope: Scope) -> Machine:
    """Return the topology's entry of the target."""
    return next((one for one in scope.pool.machines if same(one.fqdn, scope.target)), Machine(fqdn=scope.target))


def records_of(scope: Scope, use: RecordUse) -> tuple[ExpectedRecord, ...]:
    """Return the DNS records of one use."""
    records = expected_records(scope.topology, scope.pool, machine_of(scope))
    return tuple(one for one in records if one.use is use)


def needs_of(scope: Scope) -> tuple[CertificateNeed, ...]:
    """Return what the target's certificates must carry, by usage."""
    return certificate_needs(scope.topology, scope.pool, machine_of(scope))


def services_of(scope: Scope) -> tuple[str, ...]:
    """Return the names of the Windows services that run on the recovered server."""
    return tuple(one.name for one in expected_services(scope.topology, scope.pool))


def instances_of(scope: Scope) -> tuple[ExpectedInstance, ...]:
    """Return the SQL Server instances on the target itself."""
    own = (scope.target, scope.pool.fqdn)
    return tuple(one for one in expected_databases(scope.topology, scope.pool) if one.server in own)


def databases_of(scope: Scope) -> tuple[ExpectedInstance, ...]:
    """Return the instances whose databases the target needs: its own, and the pool's stores wherever they are."""
    return tuple(
        one
        for one in expected_databases(scope.topology, scope.pool)
        if one.databases and (one.kind is InstanceKind.STORE or one.server == scope.target)
    )
