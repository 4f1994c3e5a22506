"""Which driver is chosen and what it is told."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from app.facts import odbc
from app.facts.odbc import (
    Driver,
    DriverKind,
    Login,
    NoDriver,
    NotCarried,
    Secret,
    connection_string,
    packaged_file,
    ranked,
    registered,
)
from app.settings import Encrypt

EIGHTEEN = Driver(
    name="ODBC Driver 18 for SQL Server", keyword="ODBC Driver 18 for SQL Server", kind=DriverKind.MICROSOFT, version=18
)
FREETDS = Driver(name="FreeTDS", keyword="FreeTDS", kind=DriverKind.FREETDS, version=0)
NATIVE = Driver(
    name="SQL Server Native Client 11.0",
    keyword="SQL Server Native Client 11.0",
    kind=DriverKind.NATIVE_CLIENT,
    version=11,
)
WINDOWS = Driver(name="SQL Server", keyword="SQL Server", kind=DriverKind.WINDOWS, version=0)


def login(
    *,
    username: str = "sa",
    password: str = "secret",
    encrypt: Encrypt = Encrypt.OPTIONAL,
    address: str = "se01.contoso.com",
) -> Login:
    secret = Secret(password) if username else None
    return Login(
        server="se01.contoso.com", address=address, port=1433, username=username, password=secret, encrypt=encrypt
    )


def test_the_best_driver_comes_first_and_foreign_ones_not_at_all() -> None:
    listed = [
        "PostgreSQL Unicode",
        "SQL Server",
        "FreeTDS",
        "SQL Server Native Client 10.0",
        "ODBC Driver 11 for SQL Server",
        "SQL Server Native Client 11.0",
        "ODBC Driver 17 for SQL Server",
        "ODBC Driver 13.1 for SQL Server",
        "ODBC Driver 18 for SQL Server",
        "Microsoft Access Driver (*.mdb)",
    ]
    packaged = Driver(name="ODBC Driver 18 for SQL Server", keyword="/x/lib.so", kind=DriverKind.MICROSOFT, version=18)
    found = [one.keyword for one in ranked([packaged, *map(registered, listed)])]
    assert found == [
        "ODBC Driver 18 for SQL Server",
        "/x/lib.so",
        "ODBC Driver 17 for SQL Server",
        "ODBC Driver 13.1 for SQL Server",
        "ODBC Driver 11 for SQL Server",
        "SQL Server Native Client 11.0",
        "SQL Server Native Client 10.0",
        "FreeTDS",
        "SQL Server",
    ]


@pytest.mark.parametrize(
    ("system", "machine", "family", "expected"),
    [
        ("linux", "x86_64", "debian_ubuntu", "linux/debian_ubuntu/x86_64/lib/libmsodbcsql-18.6.so.2.1"),
        ("linux", "x86_64", "rhel", "linux/rhel/x86_64/lib/libmsodbcsql-18.6.so.2.1"),
        ("linux", "x86_64", "", "linux/debian_ubuntu/x86_64/lib/libmsodbcsql-18.6.so.2.1"),
        ("linux", "aarch64", "debian_ubuntu", None),
        ("linux", "x86_64", "alpine", None),
        ("linux", "riscv64", "debian_ubuntu", None),
        ("darwin", "arm64", "", "macos/arm64/lib/libmsodbcsql.18.dylib"),
    ],
)
def test_the_packages_driver_is_the_one_for_this_machine(
    tmp_path: Path, system: str, machine: str, family: str, expected: str | None
) -> None:
    for name in (
        "linux/debian_ubuntu/x86_64/lib/libmsodbcsql-18.6.so.2.1",
        "linux/rhel/x86_64/lib/libmsodbcsql-18.6.so.2.1",
        "macos/arm64/lib/libmsodbcsql.18.dylib",
    ):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    found = packaged_file(tmp_path, system, machine, family)
    assert found == (tmp_path / expected if expected else None)


@pytest.mark.parametrize("driver", [EIGHTEEN, NATIVE, WINDOWS, FREETDS], ids=lambda one: one.name)
@pytest.mark.parametrize("encrypt", list(Encrypt))
def test_trust_is_never_switched_off(driver: Driver, encrypt: Encrypt) -> None:
    try:
        text = connection_string(driver, login(encrypt=encrypt)).lower()
    except NotCarried:
        assert driver is FREETDS and encrypt is Encrypt.YES
        return
    assert "trustservercertificate=yes" not in text
    assert ("encrypt=yes" in text) == (encrypt is Encrypt.YES)


def test_a_name_behind_another_address_is_still_what_must_be_proven() -> None:
    text = connection_string(EIGHTEEN, login(encrypt=Encrypt.YES, address="127.66.0.11"))
    assert "SERVER=127.66.0.11,1433;" in text
    assert "HostNameInCertificate=se01.contoso.com;" in text
    windows = connection_string(EIGHTEEN, login(username="", address="127.66.0.11"))
    assert "ServerSPN=MSSQLSvc/se01.contoso.com:1433;" in windows
    assert "Trusted_Connection=yes;" in windows
    assert "UID=" not in windows


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("plain", "PWD=plain;"),
        ("a;b", "PWD={a;b};"),
        ("a}b", "PWD={a}}b};"),
        ("x;SERVER=evil", "PWD={x;SERVER=evil};"),
        ("};SERVER=evil", "PWD={}};SERVER=evil};"),
        (" blank ", "PWD={ blank };"),
        ("", "PWD={};"),
    ],
)
def test_no_value_can_end_early_and_become_another_keyword(password: str, told: str) -> None:
    assert connection_string(EIGHTEEN, login(password=password)).endswith(told)


def test_what_freetds_cannot_be_told_is_refused_without_repeating_it() -> None:
    with pytest.raises(NotCarried) as raised:
        connection_string(FREETDS, login(password="s3cret};SERVER=evil"))
    assert "s3cret" not in str(raised.value)
    assert connection_string(FREETDS, login(password="a}b")).endswith("PWD={a}b};")
    with pytest.raises(NotCarried):
        connection_string(EIGHTEEN, login(password="a\0b"))


def test_no_repr_shows_the_password() -> None:
    assert "secret" not in repr(login())
    assert "secret" not in repr(Secret("secret"))


def test_a_console_without_driver_manager_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "pyodbc":
            raise ImportError("libodbc.so.2: cannot open shared object file")
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoDriver, match=r"libodbc\.so\.2.*install"):
        odbc.installed_drivers()


@pytest.mark.parametrize(
    ("system", "says"),
    [("linux", "apt-get install unixodbc"), ("darwin", "brew install unixodbc"), ("win32", "Windows")],
)
def test_the_advice_fits_the_system(system: str, says: str) -> None:
    assert says in odbc.manager_advice(system)


def test_a_console_with_a_manager_and_no_driver_is_told_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty:
        @staticmethod
        def drivers() -> list[str]:
            return ["PostgreSQL Unicode"]

    monkeypatch.setattr(odbc, "load_pyodbc", Empty)
    monkeypatch.setattr(odbc, "packaged_driver", lambda: None)
    with pytest.raises(NoDriver, match="Microsoft ODBC Driver 18"):
        odbc.installed_drivers()
