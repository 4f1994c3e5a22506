"""A SQL Server instance as the lab's servers see it, and helpers to talk to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.lab.ports import Behaviour, Table
from app.lab.sql_catalog import DatabaseRow, catalogue

USER, PASSWORD = "relync", "Pä;s{w}0rd="
CREATED = datetime(2026, 11, 2, 3, 4, 5)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADMINS = "CONTOSO\\RTCUniversalServerAdmins"


class Instance:
    """``SE01\\RTC`` with two databases."""

    def __init__(self) -> None:
        self.treats = Behaviour.NORMAL
        self.sysadmin = True
        self.collation = "SQL_Latin1_General_CP1_CI_AS"

    def behaviour(self) -> Behaviour:
        return self.treats

    def login(self, user: str, password: str) -> bool:
        return (user, password) == (USER, PASSWORD)

    def properties(self) -> Mapping[str, str | int | None]:
        return {
            "ServerName": "SE01\\RTC",
            "InstanceName": "RTC",
            "ProductVersion": "11.0.7001.0",
            "ProductLevel": "SP4",
            "Edition": "Express Edition (64-bit)",
            "Collation": self.collation,
            "IsClustered": 0,
        }

    def is_member(self, user: str, role: str) -> bool:
        return self.sysadmin and role == "sysadmin"

    def tables(self) -> Sequence[Table]:
        rtcxds = DatabaseRow(
            name="rtcxds",
            created=CREATED,
            files=(
                "C:\\CsData\\BackendStore\\rtc\\DbPath\\rtcxds.mdf",
                "C:\\CsData\\BackendStore\\rtc\\LogPath\\rtcxds.ldf",
            ),
            owner=ADMINS,
        )
        xds = DatabaseRow(
            name="xds", created=CREATED, files=("C:\\CsData\\xds.mdf",), state="RESTORING", recovery_model="FULL"
        )
        versions = Table(
            name="rtcxds.dbo.DbConfigInt",
            columns=("Name", "Value"),
            types=(str, int),
            rows=(("DbVersionSchema", 15), ("DbVersionUpgrade", 1), ("Large", 2**40)),
        )
        return (*catalogue([rtcxds, xds], collation=self.collation), versions)
