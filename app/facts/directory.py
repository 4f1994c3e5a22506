"""What Active Directory says, over LDAP (A-01, A-03, A-05, A-06, R-04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.facts.fact import Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePointer:
    """One msRTCSIP-GlobalTopologySetting object."""

    dn: str
    back_end: str
    """msRTCSIP-BackEndServer: ``sqlfqdn\\instance``."""
    mirror: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePointers:
    """All pointers found in both places where the RTC Service container may live (A-01)."""

    pointers: tuple[StorePointer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputerAccount:
    """One computer object."""

    dn: str
    sid: str
    created: datetime
    enabled: bool
    groups: tuple[str, ...]
    """Common names of the groups it is a direct member of."""
    service_principal_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputerAccounts:
    """All computer objects whose dNSHostName is the asked FQDN; none means that the account is gone (R-04)."""

    accounts: tuple[ComputerAccount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryState:
    """Schema version and groups (A-03, A-05)."""

    schema_upper: int
    """rangeUpper of ms-RTC-SIP-SchemaVersion; 0 where the attribute is not in the schema."""
    schema_lower: int
    groups: tuple[str, ...]
    """Common names of groups that start with RTC or CS."""
    clock: datetime
    """rootDSE currentTime, UTC."""


STORE_POINTERS = Fact(name="directory.store_pointers", via=Via.DIRECTORY, shape=StorePointers, seconds=10.0)
"""Subject: the AD domain, such as ``contoso.com``."""
COMPUTER_ACCOUNTS = Fact(name="directory.computer_accounts", via=Via.DIRECTORY, shape=ComputerAccounts, seconds=10.0)
"""Subject: FQDN of the computer."""
STATE = Fact(name="directory.state", via=Via.DIRECTORY, shape=DirectoryState, seconds=10.0)
"""Subject: the AD domain."""
