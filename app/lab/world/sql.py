"""SQL Server instances of a host and what each database of the product is called, where it lies and which version it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.lab.ports import Behaviour

EXPRESS_VERSION = "11.0.7001.0"
"""SQL Server 2012 Express SP4: what Lync 2013 brings (preconditions Q-06) with the last service pack."""
DATABASE_VERSIONS = {
    "xds": "10.13.2",
    "lis": "3.1.1",
    "rtcxds": "15.13.1",
    "rtcshared": "5.0.1",
    "rtcab": "62.42.2",
    "rgsconfig": "5.5.1",
    "rgsdyn": "2.5.1",
    "cpsdyn": "1.1.2",
    "rtc": "119.1.18",
    "rtcdyn": "62.45.3",
    "lyss": "1.1.3",
    "mgc": "5.1.4",
}
"""xds and lis as Microsoft's sample prints them (Q-17); the others are the lab's own."""
_STORE_FOLDERS = {
    "xds": "CentralMgmtStore",
    "lis": "CentralMgmtStore",
    "rtcab": "ABSStore",
    "rgsconfig": "ApplicationStore",
    "rgsdyn": "ApplicationStore",
    "cpsdyn": "ApplicationStore",
}
USER_STORE = ("rtcxds", "rtcshared", "rtcab")
APPLICATION_STORE = ("rgsconfig", "rgsdyn", "cpsdyn")
CENTRAL_STORE = ("xds", "lis")
LOCAL_STORE = ("rtc", "rtcdyn")
STORAGE_SERVICE = ("lyss",)


@dataclass(kw_only=True)
class DatabaseState:
    """One database."""

    name: str
    created: datetime
    version: str
    owner: str
    state: str = "ONLINE"
    recovery: str = "SIMPLE"

    def files(self, instance: str) -> tuple[str, str]:
        """Return data and log file, in the path shape of Q-05."""
        store = f"C:\\CsData\\{_STORE_FOLDERS.get(self.name, 'BackendStore')}\\{instance.lower()}"
        return f"{store}\\DbPath\\{self.name}.mdf", f"{store}\\LogPath\\{self.name}.ldf"


@dataclass(kw_only=True)
class SqlState:
    """One instance."""

    name: str
    """``RTC``, upper case as the registry has it."""
    version: str = EXPRESS_VERSION
    edition: str = "Express Edition (64-bit)"
    collation: str = "SQL_Latin1_General_CP1_CI_AS"
    databases: dict[str, DatabaseState] = field(default_factory=dict)
    behaviour: Behaviour = Behaviour.NORMAL
    """What a client meets while the service runs."""
    refuses_logins: bool = False
    foreign: bool = False
    """Not of the product's doing."""

    @property
    def service(self) -> str:
        """Name of its Windows service."""
        return f"MSSQL${self.name}"

    def create(self, names: tuple[str, ...], *, now: datetime, owner: str) -> tuple[str, ...]:
        """Create the databases that are not there yet and return their names."""
        missing = tuple(name for name in names if name not in self.databases)
        for name in missing:
            self.databases[name] = DatabaseState(
                name=name, created=now, version=DATABASE_VERSIONS.get(name, ""), owner=owner
            )
        return missing

    def online(self, name: str) -> bool:
        """Return whether a database can be used."""
        database = self.databases.get(name)
        return database is not None and database.state == "ONLINE"
