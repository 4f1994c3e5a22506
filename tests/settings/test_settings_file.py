"""Settings read from TOML: what is accepted, what is refused with which sentence, and the round trip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.settings import (
    Auth,
    CredentialSettings,
    DhcpSettings,
    DirectorySettings,
    Encrypt,
    HostSettings,
    LimitSettings,
    RestoreSettings,
    Settings,
    SqlSettings,
    UncMount,
)
from app.settings_file import SettingsError, dump_settings, load_settings

FULL = r"""
backup = 'backups/2026-11-21'
failure = "se-server-lost"
target = "se01.contoso.com"
ca_file = "ca.pem"
resolvers = ["10.0.0.5", "10.0.0.6:10053", "[2001:db8::5]:53", "2001:db8::6"]

[credentials]
username = 'CONTOSO\lyncadmin'
auth = "kerberos"
password_command = ["vault", "read", "lync"]

[hosts."SE01.contoso.com"]
address = "10.0.0.11"
winrm_port = 5986

[forwards]
"SE01.contoso.com:443" = "127.0.0.1:10443"

[sql.'SE01.contoso.com\rtc']
port = 1433
encrypt = "no"

[directory]
url = "ldaps://dc01.contoso.com"

[dhcp]
servers = ["dc01.contoso.com"]
inform = "10.0.0.5"

[[mounts]]
unc = '\\se01.contoso.com\LyncShare'
path = "/mnt/lync"

[restore]
media = 'E:\'

