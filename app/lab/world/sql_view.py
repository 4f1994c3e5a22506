"""One SQL Server instance as its server sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.lab.ports import Behaviour, Table
from app.lab.sql_catalog import DatabaseRow, catalogue
from app.lab.world.machines import Host
from app.lab.world.sql import DATABASE_VERSIONS, SqlState
from app.lab.world.world import SQL_LOGIN, World


class SqlView:
    """Behind one instance; it may come and go with the host's setup."""

    def __init__(self, world: World, host: Host, instance: str) -> None:
        """Show one instance of a host."""
        self._world = world
        self._host = host
        self._name = instance.upper()

    def behaviour(self) -> Behaviour:
        """REFUSE while the instance is not there or its service does not run."""
        with self._world.locked():
            state = self._host.sql_usable(self._name)
            return Behaviour.REFUSE if state is None else state.behaviour

    def login(self, user: str, password: str) -> bool:
        """Return whether SQL authentication holds."""
        with self._world.locked():
            good = user.lower() == SQL_LOGIN and password == self._world.sql_password
            return good and not self._state().refuses_logins

    def properties(self) -> Mapping[str, str | int | None]:
        """Return SERVERPROPERTY values."""
        with self._world.locked():
            state = self._state()
            return {
                "ProductVersion": state.version,
                "ProductLevel": "SP4",
                "Edition": state.edition,
                "EngineEdition": 4,
                "Collation": state.collation,
                "InstanceName": state.name,
                "ServerName": f"{self._host.hostname}\\{state.name}",
                "MachineName": self._host.hostname,
                "IsIntegratedSecurityOnly": 0,
                "IsClustered": 0,
                "IsHadrEnabled": 0,
            }

    def is_member(self, user: str, role: str) -> bool:
        """Return IS_SRVROLEMEMBER for a login."""
        return role.lower() in ("sysadmin", "public") and user.lower() == SQL_LOGIN

    def tables(self) -> Sequence[Table]:
        """Return everything that can be selected from."""
        with self._world.locked():
            state = self._state()
            rows = [
                DatabaseRow(
                    name=one.name,
                    created=one.created.replace(tzinfo=None),
                    files=one.files(state.name),
                    owner=one.owner,
                    state=one.state,
                    recovery_model=one.recovery,
                )
                for one in state.databases.values()
            ]
            groups = [f"{self._world.directory.netbios}\\{name}" for name in ("RTCUniversalServerAdmins",)]
            views = catalogue(rows, collation=state.collation, logins=[SQL_LOGIN, *groups])
            return (*views, *self._versions(state), *self._documents(state))

    def _versions(self, state: SqlState) -> list[Table]:
        """Return dbo.DbConfigInt of each database, where the product keeps its version (Q-17)."""
        tables = []
        for one in state.databases.values():
            if one.state == "ONLINE" and one.name in DATABASE_VERSIONS:
                schema, service, upgrade = (int(part) for part in one.version.split("."))
                rows = (
                    ("DbVersionSchema", schema),
                    ("DbVersionSproc", service),
                    ("DbVersionUpgrade", upgrade),
                )
                tables.append(
                    Table(name=f"{one.name}.dbo.DbConfigInt", columns=("Name", "Value"), types=(str, int), rows=rows)
                )
        return tables

    def _documents(self, state: SqlState) -> list[Table]:
        """Return xds.dbo.Document: what the Central Management store holds (formats 2.1)."""
        if not state.online("xds"):
            return []
        name = "{urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008}Topology"
        return [Table(name="xds.dbo.Document", columns=("DocId", "Name"), types=(int, str), rows=((1, name),))]

    def _state(self) -> SqlState:
        return self._host.sql.get(self._name) or SqlState(name=self._name)
