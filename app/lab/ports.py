"""What the lab's servers ask of the simulated world, and how a server misbehaves when the world says so.

Each server (``dns_server``, ``directory_server``, ``sql_server``, ``winrm_server``, ``tls_server``, ``dhcp_server``) takes one of
these and nothing else; the world implements them. All methods are called from server threads and answer from the
world's state at that moment, under its lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Behaviour(StrEnum):
    """How a server treats a client."""

    NORMAL = "normal"
    SILENT = "silent"
    """Accepts (or receives) and never answers."""
    DRIP = "drip"
    """Answers one byte a second."""
    REFUSE = "refuse"
    """A stream server closes its listening socket; DNS answers REFUSED."""
    BROKEN = "broken"
    """Answers with a failure of its own protocol: SERVFAIL, HTTP 500, a TDS error, LDAP unavailable."""


class NameService(Protocol):
    """Behind one DNS server address."""

    def behaviour(self) -> Behaviour:
        """Return how to treat the next question."""
        ...

    def authoritative(self, name: str) -> bool:
        """Return whether the server holds the zone of a name; other names are answered NXDOMAIN without AA."""
        ...

    def records(self, name: str, record_type: str) -> Sequence[str] | None:
        """Return record data in zone-file form (absolute names end in a dot), () where the name has none of the type.

        None: the name does not exist. ``record_type`` is ``A``, ``CNAME``, ``SRV``, ``SOA`` …; CNAME following is the server's work.
        """
        ...


class DirectoryData(Protocol):
    """Behind the LDAP server."""

    def behaviour(self) -> Behaviour: ...  # noqa: D102

    def bind(self, name: str, password: str) -> bool:
        """Return whether a simple bind holds; ``name`` is a DN, ``DOMAIN\\\\user`` or ``user@domain``."""
        ...

    def naming_contexts(self) -> Sequence[str]:
        """Return the default, configuration and schema naming context, in this order."""
        ...

    def entries(self) -> Iterable[tuple[str, Mapping[str, Sequence[bytes]]]]:
        """Yield every entry: DN and attributes (objectClass included)."""
        ...

    def current_time(self) -> str:
        """Return rootDSE currentTime as LDAP generalised time (``20261122183000.0Z``)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table or view that T-SQL can select from, such as ``sys.databases`` or ``rtcxds.dbo.DbConfigInt``."""

    name: str
    columns: tuple[str, ...]
    types: tuple[type, ...]
    """int, str, bytes, float, bool or datetime for each column."""
    rows: tuple[tuple[object, ...], ...]


class SqlData(Protocol):
    """Behind one SQL Server instance."""

    def behaviour(self) -> Behaviour: ...  # noqa: D102

    def login(self, user: str, password: str) -> bool:
        """Return whether SQL authentication holds."""
        ...

    def properties(self) -> Mapping[str, str | int | None]:
        """Return SERVERPROPERTY values by name: ProductVersion, Edition, InstanceName, ServerName, Collation …"""
        ...

    def is_member(self, user: str, role: str) -> bool:
        """Return IS_SRVROLEMEMBER for a login."""
        ...

    def tables(self) -> Sequence[Table]:
        """Return everything that can be selected from right now (sys.databases, sys.master_files, sys.server_principals …)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """How a command on a host ended."""

    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The console a command is attached to, as its WinRS shell was opened."""

    codepage: int = 437
    """WINRS_CODEPAGE: what programs print is encoded in it (65001 is UTF-8)."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables the client set for the shell."""
    skip_cmd: bool = False
    """WINRS_SKIP_CMD_SHELL: the line goes to the program itself and not through cmd.exe (limit 32,767 characters, not 8,191)."""


class RemoteHost(Protocol):
    """Behind one WS-Management endpoint."""

    @property
    def fqdn(self) -> str:
        """The name the endpoint's certificate proves."""
        ...

    def behaviour(self) -> Behaviour: ...  # noqa: D102

    def accounts(self) -> Mapping[str, str]:
        """Return ``DOMAIN\\\\user`` to password for Basic and NTLM."""
        ...

    def may_open_shell(self, account: str) -> bool:
        """Return whether the account is allowed in (local Administrators)."""
        ...

    def start_seconds(self) -> float:
        """Return how long a PowerShell start takes here; the endpoint waits that long before a command runs."""
        ...

    def wants_stdin(self, command: str, arguments: Sequence[str]) -> bool:
        """Return whether the command reads its standard input, so that it can only run once that has ended."""
        ...

    def run(
        self, account: str, command: str, arguments: Sequence[str], stdin: bytes, console: Console = Console()
    ) -> Process:
        """Run one command line to its end. ``command`` and ``arguments`` are as WinRS carries them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate with its key, PEM; ``chain`` holds the issuing certificates, leaf's issuer first."""

    certificate: bytes
    private_key: bytes
    chain: tuple[bytes, ...] = ()


class TlsPort(Protocol):
    """Behind one TLS listener."""

    def behaviour(self) -> Behaviour:
        """REFUSE while the service behind it is stopped."""
        ...

    def certificate(self) -> Certificate:
        """Return what to present now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpOptions:
    """What the DHCP server answers to INFORM."""

    option_120: bytes | None
    option_43_by_class: Mapping[str, bytes]
    """By vendor class identifier, case-sensitive."""


class DhcpData(Protocol):
    """Behind the DHCP server."""

    def behaviour(self) -> Behaviour: ...  # noqa: D102

    def options(self) -> DhcpOptions: ...  # noqa: D102


class Server(Protocol):
    """A lab server: bound when constructed, serving in threads of its own until closed."""

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        ...

    def close(self) -> None:
        """Stop and release the socket; waits for its threads, at most two seconds."""
        ...


Clock = Callable[[], float]
"""Seconds since the epoch, UTC."""


class Refused(Exception):
    """A cmdlet of the simulated host refuses, in the words of the real one.

    ``error_id`` is the FullyQualifiedErrorId, such as ``CommandNotFoundException``.
    """

    def __init__(self, message: str, error_id: str = "") -> None:
        super().__init__(message)
        self.error_id = error_id


class ShellHost(Protocol):
    """What a command line on a simulated host can do: the world implements it, ``shell.py`` drives it."""

    @property
    def fqdn(self) -> str:
        """``se01.contoso.com``."""
        ...

    def fragment(self, account: str, script: str, text: str, arguments: Mapping[str, object]) -> object:
        """Run one script of the product and return its result as JSON-able data.

        Raises:
            Refused: the script fails on this host, or ``text`` is not the product's own script of that path.
        """
        ...

    def cmdlet(self, account: str, name: str, parameters: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        """Run one cmdlet and return its output objects as property bags.

        A bag with nothing but ``Value`` stands for that value itself (Test-Path, Get-Content).

        Raises:
            Refused: with ``CommandNotFoundException`` for a name this host does not know, or as the real cmdlet refuses.
        """
        ...

    def program(self, account: str, path: str, arguments: Sequence[str]) -> Process:
        """Run one executable; Refused with ``CommandNotFoundException`` where there is none of that name."""
        ...