[limits]
probe_seconds = 4
"""


def written(folder: Path, text: str | bytes, name: str = "relync.toml") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_every_kind_of_key_becomes_a_typed_setting(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    read = load_settings(written(tmp_path, FULL), {})
    assert read.backup == tmp_path / "backups/2026-11-21"
    assert read.ca_file == tmp_path / "ca.pem"
    assert read.credentials == CredentialSettings(
        username="CONTOSO\\lyncadmin", auth=Auth.KERBEROS, password_command=("vault", "read", "lync")
    )
    assert read.hosts == {"se01.contoso.com": HostSettings(address="10.0.0.11")}
    assert read.endpoint("SE01.contoso.com", 443) == ("127.0.0.1", 10443)
    assert read.sql["se01.contoso.com\\rtc"] == SqlSettings(port=1433, encrypt=Encrypt.NO)
    assert read.mounts == (UncMount(unc="\\\\se01.contoso.com\\LyncShare", path=Path("/mnt/lync")),)
    assert read.restore.media == "E:\\"
    assert read.limits.probe_seconds == 4.0
    assert isinstance(read.limits.probe_seconds, float)


def test_without_a_file_the_defaults_hold() -> None:
    assert load_settings(None, {}) == Settings()


def test_the_environment_names_the_file_where_no_option_does(tmp_path: Path) -> None:
    named = written(tmp_path, 'target = "a.contoso.com"', "named.toml")
    given_file = written(tmp_path, 'target = "b.contoso.com"', "given.toml")
    environ = {"RELYNC_CONFIG": str(named)}
    assert load_settings(None, environ).target == "a.contoso.com"
    assert load_settings(given_file, environ).target == "b.contoso.com"


def test_a_byte_order_mark_of_notepad_is_no_obstacle(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, b'\xef\xbb\xbftarget = "a.contoso.com"'), {}).target == "a.contoso.com"


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('resolver = ["10.0.0.5"]', "resolver", 'Did you mean "resolvers"?'),
        ("[credential]\nusername = 'x'", "credential", 'Did you mean "credentials"?'),
        ("[credentials]\nuser = 'x'", "credentials.user", 'Did you mean "username"?'),
        ("[credentials]\npassword = 'x'", "credentials.password", "password_command"),
        ("[hosts.'se01.contoso.com']\nport = 1", 'hosts."se01.contoso.com".port', "winrm_port"),
        ("zzz = 1", "zzz", "Remove the key"),
        ("resolvers = '10.0.0.5'", "resolvers", "a list"),
        ("resolvers = [53]", "resolvers[0]", "text in quotes"),
        ("resolvers = ['dns.contoso.com']", "resolvers[0]", "an IP address"),
        ("resolvers = ['10.0.0.5:0']", "resolvers[0]", "an IP address"),
        ("[credentials]\nauth = 'kerberso'", "credentials.auth", 'Did you mean "kerberos"?'),
        ("[credentials]\nauth = 3", "credentials.auth", '"ntlm"'),
        ("credentials = 'x'", "credentials", "a table"),
        ("hosts = []", "hosts", "a table"),
        ("[hosts.a]\nwinrm_port = '5986'", "hosts.a.winrm_port", "a whole number"),
        ("[hosts.a]\nwinrm_port = true", "hosts.a.winrm_port", "a whole number"),
        ("[hosts.a]\nwinrm_port = 70000", "hosts.a.winrm_port", "a port from 1 to 65535"),
        ("[sql.a]\nport = -1", "sql.a.port", "a port from 0 to 65535"),
        ("[dhcp]\nclient_port = 0", "dhcp.client_port", "a port from 1 to 65535"),
        ("[forwards]\n'a.b' = '1.2.3.4:5'", 'forwards."a.b"', "a name with a port"),
        ("[forwards]\n'a.b:1' = '1.2.3.4'", 'forwards."a.b:1"', "an address with a port"),
        ("[limits]\nprobe_seconds = -1", "limits.probe_seconds", "not negative"),
        ("[limits]\nprobe_seconds = nan", "limits.probe_seconds", "a finite number"),
        ("[limits]\nprobe_seconds = '3'", "limits.probe_seconds", "a number"),
        ("[[mounts]]\nunc = 'C:\\LyncShare'\npath = '/x'", "mounts[0].unc", "a share"),
        ("[[mounts]]\nunc = '\\\\a\\b'\npath = ''", "mounts[0].path", "a path"),
        ("[directory]\nurl = 'dc01.contoso.com'", "directory.url", "ldaps://"),
        ("[directory]\nurl = 'ldaps://dc01:99999'", "directory.url", "ldaps://"),
        ("[restore]\nbackup_unc = 'D:\\b'", "restore.backup_unc", "a path such as"),
        ("ca_file = 'none.pem'", "ca_file", "a PEM file that exists"),
        ("[[mounts]]\nunc = '\\\\a\\b'", "mounts[0].path", "Add the key to mounts[0]"),
        ("[hosts.a]\n[hosts.A]", "hosts.A", "Remove one of the two"),
        ("backup = 2026-11-21", "backup", "a path in quotes"),
    ],
)
def test_what_cannot_be_used_is_refused_with_key_found_expected_and_advice(
    tmp_path: Path, text: str, key: str, said: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as raised:
        load_settings(file, {})
    error = raised.value
    assert error.file == file
    assert error.key == key
    assert said in str(error)
    assert str(file) in str(error)
    assert error.found
    assert error.expected
    assert error.do_next
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"target = ", "not TOML"),
        (b'target = "a"\ntarget = "b"', "not TOML"),
        ('target = "a"'.encode("utf-16"), "not UTF-8"),
        (b"\x00\x01", "not TOML"),
    ],
)
def test_a_file_that_is_no_document_is_refused_as_a_whole(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(written(tmp_path, content), {})


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_says_where_it_was_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="Correct --config"):
        load_settings(tmp_path / name, {})
    with pytest.raises(SettingsError, match="RELYNC_CONFIG"):
        load_settings(None, {"RELYNC_CONFIG": str(tmp_path / name)})


letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
filled = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
names = st.from_regex(r"[a-z][a-z0-9.\-\\ é\"]{0,12}", fullmatch=True)
paths = st.from_regex(r"/[a-zA-Z0-9 _.\"'\\]{1,12}", fullmatch=True).map(Path)
ports = st.integers(1, 65535)
addresses = st.ip_addresses(v=4).map(str)
numbers = st.floats(0, 1e6)
made = st.builds(
    Settings,
    backup=st.none() | paths,
    state=st.none() | paths,
    failure=letters,
    target=letters,
    credentials=st.builds(
        CredentialSettings,
        username=letters,
        auth=st.sampled_from(Auth),
        password_command=st.lists(letters, max_size=3).map(tuple),
    ),
    resolvers=st.lists(addresses, max_size=3).map(tuple),
    hosts=st.dictionaries(names, st.builds(HostSettings, address=letters, winrm_port=ports), max_size=3),
    forwards=st.dictionaries(
        st.builds(lambda port: f"h.contoso.com:{port}", ports),
        st.builds(lambda address, port: f"{address}:{port}", addresses, ports),
        max_size=3,
    ),
    sql=st.dictionaries(
        names,
        st.builds(SqlSettings, address=letters, port=ports, username=letters, encrypt=st.sampled_from(Encrypt)),
        max_size=3,
    ),
    directory=st.builds(DirectorySettings, url=st.just("ldaps://dc01.contoso.com:10636"), username=letters),
    dhcp=st.builds(DhcpSettings, servers=st.lists(letters, max_size=2).map(tuple), client_port=ports),
    mounts=st.lists(st.builds(UncMount, unc=filled.map(lambda s: f"\\\\a\\b{s}"), path=paths), max_size=3).map(tuple),
    restore=st.builds(RestoreSettings, media=letters, working_folder=letters),
    limits=st.builds(LimitSettings, backup_age_hours=numbers, certificate_days=numbers, probe_seconds=numbers),
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(made)
def test_dumped_settings_read_back_equal(tmp_path_factory: Any, original: Settings) -> None:
    folder = tmp_path_factory.mktemp("settings")
    assert load_settings(written(folder, dump_settings(original)), {}) == original


def test_dumped_defaults_are_an_empty_document() -> None:
    assert dump_settings(Settings()).strip() == ""
