"""What the lab's SQL Server answers to T-SQL, statement by statement, without the wire."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import pytest

from app.lab.sql_types import DatabaseChanged, Kind, Nothing, Rows, Said, SqlError
from app.lab.tsql import Session
from app.lab.tsql_words import joined, statements_of, words_of
from tests.sql.fakes import ADMINS, NOW, USER, Instance


def session(database: str = "master", instance: Instance | None = None) -> Session:
    return Session(
        data=instance or Instance(),
        clock=NOW.timestamp,
        user=USER,
        database=database,
        host="console",
        application="test",
    )


def rows(text: str, parameters: Mapping[str, object] | None = None, database: str = "master") -> Rows:
    """Return the last result set of a batch."""
    found = [one for one in session(database).run(text, parameters) if isinstance(one, Rows)]
    assert found, "no result set"
    return found[-1]


def cell(text: str, parameters: Mapping[str, object] | None = None) -> object:
    return rows(text, parameters).rows[0][0]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", 1),
        ("1 + 2 * 3 - 4", 3),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 / 2.0", 3.5),
        ("7 % 4", 3),
        ("'it''s'", "it's"),
        ("N'é' + 'b' + CAST(5 AS varchar(3))", "éb5"),
        ("'a' + NULL", None),
        ("CASE WHEN 'A' = 'a' THEN 'same' ELSE 'other' END", "same"),
        ("IIF(1 = 2, 'a', 'b')", "b"),
        ("ISNULL(NULL, 'x')", "x"),
        ("COALESCE(NULL, NULL, 5)", 5),
        ("NULLIF(5, 5)", None),
        ("LEN('abc  ')", 3),
        ("DATALENGTH(N'ab')", 4),
        ("UPPER('x') + LOWER('Y')", "Xy"),
        ("LEFT('abc', 2) + RIGHT('abc', 1)", "abc"),
        ("SUBSTRING('abcd', 2, 2)", "bc"),
        ("CHARINDEX('C', 'abc')", 3),
        ("REPLACE('aXbx', 'x', '-')", "a-b-"),
        ("STUFF('abcd', 2, 2, 'X')", "aXd"),
        ("LTRIM('  a ') + RTRIM(' b  ')", "a  b"),
        ("REPLICATE('ab', 2) + SPACE(1) + REVERSE('cd')", "abab dc"),
        ("QUOTENAME('a]b')", "[a]]b]"),
        ("PARSENAME('srv.db.dbo.t', 3)", "db"),
        ("CONCAT('a', NULL, 5)", "a5"),
        ("ROUND(2.5, 0)", 3.0),
        ("ABS(-3)", 3),
        ("CEILING(1.2)", 2),
        ("ISNUMERIC('12a')", 0),
        ("CAST('12' AS int)", 12),
        ("CAST(1.9 AS int)", 1),
        ("CAST('abcdef' AS nvarchar(3))", "abc"),
        ("CAST(0x0102 AS varbinary(10))", b"\x01\x02"),
        ("CAST('true' AS bit)", 1),
        ("TRY_CAST('x' AS int)", None),
        ("TRY_CONVERT(int, '5')", 5),
        ("CONVERT(varchar(10), GETDATE(), 120)", "2026-11-22"),
        ("CONVERT(varchar(8), GETDATE(), 112)", "20261122"),
        ("CONVERT(char(23), GETDATE(), 126)", "2026-11-22T12:00:00.000"),
        ("CONVERT(varchar(10), 0xAB, 1)", "0xAB"),
        ("DATEADD(day, -1, '2026-03-01')", "2026-02-28 00:00:00.000"),
        ("DATEADD(mm, 1, '2026-01-31')", "2026-02-28 00:00:00.000"),
        ("DATEADD(year, 1, '2024-02-29')", "2025-02-28 00:00:00.000"),
        ("DATEDIFF(day, '2026-01-01 23:59', '2026-01-02 00:01')", 1),
        ("DATEDIFF(month, '2026-01-31', '2026-02-01')", 1),
        ("DATEDIFF(hour, '2026-01-01', GETDATE())", 7812),
        ("DATEDIFF(minute, GETUTCDATE(), GETDATE())", 0),
        ("DATEPART(quarter, '2026-11-22')", 4),
        ("YEAR(GETDATE()) * 100 + MONTH(GETDATE())", 202611),
        ("CASE WHEN 'abc' LIKE 'A[b-c]%' THEN 1 ELSE 0 END", 1),
        ("CASE WHEN 'a_c' LIKE 'a!_c' ESCAPE '!' THEN 1 ELSE 0 END", 1),
        ("CASE WHEN 'abc' LIKE 'a[^b]c' THEN 1 ELSE 0 END", 0),
        ("CASE WHEN 'a.c' LIKE 'a.c' AND 'abc' NOT LIKE 'a.c' THEN 1 ELSE 0 END", 1),
        ("(SELECT COUNT(*) FROM sys.databases)", 6),
    ],
)
def test_expressions_have_the_value_sql_server_gives_them(expression: str, expected: object) -> None:
    assert cell(f"SELECT {expression}") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SERVERPROPERTY('productversion')", "11.0.7001.0"),
        ("SERVERPROPERTY('NoSuchThing')", None),
        ("CAST(SERVERPROPERTY('ServerName') AS nvarchar(128))", "SE01\\RTC"),
        ("DB_NAME()", "master"),
        ("DB_NAME(5)", "rtcxds"),
        ("DB_ID('RTCXDS')", 5),
        ("DB_ID('nope')", None),
        ("SUSER_SNAME()", USER),
        ("SUSER_SNAME(0x01)", "sa"),
        ("SYSTEM_USER", USER),
        ("IS_SRVROLEMEMBER('sysadmin')", 1),
        ("IS_SRVROLEMEMBER('nonsense')", None),
        ("@@SERVERNAME", "SE01\\RTC"),
        ("@@SERVICENAME", "RTC"),
        ("LEFT(@@VERSION, 25)", "Microsoft SQL Server 2012"),
        ("@@TRANCOUNT", 0),
        ("HOST_NAME() + APP_NAME()", "consoletest"),
        ("DATABASEPROPERTYEX('xds', 'Status')", "RESTORING"),
        ("HAS_DBACCESS('xds')", 0),
        ("OBJECT_ID('nope')", None),
    ],
)
def test_functions_about_the_server_answer_from_the_world(expression: str, expected: object) -> None:
    assert cell(f"SELECT {expression}") == expected


def test_names_are_found_without_case_in_every_way_to_write_them() -> None:
    for name in (
        "rtcxds.dbo.DbConfigInt",
        "RTCXDS..dbconfigint",
        "[rtcxds].[dbo].[DBCONFIGINT]",
        'rtcxds.dbo."DbConfigInt"',
    ):
        assert rows(f"SELECT * FROM {name}").rows[0] == ("DbVersionSchema", 15)
    assert rows("SELECT Value FROM dbo.DbConfigInt", database="rtcxds").rows[0] == (15,)
    assert rows("SELECT name FROM master.sys.databases WHERE NAME = 'RtcXds'").rows == (("rtcxds",),)
    assert rows("SELECT sys.databases.name FROM sys.databases WHERE database_id = 1").rows == (("master",),)


def test_use_changes_where_plain_names_are_looked_up() -> None:
    used = session()
    outcomes = list(used.run("USE rtcxds SELECT COUNT(*) FROM DbConfigInt"))
    assert outcomes[0] == DatabaseChanged(old="master", new="rtcxds")
    assert isinstance(outcomes[1], Rows) and outcomes[1].rows == ((3,),)
    assert used.database == "rtcxds"


def test_owners_join_through_their_sid() -> None:
    found = rows("SELECT name, SUSER_SNAME(owner_sid) owner FROM sys.databases WHERE owner_sid <> 0x01 ORDER BY name")
    assert found.rows == (("rtcxds", ADMINS),)


def test_the_queries_of_the_fact_sheet_are_answered() -> None:
    for query in (
        "SELECT name,state_desc,recovery_model_desc,compatibility_level,collation_name,user_access_desc,is_read_only,"
        " SUSER_SNAME(owner_sid) owner FROM sys.databases;",
        "SELECT DB_NAME(database_id),type_desc,name,physical_name,size*8/1024 mb FROM sys.master_files;",
        "SELECT DB_NAME(database_id),mirroring_role_desc,mirroring_partner_name FROM sys.database_mirroring"
        " WHERE mirroring_guid IS NOT NULL;",
        "SELECT name,port,state_desc FROM sys.tcp_endpoints WHERE type_desc='DATABASE_MIRRORING';",
        "SELECT TOP 20 database_name,type,backup_finish_date,backup_size,software_major_version,has_backup_checksums,"
        " physical_device_name FROM msdb.dbo.backupset b JOIN msdb.dbo.backupmediafamily f"
        " ON b.media_set_id=f.media_set_id ORDER BY backup_finish_date DESC;",
        "SELECT IS_SRVROLEMEMBER('sysadmin'); SELECT name,type_desc FROM sys.server_principals WHERE type IN('U','G');",
    ):
        assert rows(query).columns


def test_joins_groups_common_tables_and_pages_work() -> None:
    assert rows(
        "SELECT d.name, COUNT(*) n FROM sys.databases d JOIN sys.master_files f ON f.database_id = d.database_id "
        "GROUP BY d.name HAVING COUNT(*) = 1"
    ).rows == (("xds", 1),)
    assert rows(
        "WITH big AS (SELECT name, database_id FROM sys.databases WHERE database_id > 4) "
        "SELECT name FROM big UNION ALL SELECT 'zz' ORDER BY 1 DESC"
    ).rows == (("zz",), ("xds",), ("rtcxds",))
    assert rows("SELECT TOP (1) name FROM sys.databases WITH (NOLOCK) ORDER BY name DESC OPTION (RECOMPILE)").rows == (
        ("xds",),
    )
    assert rows("SELECT name FROM sys.databases ORDER BY name OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY").rows == (
        ("model",),
    )
    assert rows("SELECT name, ROW_NUMBER() OVER (ORDER BY name DESC) n FROM sys.databases ORDER BY n").rows[0] == (
        "xds",
        1,
    )
    assert rows("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES", database="rtcxds").rows == (("DbConfigInt",),)


def test_dates_compare_as_dates_however_they_are_written() -> None:
    for literal in ("20261102", "2026-11-02", "11/02/2026", "2026-11-02T03:00:00"):
        found = rows(f"SELECT name FROM sys.databases WHERE create_date >= '{literal}' AND name LIKE 'x%'")
        assert found.rows == (("xds",),)
    assert rows("SELECT name FROM sys.databases WHERE create_date > DATEADD(day, -1, GETDATE())").rows == ()


def test_columns_have_types_even_where_there_is_no_row() -> None:
    found = rows(
        "SELECT name, database_id, create_date, is_read_only, owner_sid, COUNT(*) OVER () n FROM sys.databases WHERE 1 = 0"
    )
    kinds = [one.kind for one in found.columns]
    assert kinds == [Kind.NVARCHAR, Kind.INT, Kind.DATETIME, Kind.BIT, Kind.VARBINARY, Kind.INT]
    assert rows("SELECT SERVERPROPERTY('Edition')").columns[0].kind is Kind.VARIANT
    assert rows("SELECT * FROM (SELECT create_date c FROM sys.databases) q").columns[0].kind is Kind.DATETIME


def test_columns_are_named_as_the_query_names_them() -> None:
    found = rows("SELECT name AS [the name], other = state, 1, COUNT(*), MAX(create_date) last FROM sys.databases")
    assert [one.name for one in found.columns] == ["the name", "other", "", "", "last"]


@pytest.mark.parametrize(
    "value", ["é", 5, 2**40, 1.5, b"\0\1", None, True, Decimal("1.25"), datetime(2026, 1, 2, 3, 4, 5)]
)
def test_a_parameter_is_a_value_and_never_text(value: object) -> None:
    found = rows("SELECT @P1, CASE WHEN @p1 IS NULL THEN 1 ELSE 0 END", {"@P1": value})
    assert found.rows[0][1] == int(value is None)
    hostile = rows("SELECT name FROM sys.databases WHERE name = @x", {"@x": "x' OR 1=1 --"})
    assert hostile.rows == ()


def test_variables_are_declared_set_and_read() -> None:
    text = (
        "DECLARE @n nvarchar(128) = N'rtcxds', @i int; SET @i = 5; "
        "SELECT @i = database_id + 1 FROM sys.databases WHERE name = @n; SELECT @i + 1, @n"
    )
    assert rows(text).rows == ((7, "rtcxds"),)


@pytest.mark.parametrize(
    "text",
    [
        "SET NOCOUNT ON SET ANSI_NULLS, QUOTED_IDENTIFIER ON SET TEXTSIZE 64512",
        "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
        "SET IMPLICIT_TRANSACTIONS ON",
        "BEGIN TRAN COMMIT TRANSACTION",
        "IF @@TRANCOUNT > 0 ROLLBACK TRAN",
        "IF @@TRANCOUNT > 0 COMMIT TRAN",
    ],
)
def test_what_drivers_say_before_and_after_is_accepted_without_rows(text: str) -> None:
    assert set(session().run(text)) == {Nothing()}


def test_print_speaks() -> None:
    assert list(session().run("PRINT 'hello ' + @@SERVICENAME")) == [Said(number=0, message="hello RTC")]


@pytest.mark.parametrize(
    ("text", "number", "says"),
    [
        ("SELECT * FROM nothing", 208, "'nothing'"),
        ("SELECT * FROM nodb.dbo.t", 208, "'nodb.dbo.t'"),
        ("SELECT * FROM #temporary", 208, "#temporary"),
        ("SELECT * FROM sys.no_such_view", 208, "sys.no_such_view"),
        ("SELECT * FROM other.a.dbo.t", 7202, "other"),
        ("SELECT nosuch FROM sys.databases", 207, "'nosuch'"),
        ("SELECT [nosuch] FROM sys.databases", 207, "'nosuch'"),
        ("SELECT rowid FROM sys.databases", 207, "'rowid'"),
        ("SELECT wrong.name FROM sys.databases", 4104, "wrong.name"),
        ("SELECT name FROM sys.databases a, sys.master_files b", 209, "'name'"),
        ("SELEC 1", 102, "'1'"),
        ("SELECT FROM sys.databases", 102, "'FROM'"),
        ("SELECT name FROM sys.databases WHERE", 102, "WHERE"),
        ("SELECT 'open", 105, "open"),
        ("SELECT 1 /* open", 113, "comment"),
        ("SELECT 1 UNION SELECT 1, 2", 205, "equal number"),
        ("SELECT nofunc(1)", 195, "built-in function"),
        ("SELECT printf('%d', 1)", 195, "built-in function"),
        ("SELECT LEN('a', 'b')", 174, "len"),
        ("SELECT 1 / 0", 8134, "Divide by zero"),
        ("SELECT CAST('x' AS int)", 245, "'x'"),
        ("SELECT CAST(5000000000 AS int)", 8115, "overflow"),
        ("SELECT CAST('x' AS datetime)", 241, "date"),
        ("SELECT CAST('x' AS nonsense)", 243, "nonsense"),
        ("SELECT CONVERT(nonsense, 'x')", 243, "nonsense"),
        ("SELECT DATEPART(nonsense, GETDATE())", 155, "nonsense"),
        ("SELECT @undeclared", 137, "@undeclared"),
        ("SELECT @@NONSENSE", 137, "@@NONSENSE"),
        ("SET @undeclared = 1", 137, "@undeclared"),
        ("SET NONSENSE ON", 195, "NONSENSE"),
        ("USE nowhere", 911, "'nowhere'"),
        ("USE xds", 927, "restore"),
        ("EXEC xp_cmdshell 'dir'", 2812, "xp_cmdshell"),
        ("sp_who", 2812, "sp_who"),
    ],
)
def test_what_is_wrong_gets_sql_servers_own_error(text: str, number: int, says: str) -> None:
    with pytest.raises(SqlError) as raised:
        list(session().run(text))
    assert raised.value.number == number
    assert says in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO sys.databases (name) VALUES ('x')",
        "UPDATE sys.databases SET name = 'x'",
        "DELETE FROM sys.databases",
        "WITH x AS (SELECT 1 a) DELETE FROM x",
        "MERGE INTO t USING s ON 1=1 WHEN MATCHED THEN DELETE;",
        "DROP DATABASE rtcxds",
        "CREATE TABLE t (a int)",
        "ALTER DATABASE rtcxds SET OFFLINE",
        "TRUNCATE TABLE t",
        "BACKUP DATABASE rtcxds TO DISK = 'x'",
        "RESTORE DATABASE rtcxds FROM DISK = 'x'",
        "RESTORE HEADERONLY FROM DISK = 'x'",
        "GRANT SELECT ON t TO u",
        "SELECT * INTO copy FROM sys.databases",
        "SHUTDOWN",
        "DBCC CHECKDB",
        "KILL 51",
    ],
)
def test_whatever_writes_is_refused_by_name(text: str) -> None:
    with pytest.raises(SqlError, match="is refused") as raised:
        list(session().run(text))
    named = "DELETE" if text.startswith("WITH") else "INTO" if "INTO copy" in text else text.split()[0]
    assert str(raised.value).startswith(named) or named in str(raised.value).split(" is refused")[0]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM sys.databases FOR XML PATH('')",
        "SELECT TOP 5 PERCENT name FROM sys.databases",
        "IF 1 = 1 SELECT 1",
        "WHILE 1 = 1 SELECT 1",
        "DECLARE @t TABLE (a int)",
        "SELECT * FROM sys.databases d CROSS APPLY sys.dm_x(d.database_id) x",
    ],
)
def test_what_the_lab_does_not_know_it_says_so(text: str) -> None:
    with pytest.raises(SqlError, match=r"lab's SQL Server does not know|Invalid object"):
        list(session().run(text))


def test_what_came_before_an_error_has_happened() -> None:
    seen = []
    with pytest.raises(SqlError):
        seen.extend([] for _ in session().run("SELECT 1; SELECT 2; SELECT * FROM nothing"))
    assert len(seen) == 2


def test_an_endless_query_ends() -> None:
    started = time.monotonic()
    with pytest.raises(SqlError, match="within 3 s"):
        cell("WITH r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r")
    assert time.monotonic() - started < 5


def test_a_query_nested_beyond_reason_is_an_error_and_no_crash() -> None:
    with pytest.raises(SqlError):
        cell("SELECT " + "(" * 3000 + "1" + ")" * 3000)


@pytest.mark.parametrize(
    ("batch", "statements"),
    [
        ("SET NOCOUNT ON SELECT 1 SELECT 2", ["SET NOCOUNT ON", "SELECT 1", "SELECT 2"]),
        ("WITH x AS (SELECT 1 a) SELECT a FROM x SELECT 3", ["WITH x AS ( SELECT 1 a ) SELECT a FROM x", "SELECT 3"]),
        ("SELECT 1 UNION ALL SELECT 2; ; SELECT 3;", ["SELECT 1 UNION ALL SELECT 2", "SELECT 3"]),
        ("-- nothing\n/* at /* all */ */", []),
        ("SELECT ';' -- a; b", ["SELECT ';'"]),
    ],
)
def test_a_batch_is_cut_into_its_statements(batch: str, statements: list[str]) -> None:
    assert [joined(one) for one in statements_of(words_of(batch))] == statements
