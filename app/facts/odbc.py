"""Which ODBC drivers for SQL Server this console has, best first, and what each wants to be told.

pyodbc is imported when it is first needed: without a driver manager on the machine its import fails, and that must become a
sentence beside the facts it concerns, never the end of the program.
"""

from __future__ import annotations

import importlib.util
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import ModuleType

from app.settings import Encrypt

DEBIAN_PACKAGES = ("unixodbc", "libgssapi-krb5-2", "libltdl7")
"""What pyodbc and Microsoft's driver need on Debian and Ubuntu beyond Python."""


class DriverKind(StrEnum):
    """Families of drivers that differ in their keywords."""

    MICROSOFT = "Microsoft ODBC Driver"
    NATIVE_CLIENT = "SQL Server Native Client"
    FREETDS = "FreeTDS"
    WINDOWS = "the driver of Windows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One driver."""

    name: str
    """As people know it: ``ODBC Driver 18 for SQL Server``."""
    keyword: str
    """Value of the DRIVER keyword: its registered name, or the path of its file."""
    kind: DriverKind
    version: int
    """18, 17, 13, 11, 10; 0 where the name does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who connects where. Its repr has no password."""

    server: str
    """Name that the certificate and the Kerberos ticket are for."""
    address: str
    port: int
    username: str
    """Empty: Windows authentication."""
    password: Secret | None
    encrypt: Encrypt


class Secret:
    """A password on its way into a connection string."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return it."""
        return self._value

    def __repr__(self) -> str:
        return "<password>"


class NoDriver(Exception):
    """This console cannot speak to SQL Server. ``str()`` says what is missing and what to install."""


class NotCarried(Exception):
    """A driver cannot carry what it would have to be told. ``str()`` says what and why."""


def load_pyodbc() -> ModuleType:
    """Return pyodbc, its pooling off: a pooled connection would answer for a server that has died since.

    Raises:
        NoDriver: it cannot be imported, most often because there is no driver manager.
    """
    try:
        import pyodbc
    except ImportError as error:
        raise NoDriver(f"pyodbc cannot be loaded ({error}); {manager_advice()}") from None
    pyodbc.pooling = False
    module: ModuleType = pyodbc
    return module


def manager_advice(system: str = "") -> str:
    """Return what to install so that pyodbc loads, in one clause; ``system`` is a ``sys.platform``, by default this one's."""
    system = system or sys.platform
    if system == "win32":
        return "reinstall Relync's Python packages: Windows brings the driver manager itself"
    if system == "darwin":
        return "install the driver manager: brew install unixodbc"
    packages = " ".join(DEBIAN_PACKAGES)
    return f"install the driver manager: sudo apt-get install {packages} (Debian, Ubuntu), sudo dnf install unixODBC (RHEL, Fedora)"


def installed_drivers() -> tuple[Driver, ...]:
    """Return the drivers of this console, best first. Raises NoDriver where there is none, or no driver manager."""
    found = ranked((*map(registered, load_pyodbc().drivers()), packaged_driver()))
    if not found:
        raise NoDriver(
            "there is no ODBC driver for SQL Server on this console; install Microsoft ODBC Driver 18 for SQL Server, "
            "or the Python package mssql-python, which brings it"
        )
    return found


_NAMES = (
    (re.compile(r"ODBC Driver (\d+)(?:\.\d+)? for SQL Server"), DriverKind.MICROSOFT),
    (re.compile(r"SQL Server Native Client (\d+)\.\d+"), DriverKind.NATIVE_CLIENT),
    (re.compile(r"FreeTDS.*()"), DriverKind.FREETDS),
    (re.compile(r"SQL Server()"), DriverKind.WINDOWS),
)
_ORDER = (DriverKind.MICROSOFT, DriverKind.NATIVE_CLIENT, DriverKind.FREETDS, DriverKind.WINDOWS)


def registered(name: str) -> Driver | None:
    """Return the driver of a name that the driver manager lists, or None where it is for another database."""
    for pattern, kind in _NAMES:
        if match := pattern.fullmatch(name):
            return Driver(name=name, keyword=name, kind=kind, version=int(match.group(1) or 0))
    return None


def ranked(drivers: Iterable[Driver | None]) -> tuple[Driver, ...]:
    """Return drivers best first: Microsoft's newest, Native Client, FreeTDS, the old one of Windows.

    A registered driver goes before the same one out of a Python package.
    """
    return tuple(
        sorted(filter(None, drivers), key=lambda one: (_ORDER.index(one.kind), -one.version, one.keyword != one.name))
    )


@cache
def packaged_driver() -> Driver | None:
    """Return Microsoft's driver out of the package ``mssql_python_odbc``, or None where that is not installed.

    On Windows the driver manager takes registered drivers alone, and every Windows has one.
    """
    found = importlib.util.find_spec("mssql_python_odbc")
    if found is None or found.origin is None or sys.platform == "win32":
        return None
    file = packaged_file(Path(found.origin).parent / "libs", sys.platform, platform.machine(), _linux_family())
    if file is None:
        return None
    return Driver(name="ODBC Driver 18 for SQL Server", keyword=str(file), kind=DriverKind.MICROSOFT, version=18)


