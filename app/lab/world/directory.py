"""Active Directory as far as Lync needs it: accounts, computers, groups, users, the pointer to the store, the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.lab.ports import Behaviour

RTC_GROUPS = (
    "RTCUniversalServerAdmins",
    "RTCUniversalUserAdmins",
    "RTCUniversalReadOnlyAdmins",
    "RTCUniversalGlobalWriteGroup",
    "RTCUniversalGlobalReadOnlyGroup",
    "RTCUniversalUserReadOnlyGroup",
    "RTCUniversalServerReadOnlyGroup",
    "RTCUniversalSBATechnicians",
    "RTCHSUniversalServices",
    "RTCComponentUniversalServices",
    "RTCProxyUniversalServices",
    "RTCUniversalConfigReplicator",
    "RTCSBAUniversalServices",
    "CSAdministrator",
    "CSArchivingAdministrator",
    "CSHelpDesk",
    "CSLocationAdministrator",
    "CSResponseGroupAdministrator",
    "CSServerAdministrator",
    "CSUserAdministrator",
    "CSViewOnlyAdministrator",
    "CSVoiceAdministrator",
    "CsPersistentChatAdministrator",
    "CsResponseGroupManager",
)
"""What forest preparation creates (preconditions A-05)."""
COMPUTER_GROUPS = ("RTCHSUniversalServices", "RTCComponentUniversalServices")
"""Where the machine accounts of Front End and Standard Edition servers are members (A-06)."""
NESTED = {
    "RTCUniversalServerAdmins": (
        "RTCUniversalGlobalReadOnlyGroup",
        "RTCUniversalGlobalWriteGroup",
        "RTCUniversalServerReadOnlyGroup",
        "RTCUniversalUserReadOnlyGroup",
    )
}


@dataclass(kw_only=True)
class Account:
    """One user account that can log on."""

    name: str
    """sAMAccountName."""
    password: str = field(repr=False)
    groups: set[str]
    enabled: bool = True


@dataclass(kw_only=True)
class Computer:
    """One computer object."""

    fqdn: str
    name: str
    """Common name; two objects of one FQDN have different ones."""
    rid: int
    created: datetime
    groups: tuple[str, ...]
    enabled: bool = True
    is_controller: bool = False

    @property
    def principals(self) -> tuple[str, ...]:
        """Service principal names."""
        short = self.fqdn.partition(".")[0]
        return (f"HOST/{short}", f"HOST/{self.fqdn}", f"RestrictedKrbHost/{self.fqdn}")


@dataclass(kw_only=True)
class Pointer:
    """Where AD says that the Central Management store is (A-01)."""

    back_end: str
    """``sqlfqdn\\instance``."""
    mirror: str = ""


@dataclass(kw_only=True)
class Directory:
    """One forest with one domain."""

    domain: str
    netbios: str
    domain_sid: tuple[int, ...]
    """The three numbers between S-1-5-21 and the RID."""
    accounts: dict[str, Account] = field(default_factory=dict)
    computers: list[Computer] = field(default_factory=list)
    groups: list[str] = field(default_factory=lambda: list(RTC_GROUPS))
    pointer: Pointer | None = None
    schema_upper: int = 1150
    schema_lower: int = 3
    users: dict[str, str] = field(default_factory=dict)
    """SIP address to registrar pool, as msRTCSIP-PrimaryHomeServer has it."""
    application_contacts: dict[str, str] = field(default_factory=dict)
    """Contact objects of Response Group workflows: SIP address to owning pool."""
    skew: float = 0.0
    """Seconds that the domain controller's clock is ahead."""
    behaviour: Behaviour = Behaviour.NORMAL

    def account(self, name: str) -> Account | None:
        """Return an account by ``DOMAIN\\user``, ``user@domain`` or DN; None for what this forest does not know."""
        lowered = name.lower()
        for account in self.accounts.values():
            own = account.name.lower()
            if lowered in (
                f"{self.netbios.lower()}\\{own}",
                f"{own}@{self.domain}",
                self.user_dn(account.name).lower(),
            ):
                return account
        return None

    def effective_groups(self, account: Account) -> set[str]:
        """Return the groups of an account's token, nesting resolved."""
        nested = {inner for group in account.groups for inner in NESTED.get(group, ())}
        return account.groups | {one for one in nested if one in self.groups}

    @property
    def base(self) -> str:
        """The default naming context."""
        return ",".join(f"DC={part}" for part in self.domain.split("."))

    def user_dn(self, name: str) -> str:
        """Return the DN of a user."""
        return f"CN={name},CN=Users,{self.base}"

    def computers_of(self, fqdn: str) -> list[Computer]:
        """Return every computer object of one FQDN."""
        return [one for one in self.computers if one.fqdn.lower() == fqdn.lower()]

    def sid(self, rid: int) -> str:
        """Return a SID of the domain."""
        return "S-1-5-21-" + "-".join(map(str, (*self.domain_sid, rid)))
