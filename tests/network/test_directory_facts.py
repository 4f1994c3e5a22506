"""The directory: the real collector against the lab's LDAP server, well and badly behaved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.facts.directory import (
    COMPUTER_ACCOUNTS,
    STATE,
    STORE_POINTERS,
    ComputerAccount,
    ComputerAccounts,
    DirectoryState,
    StorePointer,
    StorePointers,
)
from app.facts.directory_asking import collect
from app.facts.fact import Reading, Request
from app.lab.authority import Authority
from app.lab.directory_server import DirectoryServer
from app.lab.ports import Behaviour, Certificate
from app.passwords import PasswordMissing
from app.settings import Auth, CredentialSettings, DirectorySettings, LimitSettings, Settings
from tests.network.directory_entries import BASE, SERVICES, SID, SYSTEM, computer, forest, group, pointer
from tests.network.fakes import Directory, clock, known, reason

DC = "dc01.contoso.com"
ALL: tuple[Request[object], ...] = (
    STORE_POINTERS.about("contoso.com"),
    COMPUTER_ACCOUNTS.about("se01.contoso.com"),
    STATE.about("contoso.com"),
)


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    return authority.issue(DC, [DC])


@pytest.fixture
def data() -> Directory:
    return Directory(forest())


@pytest.fixture
def server(
    data: Directory, certificate: Certificate, served: Callable[[DirectoryServer], DirectoryServer]
) -> DirectoryServer:
    return served(DirectoryServer(data, "127.0.0.1", 0, certificate))


@pytest.fixture
def settings(server: DirectoryServer, authority: Authority, tmp_path: Path) -> Settings:
    return made(server, authority, tmp_path)


def made(
    server: DirectoryServer, authority: Authority, folder: Path, scheme: str = "ldaps", host: str = DC, **more: object
) -> Settings:
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(authority.root_pem)
    given: dict[str, object] = {
        "directory": DirectorySettings(url=f"{scheme}://{host}:636"),
        "credentials": CredentialSettings(username="CONTOSO\\lyncadmin"),
        "ca_file": ca_file,
        "forwards": {f"{host}:636": "{}:{}".format(*server.address)},
        "limits": LimitSettings(probe_seconds=10.0),
    }
    return Settings(**(given | more))  # type: ignore[arg-type] - a table of keyword arguments


def hurried(settings: Settings) -> Settings:
    return replace(settings, limits=LimitSettings(probe_seconds=1.0))


def asked(settings: Settings, *requests: Request[object], password: str = "Passw0rd.Lab1") -> list[Reading]:
    readings = collect(requests, settings, lambda: password, clock)
    return [readings[one] for one in requests]


def test_everything_a_healthy_directory_says_is_read_over_one_connection(settings: Settings) -> None:
    pointers, accounts, state = map(known, asked(settings, *ALL))
    dn = f"CN={{1}},CN=Topology Settings,{SERVICES}"
    assert pointers == StorePointers(pointers=(StorePointer(dn=dn, back_end="se02.contoso.com\\rtc", mirror=""),))
    assert accounts == ComputerAccounts(
        accounts=(
            ComputerAccount(
                dn=f"CN=se01,OU=Lync\\, Servers,{BASE}",
                sid=SID,
                created=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
                enabled=True,
                groups=("RTCHSUniversalServices", "Web, Été, \\x"),
                service_principal_names=("HOST/se01.contoso.com",),
            ),
        )
    )
    assert state == DirectoryState(
        schema_upper=1150,
        schema_lower=3,
        groups=(
            "CSAdministrator",
            "RTCHSUniversalServices",
            "RTCUniversalGlobalWriteGroup",
            "RTCUniversalServerAdmins",
        ),
        clock=datetime(2026, 11, 22, 18, 30, tzinfo=UTC),
    )


def test_pointers_are_found_in_both_containers(settings: Settings, data: Directory) -> None:
    data.listed += pointer(SYSTEM, "old.contoso.com\\rtc", "mirror.contoso.com\\rtc")
    found = known(asked(settings, STORE_POINTERS.about("contoso.com"))[0])
    assert isinstance(found, StorePointers)
    assert [(one.back_end, one.mirror) for one in found.pointers] == [
        ("se02.contoso.com\\rtc", ""),
        ("old.contoso.com\\rtc", "mirror.contoso.com\\rtc"),
    ]


def test_a_directory_without_lync_has_no_pointer_and_no_schema_version(settings: Settings, data: Directory) -> None:
    data.listed = [one for one in data.listed if "RTC" not in one[0]]
    assert known(asked(settings, STORE_POINTERS.about("contoso.com"))[0]) == StorePointers(pointers=())
    state = known(asked(settings, STATE.about("contoso.com"))[0])
    assert isinstance(state, DirectoryState)
    assert (state.schema_upper, state.schema_lower) == (0, 0)


def test_a_disabled_account_is_seen_to_be(settings: Settings) -> None:
    found = known(asked(settings, COMPUTER_ACCOUNTS.about("old.contoso.com"))[0])
    assert isinstance(found, ComputerAccounts)
    assert [one.enabled for one in found.accounts] == [False]


def test_an_account_that_is_gone_is_known_to_be(settings: Settings) -> None:
    assert known(asked(settings, COMPUTER_ACCOUNTS.about("gone.contoso.com"))[0]) == ComputerAccounts(accounts=())


def test_of_another_domain_nothing_is_claimed(settings: Settings) -> None:
    sentence = reason(asked(settings, COMPUTER_ACCOUNTS.about("se01.emea.contoso.com"))[0])
    assert "holds the domain contoso.com" in sentence


@pytest.mark.parametrize("name", ["*", "se01*", "x)(objectClass=*", "se\\2a"])
def test_a_name_is_never_read_as_a_filter(settings: Settings, name: str) -> None:
    assert known(asked(settings, COMPUTER_ACCOUNTS.about(f"{name}.contoso.com"))[0]) == ComputerAccounts(accounts=())


def test_more_than_a_page_is_read_whole(settings: Settings, data: Directory) -> None:
    data.listed += [group(f"CSGroup{number:04d}") for number in range(1203)]
    state = known(asked(settings, STATE.about("contoso.com"))[0])
    assert isinstance(state, DirectoryState)
    assert len(state.groups) == 1207


def test_two_accounts_of_one_name_are_both_shown(settings: Settings, data: Directory) -> None:
    dn, attributes = computer("se01")
    data.listed.append((dn.replace("CN=se01", "CN=se01\\0ACNF:1"), attributes))
    found = known(asked(settings, COMPUTER_ACCOUNTS.about("SE01.contoso.com"))[0])
    assert isinstance(found, ComputerAccounts)
    assert len(found.accounts) == 2


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (Behaviour.SILENT, "did not answer within 1 s"),
        (Behaviour.DRIP, "did not answer within 1 s"),
        (Behaviour.REFUSE, "cannot be reached"),
        (Behaviour.BROKEN, "unavailable"),
    ],
)
def test_a_directory_that_misbehaves_is_unknown_within_the_deadline(
    settings: Settings, server: DirectoryServer, data: Directory, how: Behaviour, said: str
) -> None:
    data.how = how
    server.settle()
    started = time.monotonic()
    sentences = list(map(reason, asked(hurried(settings), *ALL)))
    assert time.monotonic() - started < 2.0
    assert all(said in one and f"directory server {DC}:636" in one for one in sentences), sentences


def test_what_was_answered_before_the_directory_fell_silent_is_kept(
    settings: Settings, data: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = data.listed
    asked_before: list[int] = []

    def listing() -> list[object]:
        asked_before.append(1)
        if len(asked_before) > 2:  # both containers were searched for pointers
            threading.Event().wait(3)
        return list(entries)

    monkeypatch.setattr(data, "entries", listing)
    first, second, third = asked(hurried(settings), *ALL)
    assert known(first)
    assert "within 1 s" in reason(second)
    assert "within 1 s" in reason(third)


def test_a_wrong_password_is_told_apart_and_never_shown(settings: Settings) -> None:
    sentence = reason(asked(settings, *ALL, password="Not.The.0ne")[0])
    assert "refuses CONTOSO\\lyncadmin: account or password is wrong" in sentence
    assert "Not.The.0ne" not in sentence


def test_a_password_that_cannot_be_had_is_told_as_a_sentence(settings: Settings) -> None:
    def none() -> str:
        raise PasswordMissing("There is no password.")

    readings = collect(ALL, settings, none, clock)
    assert reason(readings[ALL[0]]) == f"directory server {DC}:636 was not asked: There is no password."


def test_an_empty_password_is_not_tried(settings: Settings) -> None:
    assert "password of CONTOSO\\lyncadmin is empty" in reason(asked(settings, *ALL, password="")[0])


def test_a_certificate_of_another_authority_is_refused_before_the_password_is_sent(
    server: DirectoryServer, data: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binds: list[str] = []
    monkeypatch.setattr(data, "bind", lambda name, password: binds.append(name))
    foreign = made(server, Authority(8, datetime.now(UTC)), tmp_path)
    assert "does not prove its name" in reason(asked(foreign, *ALL)[0])
    assert not binds


def test_a_certificate_of_another_name_is_refused(
    server: DirectoryServer, authority: Authority, tmp_path: Path
) -> None:
    sentence = reason(asked(made(server, authority, tmp_path, host="dc02.contoso.com"), *ALL)[0])
    assert "does not prove its name" in sentence
    assert "dc02.contoso.com" in sentence


def test_a_certificate_that_only_proves_the_address_is_refused(
    data: Directory, authority: Authority, tmp_path: Path, served: Callable[[DirectoryServer], DirectoryServer]
) -> None:
    other = served(DirectoryServer(data, "127.0.0.1", 0, authority.issue("127.0.0.1", ["127.0.0.1"])))
    assert "does not prove its name" in reason(asked(made(other, authority, tmp_path), *ALL)[0])


def test_a_plain_url_is_only_used_with_start_tls(
    data: Directory,
    authority: Authority,
    certificate: Certificate,
    tmp_path: Path,
    served: Callable[[DirectoryServer], DirectoryServer],
) -> None:
    secured = served(DirectoryServer(data, "127.0.0.1", 0, None, start_tls=certificate))
    assert all(map(known, asked(made(secured, authority, tmp_path, "ldap"), *ALL)))
    bare = served(DirectoryServer(data, "127.0.0.1", 0, None))
    assert "cannot be reached" in reason(asked(made(bare, authority, tmp_path, "ldap"), *ALL)[0])


def test_without_a_configured_directory_it_is_unknown() -> None:
    assert "no directory is configured" in reason(asked(Settings(), *ALL)[0])


def test_without_an_account_it_is_unknown(server: DirectoryServer, authority: Authority, tmp_path: Path) -> None:
    nobody = made(server, authority, tmp_path, credentials=CredentialSettings())
    assert "no account is configured" in reason(asked(nobody, *ALL)[0])


def test_without_the_kerberos_library_or_a_ticket_it_is_unknown(
    server: DirectoryServer, authority: Authority, tmp_path: Path
) -> None:
    kerberos = made(server, authority, tmp_path, credentials=CredentialSettings(auth=Auth.KERBEROS))
    assert reason(asked(kerberos, *ALL)[0])
