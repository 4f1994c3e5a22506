"""Clients that are not ours talk to the lab's SQL Server: two ODBC drivers through pyodbc, and python-tds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from app.facts.odbc import Driver, DriverKind, Login, Secret, connection_string, load_pyodbc
from app.lab.ports import Behaviour, Certificate
from app.lab.sql_server import SqlServer
from app.settings import Encrypt
from tests.sql.conftest import SERVER, driver_of
from tests.sql.fakes import CREATED, PASSWORD, USER, Instance

Serve = Callable[..., SqlServer]


def connected(driver: Driver, server: SqlServer, extra: str = "", **options: object) -> Any:
    address, port = server.address
    login = Login(
        server=SERVER, address=address, port=port, username=USER, password=Secret(PASSWORD), encrypt=Encrypt.OPTIONAL
    )
    return load_pyodbc().connect(connection_string(driver, login) + extra, timeout=5, **options)


@pytest.fixture(params=[DriverKind.MICROSOFT, DriverKind.FREETDS], ids=lambda kind: kind.name.lower())
def driver(request: pytest.FixtureRequest) -> Driver:
    return driver_of(request.param)


@pytest.fixture(params=[False, True], ids=["clear", "login-encrypted"])
def cursor(request: pytest.FixtureRequest, driver: Driver, serve: Serve, certificate: Certificate) -> Any:
    connection = connected(driver, serve(certificate if request.param else None))
    yield connection.cursor()
    connection.close()


def test_every_type_comes_through_as_what_it_is(cursor: Any) -> None:
    cursor.execute(
        "SELECT name, database_id, is_read_only, create_date, owner_sid, CAST(1.5 AS float), CAST(NULL AS int), "
        "CAST(create_date AS date) FROM sys.databases WHERE name = 'rtcxds'"
    )
    name, number, read_only, created, sid, real, nothing, day = cursor.fetchone()
    assert (name, number, read_only, real, nothing) == ("rtcxds", 5, False, 1.5, None)
    assert abs(created - CREATED) < dt.timedelta(milliseconds=4)
    assert bytes(sid).startswith(b"\x01\x05")
    # FreeTDS hands dates out as text.
    assert str(day) == "2026-11-02"


@pytest.mark.parametrize("value", ["é 日本", "", 5, -(2**40), 1.5, True])
def test_a_parameter_comes_back_as_it_went(cursor: Any, value: object) -> None:
    assert cursor.execute("SELECT ?", value).fetchone()[0] == value


def test_parameters_of_a_prepared_statement_change_from_call_to_call(cursor: Any) -> None:
    for name, expected in (("rtcxds", "ONLINE"), ("xds", "RESTORING"), ("x' OR 1=1 --", None)):
        found = cursor.execute("SELECT state_desc FROM sys.databases WHERE name = ?", name).fetchone()
        assert (found[0] if found else None) == expected


def test_large_values_and_many_rows_span_packets(cursor: Any) -> None:
    assert (
        len(cursor.execute("SELECT REPLICATE(CAST('x' AS nvarchar(max)), 8000) + REPLICATE('y', 8000)").fetchone()[0])
        == 16000
    )
    query = "SELECT a.name, b.physical_name FROM sys.databases a, sys.master_files b, sys.master_files c"
    assert len(cursor.execute(query).fetchall()) == 6 * 11 * 11


def test_a_batch_of_several_results_gives_them_all(cursor: Any) -> None:
    cursor.execute("SELECT 1 SELECT 2; SELECT 3")
    found = [cursor.fetchall()[0][0]]
    while cursor.nextset():
        found.append(cursor.fetchall()[0][0])
    assert found == [1, 2, 3]


def test_an_error_has_its_number_and_the_connection_goes_on(cursor: Any) -> None:
    pyodbc = load_pyodbc()
    for text, number in (
        ("SELECT * FROM nothing", "208"),
        ("SELECT nosuch FROM sys.databases", "207"),
        ("SELECT * FROM", "102"),
        ("DROP DATABASE rtcxds", "50000"),
    ):
        with pytest.raises(pyodbc.Error, match=rf"\({number}\)"):
            cursor.execute(text)
    with pytest.raises(pyodbc.Error, match=r"\(208\)"):
        cursor.execute("SELECT * FROM nothing WHERE a = ?", 1)
    assert cursor.execute("SELECT 1").fetchone()[0] == 1


def test_use_and_transactions_work_as_drivers_use_them(cursor: Any) -> None:
    cursor.execute("USE rtcxds")
    assert cursor.execute("SELECT DB_NAME()").fetchone()[0] == "rtcxds"
    cursor.execute("SELECT COUNT(*) FROM DbConfigInt")
    assert cursor.fetchone()[0] == 3
    cursor.commit()
    cursor.execute("SELECT 1").fetchall()
    cursor.rollback()


def test_a_database_that_is_not_there_refuses_the_login(driver: Driver, serve: Serve) -> None:
    pyodbc = load_pyodbc()
    address, port = serve().address
    login = Login(
        server=SERVER, address=address, port=port, username=USER, password=Secret(PASSWORD), encrypt=Encrypt.OPTIONAL
    )
    text = connection_string(driver, login).replace("DATABASE=master", "DATABASE=nowhere")
    with pytest.raises(pyodbc.Error, match=r"\((4060|18456)\)"):
        pyodbc.connect(text, timeout=5)


def test_forty_clients_at_once_are_all_served(serve: Serve) -> None:
    found = driver_of(DriverKind.MICROSOFT)
    server = serve()
    open_now = [connected(found, server) for _ in range(40)]
    assert [one.execute("SELECT DB_ID('xds')").fetchone()[0] for one in open_now] == [6] * 40
    for one in open_now:
        one.close()


def test_a_server_that_breaks_later_ends_its_sessions_with_an_error(
    driver: Driver, serve: Serve, instance: Instance
) -> None:
    pyodbc = load_pyodbc()
    connection = connected(driver, serve(), autocommit=True)
    instance.treats = Behaviour.BROKEN
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT 1")


class TestPythonTds:
    """An implementation of TDS in Python, independent of ours and of every ODBC driver."""

    @pytest.fixture
    def client(self, serve: Serve) -> Any:
        pytds = pytest.importorskip("pytds", reason="python-tds is not installed")
        address, port = serve().address
        with pytds.connect(address, port=port, user=USER, password=PASSWORD, database="rtcxds") as connection:
            yield connection

    def test_it_reads_types_and_variants(self, client: Any) -> None:
        with client.cursor() as cursor:
            cursor.execute(
                "SELECT SERVERPROPERTY('ProductVersion'), SERVERPROPERTY('IsClustered'), SERVERPROPERTY('Nothing'), @@SERVERNAME"
            )
            assert cursor.fetchall() == [("11.0.7001.0", 0, None, "SE01\\RTC")]
            cursor.execute(
                "SELECT name, create_date, is_read_only, database_id FROM sys.databases WHERE name = %s", ("rtcxds",)
            )
            assert cursor.fetchall() == [("rtcxds", CREATED, False, 5)]
            cursor.execute("SELECT * FROM DbConfigInt")
            assert cursor.fetchall()[-1] == ("Large", 2**40)

    def test_it_gets_its_parameters_back(self, client: Any) -> None:
        given = ("é", 5, 2**40, 1.5, None, dt.datetime(2026, 1, 2, 3, 4, 5))
        with client.cursor() as cursor:
            cursor.execute("SELECT %s, %s, %s, %s, %s, %s", given)
            assert cursor.fetchone() == given

    def test_it_sees_errors_and_goes_on(self, client: Any) -> None:
        import pytds

        with client.cursor() as cursor:
            with pytest.raises(pytds.ProgrammingError, match="Invalid object name 'nothing'"):
                cursor.execute("SELECT * FROM nothing")
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)

    def test_it_is_told_why_a_login_fails(self, serve: Serve) -> None:
        pytds = pytest.importorskip("pytds", reason="python-tds is not installed")
        address, port = serve().address
        with pytest.raises(pytds.OperationalError, match="Login failed for user 'relync'"):
            pytds.connect(address, port=port, user=USER, password="wrong", login_timeout=5)
        with pytest.raises(pytds.OperationalError, match='Cannot open database "nowhere"'):
            pytds.connect(address, port=port, user=USER, password=PASSWORD, database="nowhere", login_timeout=5)
        with pytest.raises(pytds.Error, match=r"Cannot open database \"xds\""):
            pytds.connect(address, port=port, user=USER, password=PASSWORD, database="xds", login_timeout=5)