def packaged_file(libraries: Path, system: str, machine: str, family: str) -> Path | None:
    """Return the driver's file below the package's folder ``libs``, or None where it has none for this machine.

    Args:
        libraries: the folder.
        system: ``sys.platform``.
        machine: ``platform.machine()``.
        family: ``debian_ubuntu``, ``rhel``, ``suse`` or ``alpine``; another one that fits by its C library is second choice.
    """
    arch = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}.get(machine.lower())
    if arch is None:
        return None
    if system == "darwin":
        folders, pattern = [libraries / "macos" / arch / "lib"], "libmsodbcsql*.dylib"
    else:
        families = ["alpine"] if family == "alpine" else list(dict.fromkeys((family, "debian_ubuntu", "rhel", "suse")))
        folders, pattern = [libraries / "linux" / one / arch / "lib" for one in families], "libmsodbcsql-*.so*"
    return next((file for folder in folders for file in sorted(folder.glob(pattern), reverse=True)), None)


def _linux_family() -> str:
    try:
        known = platform.freedesktop_os_release()
    except OSError:
        return ""
    like = {known.get("ID", ""), *known.get("ID_LIKE", "").split()}
    families = {
        "alpine": "alpine",
        "debian": "debian_ubuntu",
        "ubuntu": "debian_ubuntu",
        "rhel": "rhel",
        "fedora": "rhel",
        "suse": "suse",
        "opensuse": "suse",
        "sles": "suse",
    }
    return next((family for name, family in families.items() if name in like), "")


def connection_string(driver: Driver, login: Login) -> str:
    """Return what the driver connects with. It holds the password: never log it, never put it in an exception.

    Trust is never switched off: ``Encrypt.YES`` means encrypted to a server whose certificate proves its name.

    Raises:
        NotCarried: this driver cannot do what is asked.
    """
    words = [("DRIVER", driver.keyword), *_address(driver, login), ("DATABASE", "master"), ("APP", "Relync")]
    words += _encryption(driver, login)
    if not login.username:
        words += [("Trusted_Connection", "yes")]
    elif login.password is not None:
        words += [("UID", login.username), ("PWD", login.password.reveal())]
    # FreeTDS takes the closing brace of a last value for part of it unless a semicolon follows.
    return "".join(f"{name}={_escaped(driver, value)};" for name, value in words)


def _address(driver: Driver, login: Login) -> list[tuple[str, str]]:
    if driver.kind is DriverKind.FREETDS:
        return [
            ("SERVER", login.address),
            ("PORT", str(login.port)),
            ("TDS_Version", "7.4"),
            ("ClientCharset", "UTF-8"),
        ]
    words = [("SERVER", f"{login.address},{login.port}")]
    if driver.kind is DriverKind.MICROSOFT and not login.username and login.address.lower() != login.server.lower():
        # Reached through another address, the ticket must still be for the server itself.
        words.append(("ServerSPN", f"MSSQLSvc/{login.server}:{login.port}"))
    return words


def _encryption(driver: Driver, login: Login) -> list[tuple[str, str]]:
    wanted = login.encrypt is Encrypt.YES
    if driver.kind is DriverKind.FREETDS:
        if wanted:
            raise NotCarried("FreeTDS encrypts without verifying the certificate, so it is not used with encrypt = yes")
        # Its "off" would send even the password in the clear.
        return [("Encryption", "request")]
    words = [("Encrypt", "yes" if wanted else "no")]
    if driver.kind is not DriverKind.WINDOWS:
        words.append(("TrustServerCertificate", "no"))
    if wanted and driver.version >= 18 and login.address.lower() != login.server.lower():
        words.append(("HostNameInCertificate", login.server))
    return words


def _escaped(driver: Driver, value: str) -> str:
    """Return a value as ODBC's connection strings want it: in braces, closing braces doubled.

    Raises:
        NotCarried: the value cannot be said; the text never repeats it.
    """
    if "\0" in value:
        raise NotCarried(f"{driver.name} cannot be told a value with a NUL character in it")
    if value and re.fullmatch(r"[\w.,:/\\ -]+", value) and value == value.strip():
        return value
    if driver.kind is not DriverKind.FREETDS:
        return "{" + value.replace("}", "}}") + "}"
    if "};" in value:
        # FreeTDS knows no doubling: its value ends at the first closing brace before a semicolon.
        raise NotCarried("FreeTDS cannot be told a password or name with '};' in it")
    return "{" + value + "}"


def described(drivers: Sequence[Driver]) -> str:
    """Return the names of drivers for a sentence."""
    return ", ".join(dict.fromkeys(one.name for one in drivers))
