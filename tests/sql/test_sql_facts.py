"""The SQL collector against the lab's endpoint, through genuine ODBC drivers."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.facts import sql_asking
from app.facts.fact import Known, Reading, Unknown
from app.facts.odbc import Driver, DriverKind, NoDriver
from app.facts.sql import INSTANCE, SqlInstance
from app.facts.sql_passwords import VARIABLE, SqlPasswords
from app.lab.ports import Behaviour, Certificate
from app.lab.sql_server import SqlServer
from app.settings import Encrypt, LimitSettings, Settings, SqlSettings
from tests.sql.conftest import SERVER, SUBJECT, any_driver, driver_of, settings_for
from tests.sql.fakes import ADMINS, CREATED, NOW, PASSWORD, USER, Instance

Serve = Callable[..., SqlServer]
KINDS = [DriverKind.MICROSOFT, DriverKind.FREETDS]


def read(settings: Settings, *, seconds: float = 5.0, password: str = PASSWORD) -> Reading:
    limited = replace(settings, limits=LimitSettings(probe_seconds=seconds))
    request = INSTANCE.about(SUBJECT)
    passwords = SqlPasswords(limited, {VARIABLE: password})
    return sql_asking.collect([request], limited, passwords, lambda: NOW)[request]


def value(reading: Reading) -> SqlInstance:
    assert isinstance(reading, Known), reading
    assert isinstance(reading.value, SqlInstance)
    return reading.value


def reason(reading: Reading) -> str:
    assert isinstance(reading, Unknown), reading
    assert PASSWORD not in reading.reason
    return reading.reason


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name.lower())
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Driver:
    found = driver_of(request.param)
    monkeypatch.setattr(sql_asking, "installed_drivers", lambda: (found,))
    return found


@pytest.fixture
def microsoft(monkeypatch: pytest.MonkeyPatch) -> Driver:
    found = driver_of(DriverKind.MICROSOFT)
    monkeypatch.setattr(sql_asking, "installed_drivers", lambda: (found,))
    return found


@pytest.mark.parametrize("encrypted", [False, True], ids=["clear", "login-encrypted"])
def test_an_instance_says_who_it_is_and_what_it_holds(
    driver: Driver, serve: Serve, certificate: Certificate, encrypted: bool
) -> None:
    found = value(read(settings_for(serve(certificate if encrypted else None))))
    assert (found.server_name, found.instance_name, found.version) == ("SE01\\RTC", "RTC", "11.0.7001.0")
    assert found.edition.startswith("Express")
    assert found.collation == "SQL_Latin1_General_CP1_CI_AS"
    assert found.is_sysadmin
    assert [one.name for one in found.databases] == ["master", "model", "msdb", "rtcxds", "tempdb", "xds"]
    rtcxds = found.database("RTCXDS")
    assert rtcxds is not None
    assert (rtcxds.state, rtcxds.recovery_model, rtcxds.owner) == ("ONLINE", "SIMPLE", ADMINS)
    assert rtcxds.created.replace(microsecond=0) == CREATED.replace(tzinfo=UTC)
    assert [path.rpartition("\\")[2] for path in rtcxds.files] == ["rtcxds.mdf", "rtcxds.ldf"]
    xds = found.database("xds")
    assert xds is not None and xds.state == "RESTORING"


def test_a_login_that_is_no_sysadmin_is_known_to_be_none(driver: Driver, serve: Serve, instance: Instance) -> None:
    instance.sysadmin = False
    assert not value(read(settings_for(serve()))).is_sysadmin


def test_full_encryption_proves_the_servers_name_against_the_configured_authority(
    microsoft: Driver, serve: Serve, certificate: Certificate, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "")
    found = read(settings_for(serve(certificate), encrypt=Encrypt.YES, ca_file=ca_file))
    assert value(found).instance_name == "RTC"


def test_full_encryption_refuses_an_unknown_authority(
    microsoft: Driver, serve: Serve, certificate: Certificate
) -> None:
    said = reason(read(settings_for(serve(certificate), encrypt=Encrypt.YES)))
    assert "does not prove its name" in said
    assert "ca_file" in said


def test_full_encryption_refuses_a_server_that_offers_none(microsoft: Driver, serve: Serve) -> None:
    assert "offers no encryption" in reason(read(settings_for(serve(), encrypt=Encrypt.YES)))


def test_freetds_is_not_trusted_with_full_encryption(
    serve: Serve, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = driver_of(DriverKind.FREETDS)
    monkeypatch.setattr(sql_asking, "installed_drivers", lambda: (found,))
    assert "without verifying" in reason(read(settings_for(serve(certificate), encrypt=Encrypt.YES)))


def test_a_server_that_forces_encryption_on_everybody_is_read_all_the_same(
    serve: Serve, certificate: Certificate, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_driver()
    server = serve(certificate, force_encryption=True)
    monkeypatch.setenv("SSL_CERT_FILE", "")
    assert value(read(settings_for(server, encrypt=Encrypt.YES, ca_file=ca_file))).instance_name == "RTC"


def test_a_server_that_speaks_only_tls_1_0_is_said_to_be_perhaps_healthy(
    microsoft: Driver, serve: Serve, certificate: Certificate
) -> None:
    old = serve(certificate, tls_versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))
    said = reason(read(settings_for(old)))
    assert "TLS" in said
    assert "may be healthy" in said


def test_the_next_driver_is_tried_where_the_first_knows_no_old_tls(serve: Serve, certificate: Certificate) -> None:
    driver_of(DriverKind.MICROSOFT)
    driver_of(DriverKind.FREETDS)
    old = serve(certificate, tls_versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))
    assert value(read(settings_for(old))).instance_name == "RTC"


def test_a_wrong_password_is_a_refused_login(driver: Driver, serve: Serve) -> None:
    said = reason(read(settings_for(serve()), password="wrong"))
    assert "refuses the SQL login relync" in said
    assert "18456" in said
    assert "wrong" not in said


def test_a_lost_driver_file_is_said_to_be_the_consoles_fault(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    any_driver()
    gone = Driver(
        name="ODBC Driver 18 for SQL Server", keyword="/nowhere/lib.so", kind=DriverKind.MICROSOFT, version=18
    )
    monkeypatch.setattr(sql_asking, "installed_drivers", lambda: (gone,))
    assert "cannot be loaded on this console" in reason(read(settings_for(serve())))


def test_windows_authentication_without_a_ticket_says_what_to_do(
    microsoft: Driver, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRB5CCNAME", "FILE:/nowhere/ticket")
    said = reason(read(settings_for(serve(), username="")))
    assert "Windows user who runs this" in said


def test_a_console_without_driver_manager_leaves_the_fact_unknown(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> tuple[Driver, ...]:
        raise NoDriver("pyodbc cannot be loaded; install the driver manager")

    monkeypatch.setattr(sql_asking, "installed_drivers", none)
    assert "install the driver manager" in reason(read(settings_for(serve())))


def test_no_password_at_all_names_the_variable(serve: Serve) -> None:
    any_driver()
    assert VARIABLE in reason(read(settings_for(serve()), password=""))


def test_a_closed_port_is_refused_at_once() -> None:
    any_driver()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    started = time.monotonic()
    said = reason(read(Settings(sql={SUBJECT: SqlSettings(address="127.0.0.1", port=port, username=USER)})))
    assert "refused" in said
    assert time.monotonic() - started < 1.0


def test_an_unknown_host_name_is_said_to_be_one() -> None:
    any_driver()
    settings = Settings(sql={SUBJECT: SqlSettings(address="se01.invalid", port=1433, username=USER)})
    assert "cannot be resolved" in reason(read(settings))


@pytest.mark.parametrize("behaviour", [Behaviour.SILENT, Behaviour.DRIP])
def test_a_server_that_never_finishes_costs_the_deadline_and_no_more(
    driver: Driver, serve: Serve, instance: Instance, behaviour: Behaviour
) -> None:
    server = serve()
    instance.treats = behaviour
    started = time.monotonic()
    said = reason(read(settings_for(server), seconds=2.0))
    elapsed = time.monotonic() - started
    assert elapsed < 3.0
    assert "in time" in said or "within 2 s" in said


def test_a_broken_server_is_told_from_a_refused_login(driver: Driver, serve: Serve, instance: Instance) -> None:
    server = serve()
    instance.treats = Behaviour.BROKEN
    assert "paused" in reason(read(settings_for(server)))


def test_a_stopped_server_refuses_and_answers_again_once_started(
    driver: Driver, serve: Serve, instance: Instance
) -> None:
    server = serve()
    settings = settings_for(server)
    value(read(settings))
    instance.treats = Behaviour.REFUSE
    server.settle()
    assert "refused" in reason(read(settings))
    instance.treats = Behaviour.NORMAL
    server.settle()
    assert value(read(settings)).instance_name == "RTC"


def test_a_dead_instance_delays_no_other(serve: Serve, instance: Instance) -> None:
    any_driver()
    dead = socket.create_server(("127.0.0.1", 0))
    alive = serve().address
    login = {"username": USER, "encrypt": Encrypt.OPTIONAL}
    settings = Settings(
        sql={
            "a\\rtc": SqlSettings(address="127.0.0.1", port=dead.getsockname()[1], **login),  # type: ignore[arg-type]  # mixed values
            "b\\rtc": SqlSettings(address=alive[0], port=alive[1], **login),  # type: ignore[arg-type]  # mixed values
        },
        limits=LimitSettings(probe_seconds=2.0),
    )
    requests = [INSTANCE.about("a\\rtc"), INSTANCE.about("b\\rtc")]
    started = time.monotonic()
    readings = sql_asking.collect(requests, settings, SqlPasswords(settings, {VARIABLE: PASSWORD}), lambda: NOW)
    assert time.monotonic() - started < 3.0
    assert isinstance(readings[requests[0]], Unknown)
    assert value(readings[requests[1]]).instance_name == "RTC"
    dead.close()


def test_a_garbled_server_is_unknown_within_the_deadline(driver: Driver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        import threading

        def babble() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 40)

        threading.Thread(target=babble, daemon=True).start()
        port = listener.getsockname()[1]
        started = time.monotonic()
        said = reason(
            read(Settings(sql={SUBJECT: SqlSettings(address="127.0.0.1", port=port, username=USER)}), seconds=3.0)
        )
        assert time.monotonic() - started < 4.0
        assert SERVER in said


def test_the_clock_of_the_reading_is_the_injected_one(driver: Driver, serve: Serve) -> None:
    reading = read(settings_for(serve()))
    assert isinstance(reading, Known)
    assert reading.at == NOW
    assert isinstance(reading.at, datetime)
