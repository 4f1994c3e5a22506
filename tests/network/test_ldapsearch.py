"""The lab's LDAP server as OpenLDAP's own client, and clients that mean no good, find it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from app.lab import ber
from app.lab.authority import Authority
from app.lab.directory_server import DirectoryServer
from app.lab.ports import Behaviour, Certificate
from tests.network.directory_entries import BASE, CONFIGURATION, computer, forest, group
from tests.network.fakes import Directory

BOUND = ("-D", "CONTOSO\\lyncadmin", "-w", "Passw0rd.Lab1")


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue("dc01.contoso.com", ["dc01.contoso.com", "localhost", "127.0.0.1"])


@pytest.fixture
def data() -> Directory:
    return Directory(forest())


@pytest.fixture
def secure(
    data: Directory, certificate: Certificate, served: Callable[[DirectoryServer], DirectoryServer]
) -> DirectoryServer:
    return served(DirectoryServer(data, "127.0.0.1", 0, certificate))


@pytest.fixture
def plain(
    data: Directory, certificate: Certificate, served: Callable[[DirectoryServer], DirectoryServer]
) -> DirectoryServer:
    return served(DirectoryServer(data, "127.0.0.1", 0, None, start_tls=certificate))


@pytest.fixture
def tool(authority: Authority, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    if shutil.which("ldapsearch") is None:
        pytest.skip("needs ldapsearch and its siblings (Debian package ldap-utils)")
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.root_pem)

    def run(name: str, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [name, "-x", "-H", url, "-N", *arguments]
        environ = {**os.environ, "LDAPTLS_CACERT": str(ca_file)}
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, env=environ)

    return run


Tool = Callable[..., "subprocess.CompletedProcess[str]"]


def url(server: DirectoryServer, scheme: str = "ldap") -> str:
    return f"{scheme}://127.0.0.1:{server.address[1]}"


def names(output: str) -> list[str]:
    return sorted(line[4:] for line in output.splitlines() if line.startswith("cn: "))


def test_ldapsearch_reads_over_ldaps_with_a_verified_chain(tool: Tool, secure: DirectoryServer) -> None:
    done = tool("ldapsearch", url(secure, "ldaps"), *BOUND, "-b", BASE, "(cn=se01)", "dNSHostName", "objectSid")
    assert done.returncode == 0, done.stderr
    assert "dNSHostName: se01.contoso.com" in done.stdout
    assert "objectSid:: AQUAAAAAAAUVAAAA" in done.stdout
    assert "whenCreated" not in done.stdout


def test_ldapsearch_reads_after_start_tls(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), "-ZZ", *BOUND, "-b", BASE, "(cn=se01)", "cn")
    assert done.returncode == 0, done.stderr
    assert names(done.stdout) == ["se01"]


def test_anybody_may_read_the_root(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), "-b", "", "-s", "base", "+", "*")
    assert f"defaultNamingContext: {BASE}" in done.stdout
    assert "currentTime: 20261122183000.0Z" in done.stdout
    assert "supportedControl: 1.2.840.113556.1.4.319" in done.stdout


def test_a_stranger_sees_nothing_else(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), "-b", BASE)
    assert done.returncode == 1
    assert "successful bind must be completed" in done.stdout + done.stderr


def test_a_wrong_password_is_refused_in_active_directorys_words(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), "-D", "CONTOSO\\lyncadmin", "-w", "wrong", "-b", BASE)
    assert done.returncode == 49
    assert "data 52e" in done.stderr


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("(cn=SE01)", ["se01"]),
        ("(cn=se0*)", ["se01", "se02"]),
        ("(cn=*admin*)", ["CSAdministrator", "RTCUniversalServerAdmins"]),
        ("(cn=RTC*Server*Admins)", ["RTCUniversalServerAdmins"]),
        ("(cn=*01)", ["se01"]),
        ("(&(objectClass=computer)(!(cn=se01)))", ["old", "se02"]),
        ("(|(cn=se01)(cn=old))", ["old", "se01"]),
        ("(&(objectClass=computer)(userAccountControl:1.2.840.113556.1.4.803:=2))", ["old"]),
        ("(&(objectClass=computer)(userAccountControl:1.2.840.113556.1.4.804:=4098))", ["old", "se01", "se02"]),
        ("(groupType:1.2.840.113556.1.4.803:=2147483648)", sorted(["RTCHSUniversalServices", "RTCUniversalServerAdmins",
          "RTCUniversalGlobalWriteGroup", "CSAdministrator", "Printers"])),
        ("(&(objectClass=group)(member=*))", ["RTCHSUniversalServices"]),
        (f"(memberOf=cn=rtchsuniversalservices, cn=users,{BASE.lower()})", ["old", "se01", "se02"]),
        (f"(memberOf:1.2.840.113556.1.4.1941:=CN=RTCUniversalGlobalWriteGroup,CN=Users,{BASE})",
         ["RTCUniversalServerAdmins"]),
        ("(&(objectCategory=computer)(userAccountControl>=4097))", ["old"]),
        ("(&(objectCategory=computer)(userAccountControl<=4096))", ["se01", "se02"]),
        ("(cn~=se02)", ["se02"]),
        ("(cn:=se02)", ["se02"]),
        ("(objectSid=\\01\\05)", []),
        ("(cn:1.2.3:=se02)", []),
    ],
)  # fmt: skip
def test_filters_select_as_active_directory_does(
    tool: Tool, plain: DirectoryServer, selection: str, expected: list[str]
) -> None:
    done = tool("ldapsearch", url(plain), *BOUND, "-b", BASE, selection, "cn")
    assert done.returncode == 0, done.stderr
    assert names(done.stdout) == expected


@pytest.mark.parametrize(("scope", "count"), [("base", 1), ("one", 5), ("sub", 6)])
def test_scopes_reach_as_far_as_they_should(tool: Tool, plain: DirectoryServer, scope: str, count: int) -> None:
    done = tool("ldapsearch", url(plain), *BOUND, "-b", f"cn=users, {BASE}", "-s", scope, "(objectClass=*)", "1.1")
    assert sum(line.startswith("dn:") for line in done.stdout.splitlines()) == count


def test_a_base_that_does_not_exist_names_its_nearest_ancestor(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), *BOUND, "-b", f"CN=x,CN=Services,{CONFIGURATION}")
    assert done.returncode == 32
    assert f"matchedDN: {CONFIGURATION}".lower() in (done.stdout + done.stderr).lower().replace(
        "matched dn", "matcheddn"
    )


def test_pages_add_up(tool: Tool, plain: DirectoryServer, data: Directory) -> None:
    data.listed += [group(f"g{number:04d}") for number in range(1100)]
    done = tool("ldapsearch", url(plain), *BOUND, "-E", "pr=300/noprompt", "-b", BASE, "(cn=g*)", "cn")
    assert len(names(done.stdout)) == 1100
    unpaged = tool("ldapsearch", url(plain), *BOUND, "-b", BASE, "(cn=g*)", "cn")
    assert unpaged.returncode == 4
    assert len(names(unpaged.stdout)) == 1000


def test_a_size_limit_is_kept(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), *BOUND, "-z", "2", "-b", BASE, "(objectClass=group)", "cn")
    assert done.returncode == 4
    assert len(names(done.stdout)) == 2


def test_names_alone_come_without_values(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), *BOUND, "-A", "-b", BASE, "(cn=se01)", "cn")
    assert "cn:\n" in done.stdout


def test_a_critical_control_nobody_knows_is_refused(tool: Tool, plain: DirectoryServer) -> None:
    done = tool("ldapsearch", url(plain), *BOUND, "-e", "!1.2.3.4", "-b", BASE)
    assert done.returncode == 12


def test_compare_and_who_am_i_are_answered(tool: Tool, plain: DirectoryServer) -> None:
    dn = computer("se01")[0]
    assert tool("ldapcompare", url(plain), *BOUND, dn, "cn:SE01").returncode == 6
    assert tool("ldapcompare", url(plain), *BOUND, dn, "cn:se02").returncode == 5
    assert "u:CONTOSO\\lyncadmin" in tool("ldapwhoami", url(plain), *BOUND).stdout


def test_nothing_can_be_changed(tool: Tool, plain: DirectoryServer) -> None:
    assert tool("ldapdelete", url(plain), *BOUND, computer("se01")[0]).returncode == 50


def test_a_broken_directory_says_that_it_is_unavailable(tool: Tool, plain: DirectoryServer, data: Directory) -> None:
    data.how = Behaviour.BROKEN
    assert tool("ldapsearch", url(plain), *BOUND, "-b", BASE).returncode == 52


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"\x30",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80\x00\x00",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x05\x02\x01\x01\x7f\x00",
        ber.encoded(ber.SEQUENCE, ber.integer(1), b"\x63\x7f" + b"\xa0\x02" * 63 + b"\x87"),
        ber.encoded(ber.SEQUENCE, ber.integer(1), ber.encoded(0x60, ber.integer(3), ber.octets(b"\xff\xfe"), b"\x80\x00")),
        ber.encoded(ber.SEQUENCE, ber.octets(b""), ber.encoded(0x63)),
        bytes(range(256)),
    ],
)  # fmt: skip
def test_nonsense_ends_its_own_connection_alone(plain: DirectoryServer, noise: bytes) -> None:
    # A server that closes with unread bytes resets the connection.
    with suppress(OSError), socket.create_connection(plain.address, timeout=5) as client:
        client.sendall(noise)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
    with socket.create_connection(plain.address, timeout=5) as client:
        request = ber.encoded(0x60, ber.integer(3), ber.octets(""), ber.octets("", 0x80))
        client.sendall(ber.encoded(ber.SEQUENCE, ber.integer(7), request))
        assert client.recv(4096) == bytes.fromhex("30 0c 02 01 07 61 07 0a 01 00 04 00 04 00")
