"""Asks SQL Server instances about themselves, over ODBC. Reads only; the queries are fixed and carry no values.

A blocked ODBC call cannot be interrupted, so each instance is asked in a thread of its own that is abandoned when its time is
over. Before a driver is tried the port is, since a driver says of a closed port only that it waited.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from app.facts.deadline import Finished, Raised, Running, TimedOut, allowed, spoken
from app.facts.fact import Known, Reading, Request, Unknown
from app.facts.odbc import (
    Driver,
    Login,
    NoDriver,
    NotCarried,
    Secret,
    connection_string,
    installed_drivers,
    load_pyodbc,
)
from app.facts.sql import Database, SqlInstance
from app.facts.sql_browser import PORT as BROWSER_PORT
from app.facts.sql_browser import NotFound, port_of
from app.facts.sql_passwords import SqlPasswords
from app.facts.sql_refusals import NEXT_DRIVER_MAY_HELP, Refused, explained
from app.passwords import PasswordMissing
from app.settings import Encrypt, Settings, SqlSettings

DEFAULT_PORT = 1433
_SHARE_OF_BROWSER = 0.4
_SHARE_OF_CONNECT = 0.8
_MARGIN = 0.5
"""Seconds a driver gets less than the deadline, so that it can say itself what it waited for."""

# Every property is CAST: as sql_variant, FreeTDS and Microsoft's driver cannot hand it to pyodbc.
_ABOUT = """
SELECT CAST(SERVERPROPERTY('ServerName') AS nvarchar(128)), CAST(SERVERPROPERTY('InstanceName') AS nvarchar(128)),
       CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), CAST(SERVERPROPERTY('Edition') AS nvarchar(128)),
       CAST(SERVERPROPERTY('Collation') AS nvarchar(128)), IS_SRVROLEMEMBER('sysadmin'),
       DATEDIFF(minute, GETUTCDATE(), GETDATE())
"""
_DATABASES = """
SELECT database_id, CAST(name AS nvarchar(128)), CAST(state_desc AS nvarchar(60)), CAST(recovery_model_desc AS nvarchar(60)),
       CAST(SUSER_SNAME(owner_sid) AS nvarchar(128)), create_date
FROM sys.databases ORDER BY name
"""
_FILES = (
    "SELECT database_id, CAST(physical_name AS nvarchar(260)) FROM sys.master_files ORDER BY database_id, physical_name"
)


class _NoAnswer(Exception):
    """The instance did not answer; ``str()`` is the sentence."""


class _Refused(_NoAnswer):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence)
        self.kind = refused.kind


def collect(
    requests: Sequence[Request[Any]], settings: Settings, password: object, clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Return what each instance says, all asked at the same time.

    Args:
        requests: ``sql.INSTANCE`` about ``server\\instance``.
        settings: addresses, logins, encryption and trust. With ``encrypt = yes`` and a ``ca_file``, SSL_CERT_FILE of this
            process is set to it, because Microsoft's driver takes trusted roots from nowhere else (not on Windows, where it
            takes those of the computer).
        password: `SqlPasswords`; anything else (the gatherer's password of another account) is replaced by one that reads
            the environment and the configuration.
        clock: UTC now.
    """
    passwords = password if isinstance(password, SqlPasswords) else SqlPasswords(settings, os.environ)
    _trust(requests, settings)
    running = [
        (one, Running(partial(_asked, one, settings, passwords, allowed(one, settings)), f"sql {one.subject}"))
        for one in requests
    ]
    return {one: _reading(one, work, settings, clock) for one, work in running}


def _trust(requests: Sequence[Request[Any]], settings: Settings) -> None:
    wanted = any(_own(one.subject, settings).encrypt is Encrypt.YES for one in requests)
    if wanted and settings.ca_file is not None and sys.platform != "win32":
        os.environ["SSL_CERT_FILE"] = str(settings.ca_file)


def _own(subject: str, settings: Settings) -> SqlSettings:
    return settings.sql.get(subject.lower(), SqlSettings())


def _reading(
    request: Request[Any], running: Running[SqlInstance], settings: Settings, clock: Callable[[], datetime]
) -> Reading:
    seconds = allowed(request, settings)
    match running.outcome(seconds):
        case Finished(value=value, seconds=taken):
            return Known(value=value, at=clock(), seconds=taken)
        case Raised(error=NoDriver() as error):
            reason = f"SQL Server {request.subject} was not asked: {error}"
        case Raised(error=_NoAnswer() | NotFound() | PasswordMissing() as error):
            reason = str(error)
        case Raised(error=error):
            # The edge of the driver: its exception must not carry a connection string into a report.
            reason = (
                f"SQL Server {request.subject} could not be asked: the answer was unreadable ({type(error).__name__})"
            )
        case TimedOut():
            reason = f"SQL Server {request.subject} gave no complete answer within {spoken(seconds)}"
    return Unknown(reason=reason, at=clock())


