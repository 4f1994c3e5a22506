"""What this machine lacks for the lab, and putting it there where that is allowed.

pip brings everything but the operating system's own libraries: pyodbc for Linux has no driver manager in its wheel, and
Microsoft's driver wants Kerberos and libtool's loader. On Debian and Ubuntu they are installed from here if this user is root
or may use sudo without a password; everywhere else the line to run is printed. Nothing is asked, so nothing waits.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

from app.facts.odbc import NoDriver, installed_drivers, load_pyodbc, manager_advice

_INSTALL_SECONDS = 300.0
_SUDO_SECONDS = 10.0
_LIBRARIES = (
    ("libodbc.so.2", "unixodbc", "the ODBC driver manager, without which pyodbc cannot be loaded"),
    ("libgssapi_krb5.so.2", "libgssapi-krb5-2", "Kerberos, which Microsoft's ODBC driver is linked with"),
    ("libltdl.so.7", "libltdl7", "libtool's loader, which Microsoft's ODBC driver is linked with"),
)
_OTHER_SYSTEMS = (
    ("dnf", "dnf install unixODBC krb5-libs libtool-ltdl"),
    ("zypper", "zypper install unixODBC krb5 libltdl7"),
    ("apk", "apk add unixodbc krb5-libs libltdl"),
)


class Kind(StrEnum):
    """Who can supply what is missing."""

    SYSTEM = "system"
    """A package of the operating system."""
    PYTHON = "python"
    """A package of Python, installed with ``pip install 'relync[lab]'``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing this machine lacks."""

    what: str
    """``libodbc.so.2``, ``sqlglot`` …"""
    package: str
    """Name of the Debian or Python package that brings it."""
    why: str
    kind: Kind


Run = Callable[[Sequence[str], float], int]
"""Runs a program with a deadline in seconds and returns its exit code; one that cannot be started or does not end is 127."""


def missing() -> tuple[Missing, ...]:
    """Return what the lab would miss on this machine, most important first."""
    return (*_missing_packages(), *(_missing_libraries() if sys.platform.startswith("linux") else _missing_manager()))


def _missing_packages() -> list[Missing]:
    found: list[Missing] = []
    if importlib.util.find_spec("sqlglot") is None:
        why = "turns T-SQL into what the lab's SQL Server runs; without it the lab does not start"
        found.append(Missing(what="sqlglot", package="sqlglot", why=why, kind=Kind.PYTHON))
    if importlib.util.find_spec("mssql_python_odbc") is None and not _has_driver():
        why = "brings Microsoft's ODBC Driver 18, and this machine has no other driver for SQL Server"
        found.append(Missing(what="an ODBC driver for SQL Server", package="mssql-python", why=why, kind=Kind.PYTHON))
    return found


def _has_driver() -> bool:
    try:
        return bool(installed_drivers())
    except NoDriver:
        return False


def _missing_libraries() -> list[Missing]:
    return [
        Missing(what=library, package=package, why=why, kind=Kind.SYSTEM)
        for library, package, why in _LIBRARIES
        if not _loads(library)
    ]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _missing_manager() -> list[Missing]:
    try:
        load_pyodbc()
    except NoDriver as lacking:
        return [Missing(what="the ODBC driver manager", package="unixodbc", why=str(lacking), kind=Kind.SYSTEM)]
    return []


def prepare(out: TextIO, *, look: Callable[[], tuple[Missing, ...]] = missing, run: Run | None = None) -> int:
    """Say what is missing, install what may be installed, and say what is left to an administrator.

    Args:
        out: where the sentences go, one a line.
        look: finds what is missing.
        run: starts programs.

    Returns:
        0, also where something is left to do: the lab starts without it and shows SQL facts as unknown. 2 where the lab
        could not start at all.
    """
    lacking = look()
    system = [one for one in lacking if one.kind is Kind.SYSTEM]
    if system:
        _say(out, system)
        if _install(out, [one.package for one in system], run or _run):
            lacking = look()
    return _conclude(out, lacking)


def _say(out: TextIO, lacking: Sequence[Missing]) -> None:
    for one in lacking:
        out.write(f"Missing: {one.what} ({one.why}).\n")


def _install(out: TextIO, packages: Sequence[str], run: Run) -> bool:
    """Install Debian packages where this user may; return whether that was tried."""
    if not sys.platform.startswith("linux") or shutil.which("apt-get") is None:
        return False
    prefix = _privilege(run)
    if prefix is None:
        return False
    install = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    out.write(f"Installing: {' '.join(install)}\n")
    out.flush()
    if run(install, _INSTALL_SECONDS) != 0:
        # A fresh image has no package lists, an old one has stale ones.
        run([*prefix, "apt-get", "update", "-q"], _INSTALL_SECONDS)
        run(install, _INSTALL_SECONDS)
    return True


def _privilege(run: Run) -> list[str] | None:
    """Return what to put before a command so that it may install packages; None where this user may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is not None and run(["sudo", "-n", "true"], _SUDO_SECONDS) == 0:
        return ["sudo", "-n"]
    return None


def _run(command: Sequence[str], seconds: float) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(  # noqa: S603 - fixed commands; package names are constants
            list(command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return 127


def _conclude(out: TextIO, lacking: Sequence[Missing]) -> int:
    if not lacking:
        out.write("This machine has everything the lab needs.\n")
        return 0
    python = [one for one in lacking if one.kind is Kind.PYTHON]
    system = [one for one in lacking if one.kind is Kind.SYSTEM]
    if python:
        _say(out, python)
        out.write(f"Install it with: {sys.executable} -m pip install 'relync[lab]'\n")
    if system:
        out.write(
            f"Still missing: {', '.join(one.what for one in system)}. {advice([one.package for one in system])}\n"
        )
    if any(one.what == "sqlglot" for one in python):
        return 2
    out.write("The lab starts all the same; until then what SQL Server would say shows as unknown.\n")
    return 0


def advice(packages: Sequence[str], system: str = "") -> str:
    """Return what an administrator runs; ``system`` is a ``sys.platform``, by default this machine's."""
    system = system or sys.platform
    if not system.startswith("linux"):
        advised = manager_advice(system)
        return advised[0].upper() + advised[1:] + "."
    if shutil.which("apt-get") is not None:
        return f"An administrator runs: apt-get install -y --no-install-recommends {' '.join(packages)}"
    for tool, line in _OTHER_SYSTEMS:
        if shutil.which(tool) is not None:
            return f"An administrator runs: {line}"
    return (
        "An administrator installs unixODBC, the MIT Kerberos libraries and libltdl with this system's package manager."
    )
