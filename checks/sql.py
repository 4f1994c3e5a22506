"""SQL Server on the rebuilt machine: the product's instances, their databases, and versions that fit the binaries."""

from __future__ import annotations

from app.deployment.requirements import ExpectedInstance
from app.facts.fact import Reading, Unknown
from app.facts.host import RESIDUE, SERVICES, Residue, Services
from app.facts.lync import DATABASES, LyncDatabases
from app.facts.sql import INSTANCE, SqlInstance
from checks.asking import about_target, known
from checks.check import Check, NotApplicable, Question, Scope
from checks.expected import databases_of, instances_of
from checks.finding import Verdict, failed, passed, unknown
from checks.words import counted, listed, same

_LOCAL = "RTCLOCAL"
_DEFAULT = "MSSQLSERVER"
"""What Windows calls the default instance."""
_NONE = "no role of this pool keeps databases on this server"


def _local_instance(scope: Scope) -> tuple[Question, ...]:
    residue, services = RESIDUE.about(scope.target), SERVICES.about(scope.target)
    return about_target(
        scope,
        residue,
        services,
        expected=f"the SQL Server instance {_LOCAL}, running",
        basis="Gg412874",
        judge=lambda readings: _judge_local(readings[residue], readings[services]),
    )


def _judge_local(residue: Residue, services: Services) -> Verdict:
    if not _has(residue, _LOCAL):
        return failed(f"there is no instance {_LOCAL}; the machine has {listed(residue.sql_instances)}")
    status = services.status(f"MSSQL${_LOCAL}")
    if status is None:
        return failed(f"{_LOCAL} is registered, but its service MSSQL${_LOCAL} is not installed")
    return passed(f"{_LOCAL} is Running") if status == "Running" else failed(f"MSSQL${_LOCAL} is {status}")


def _has(residue: Residue, name: str) -> bool:
    return any(same(one, name) for one in residue.sql_instances)


def _instance_names(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    names = tuple(one.instance.upper() or _DEFAULT for one in instances_of(scope))
    if not names:
        return NotApplicable(why=_NONE)
    request = RESIDUE.about(scope.target)
    return about_target(
        scope,
        request,
        expected=f"the instances {listed(names)}",
        judge=lambda readings: _judge_names(readings[request], names),
    )


def _judge_names(residue: Residue, names: tuple[str, ...]) -> Verdict:
    missing = [name for name in names if not _has(residue, name)]
    if missing:
        return failed(f"no instance {listed(missing)}; the machine has {listed(residue.sql_instances)}")
    return passed(listed(names))


def _databases(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return tuple(_databases_question(scope, one) for one in databases_of(scope)) or NotApplicable(why=_NONE)


def _databases_question(scope: Scope, expected: ExpectedInstance) -> Question:
    instance, rows = INSTANCE.about(expected.name), DATABASES.about(scope.target)
    return Question(
        subject=expected.name,
        expected=f"databases {listed(expected.databases)}, online",
        basis=f"{scope.topology_basis}: {expected.basis}",
        needs=(),
        also=(instance, rows),
        judge=lambda readings: (
            _judge_instance(found, expected.databases)
            if (found := known(readings, instance)) is not None
            else _judge_rows(known(readings, rows), expected, readings.reading(instance))
        ),
    )


def _judge_instance(instance: SqlInstance, databases: tuple[str, ...]) -> Verdict:
    found = {name: instance.database(name) for name in databases}
    missing = [name for name, one in found.items() if one is None]
    broken = [f"{one.name} is {one.state}" for one in found.values() if one and one.state.upper() != "ONLINE"]
    if missing or broken:
        return failed("; ".join(([f"no database {listed(missing)}"] if missing else []) + broken))
    return passed(f"ONLINE: {listed(databases)}")


def _judge_rows(rows: LyncDatabases | None, expected: ExpectedInstance, said: Reading | None) -> Verdict:
    """Judge by ``Test-CsDatabase -LocalService`` where the instance takes no connections from outside."""
    reason = said.reason if isinstance(said, Unknown) else "the instance was not asked"
    own = [one for one in rows.databases if same(one.data_source, expected.name)] if rows else []
    if not own:
        return unknown(reason)
    installed = {one.name.lower() for one in own if one.installed_version}
    missing = [one for one in expected.databases if one.lower() not in installed]
    if missing:
        return unknown(f"{reason}; Test-CsDatabase on the server does not show {listed(missing)} there")
    return passed(f"{listed(expected.databases)}, as Test-CsDatabase on the server sees them")


def _versions(scope: Scope) -> tuple[Question, ...]:
    request = DATABASES.about(scope.target)
    return about_target(
        scope,
        request,
        expected="every database has the version that the binaries on the server want",
        basis="JJ204839",
        judge=lambda readings: _judge_versions(readings[request]),
    )


def _judge_versions(rows: LyncDatabases) -> Verdict:
    if not rows.databases:
        return unknown("Test-CsDatabase listed no database at all")
    wrong = [
        f"{one.name} on {one.data_source} has {one.installed_version or 'no version at all'}, wanted {one.expected_version}"
        for one in rows.databases
        if not one.installed_version or (one.expected_version and one.installed_version != one.expected_version)
    ]
    untold = [one.name for one in rows.databases if not one.expected_version]
    if untold and not wrong:
        return unknown(f"Test-CsDatabase does not say which version of {listed(untold)} it wants")
    return failed("; ".join(wrong)) if wrong else passed(f"all {counted(len(rows.databases), 'database')} fit")


CHECKS = (
    Check(
        id="sql.local-instance",
        title="the SQL Server instance of the local configuration store is running",
        why="Every Lync server keeps its copy of the topology there; setup of the components reads it.",
        remedy=(
            "Run Start-Service -Name 'MSSQL$RTCLOCAL'. Where the instance is missing, run the first step of setup again and"
            " look at its log for the SQL Server Express installation."
        ),
        sources=("Q-02", "S-01", "Hh202190 step 5"),
        ask=_local_instance,
    ),
    Check(
        id="sql.instance-names",
        title="the SQL Server instances bear the names that the topology has",
        why="Services connect to the instance that the topology names; under another name they find nothing.",
        remedy="Run the setup of the components again; an instance installed by hand under another name must be installed anew.",
        sources=("R-06", "Q-01", "Q-02"),
        ask=_instance_names,
    ),
    Check(
        id="sql.databases",
        title="the pool's databases are online",
        why="Setup creates them empty; the imports and the services need every one of them.",
        remedy=(
            "Run the setup of the components again; what it does not create, Install-CsDatabase -ConfiguredDatabases"
            " -SqlServerFqdn <fqdn> or Install-CsDatabase -LocalDatabases does. Never add -Clean here."
        ),
        sources=("Q-01", "Q-02", "Q-13", "Hh202190 step 5"),
        ask=_databases,
        after=("sql.instance-names",),
    ),
    Check(
        id="sql.database-versions",
        title="the databases have the versions that the binaries want",
        why="After an installation from older media than the failed server had, data of a newer version cannot be imported.",
        remedy=(
            "Install the cumulative update that the failed server had, then run Install-CsDatabase -Update"
            " -ConfiguredDatabases -SqlServerFqdn <fqdn> and check again."
        ),
        sources=("Q-17", "JJ204839"),
        ask=_versions,
        after=("sql.databases",),
    ),
)