def _asked(request: Request[Any], settings: Settings, passwords: SqlPasswords, seconds: float) -> SqlInstance:
    ends = time.monotonic() + seconds
    drivers = installed_drivers()
    own = _own(request.subject, settings)
    secret = Secret(passwords(request.subject)) if own.username else None
    server = request.subject.partition("\\")[0]
    address, port = _place(request.subject, own, settings, ends - time.monotonic())
    login = Login(
        server=server, address=address, port=port, username=own.username, password=secret, encrypt=own.encrypt
    )
    _knock(login, ends - time.monotonic())
    return _through(drivers, login, ends)


def _place(subject: str, own: SqlSettings, settings: Settings, seconds: float) -> tuple[str, int]:
    """Return address and TCP port: as configured, else asked of SQL Browser. Raises NotFound."""
    server, _, instance = subject.partition("\\")
    known = own.port or (0 if instance else DEFAULT_PORT)
    if known:
        return (own.address, known) if own.address else settings.endpoint(server, known)
    asked, browser = (own.address, BROWSER_PORT) if own.address else settings.endpoint(server, BROWSER_PORT)
    found = port_of(asked, browser, instance, seconds * _SHARE_OF_BROWSER)
    return (own.address, found) if own.address else settings.endpoint(server, found)


def _knock(login: Login, seconds: float) -> None:
    """Open the port once. Raises _NoAnswer, which tells a closed port from a silent one and from an unknown name."""
    place = f"{login.address}:{login.port}"
    try:
        socket.create_connection((login.address, login.port), timeout=max(0.1, seconds * _SHARE_OF_CONNECT)).close()
    except TimeoutError:
        raise _NoAnswer(
            f"SQL Server {login.server}: nothing answers at {place} within {spoken(seconds * _SHARE_OF_CONNECT)}; the host is off or "
            "a firewall drops the connection"
        ) from None
    except socket.gaierror:
        raise _NoAnswer(
            f"SQL Server {login.server}: the name {login.address} cannot be resolved on this console"
        ) from None
    except OSError as error:
        reason = (
            "the connection is refused, so no SQL Server listens there"
            if isinstance(error, ConnectionRefusedError)
            else error.strerror
        )
        raise _NoAnswer(f"SQL Server {login.server} at {place}: {reason}") from None


def _through(drivers: Sequence[Driver], login: Login, ends: float) -> SqlInstance:
    """Ask through the best driver, and through the next where the fault may lie with the driver itself."""
    said: list[str] = []
    for driver in drivers:
        try:
            return _ask(driver, login, ends - time.monotonic())
        except NotCarried as error:
            said.append(str(error))
        except _Refused as refused:
            said.append(str(refused))
            if refused.kind not in NEXT_DRIVER_MAY_HELP:
                break
    raise _NoAnswer("; ".join(dict.fromkeys(said)))


def _ask(driver: Driver, login: Login, seconds: float) -> SqlInstance:
    pyodbc = load_pyodbc()
    text = connection_string(driver, login)
    whole = max(1, int(seconds - _MARGIN))
    try:
        connection = pyodbc.connect(text, timeout=whole, autocommit=True)
        try:
            connection.timeout = whole
            return _read(connection.cursor())
        finally:
            with suppress(pyodbc.Error):
                connection.close()
    except pyodbc.Error as error:
        state, message = ([*map(str, error.args), "", ""])[:2]
    # Outside the handler, so that the driver's exception is not carried along.
    raise _Refused(explained(state, message, driver, login))


def _read(cursor: Any) -> SqlInstance:
    name, instance, version, edition, collation, sysadmin, zone = cursor.execute(_ABOUT).fetchone()
    rows = cursor.execute(_DATABASES).fetchall()
    files = cursor.execute(_FILES).fetchall()
    return SqlInstance(
        server_name=name or "",
        instance_name=instance or "",
        version=version or "",
        edition=edition or "",
        collation=collation or "",
        is_sysadmin=sysadmin == 1,
        databases=tuple(
            Database(
                name=one[1],
                state=one[2],
                recovery_model=one[3],
                owner=one[4] or "",
                created=(one[5] - timedelta(minutes=int(zone or 0))).replace(tzinfo=UTC),
                files=tuple(path for database, path in files if database == one[0]),
            )
            for one in rows
        ),
    )
