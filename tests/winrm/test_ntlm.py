"""The NTLM acceptor against an initiator of another hand (curl), and its accounts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import spnego
from spnego.channel_bindings import GssChannelBindings

from app.lab.ntlm import Accounts, Exchange, NotAuthenticated
from app.lab.winrm_server import WinRmServer
from tests.winrm.winrm_fakes import FQDN, FakeHost
from tests.winrm.winrm_raw import CREATE, SHELL_BODY, envelope

ACCOUNTS = Accounts(passwords={"CONTOSO\\lyncadmin": "Passw0rd!", "SE01\\lyncadmin": "local", "CONTOSO\\\u00e9va": "p"})
HASH = b"h" * 32
BOUND = GssChannelBindings(application_data=b"tls-server-end-point:" + HASH)


def exchanged(user: str, password: str, protocol: str = "ntlm", bindings: GssChannelBindings | None = None) -> Exchange:
    """Go through a whole exchange."""
    client = spnego.client(user, password, hostname=FQDN, service="http", protocol=protocol, channel_bindings=bindings)
    exchange = Exchange(ACCOUNTS, FQDN, HASH)
    token = client.step()
    while token:
        answer = exchange.step(token)
        token = client.step(answer) if answer and not client.complete else None
    return exchange


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
@pytest.mark.parametrize("bindings", [None, BOUND])
def test_the_right_password_is_let_in(protocol: str, bindings: GssChannelBindings | None) -> None:
    assert exchanged("CONTOSO\\lyncadmin", "Passw0rd!", protocol, bindings).account == "CONTOSO\\lyncadmin"
    assert exchanged("SE01\\LyncAdmin", "local", protocol, bindings).account == "SE01\\lyncadmin"
    assert exchanged("contoso\\\u00c9VA", "p", protocol).account == "CONTOSO\\\u00e9va"


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("CONTOSO\\lyncadmin", "passw0rd!"),
        ("CONTOSO\\lyncadmin", "local"),
        ("CONTOSO\\nobody", "p"),
        ("lyncadmin", "local"),
    ],
)
def test_everyone_else_is_not(protocol: str, user: str, password: str) -> None:
    with pytest.raises(NotAuthenticated):
        exchanged(user, password, protocol)


def test_bindings_of_another_connection_are_refused() -> None:
    with pytest.raises(NotAuthenticated):
        exchanged(
            "CONTOSO\\lyncadmin",
            "Passw0rd!",
            bindings=GssChannelBindings(application_data=b"tls-server-end-point:" + b"x" * 32),
        )


def test_a_message_whose_integrity_code_was_tampered_with_is_refused() -> None:
    client = spnego.client("CONTOSO\\lyncadmin", "Passw0rd!", hostname=FQDN, protocol="ntlm")
    exchange = Exchange(ACCOUNTS, FQDN, HASH)
    answer = bytearray(client.step(exchange.step(client.step() or b"")) or b"")
    answer[72] ^= 1
    with pytest.raises(NotAuthenticated):
        exchange.step(bytes(answer))


@pytest.mark.parametrize(
    "token", [b"", b"x", b"NTLMSSP\x00", b"NTLMSSP\x00\x01\x00\x00\x00", b"\x60\x01", b"NTLMSSP\x00\x03" + b"\xff" * 80]
)
def test_garbage_is_refused(token: bytes) -> None:
    exchange = Exchange(ACCOUNTS, FQDN, HASH)
    with pytest.raises(NotAuthenticated):
        exchange.step(token)
    assert exchange.account == ""


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("CONTOSO\\lyncadmin", "CONTOSO\\lyncadmin"),
        ("contoso.com\\LYNCADMIN", "CONTOSO\\lyncadmin"),
        ("lyncadmin@contoso.com", "CONTOSO\\lyncadmin"),
        ("lyncadmin@se01", "SE01\\lyncadmin"),
        ("\u00e9va", "CONTOSO\\\u00e9va"),
        ("lyncadmin", None),
        ("lyncadmin@fabrikam.com", None),
        ("", None),
    ],
)
def test_an_account_is_found_by_its_names_and_an_ambiguous_one_is_not(name: str, account: str | None) -> None:
    assert ACCOUNTS.named(name) == account


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl, whose NTLM is not that of pyspnego")
@pytest.mark.parametrize(("password", "status"), [("Passw0rd!", "200"), ("wrong", "401")])
@pytest.mark.parametrize("auth", ["--ntlm", "--basic"])
def test_curl_is_judged_rightly(
    server: WinRmServer, host: FakeHost, ca: Path, auth: str, password: str, status: str
) -> None:
    version = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout
    if auth == "--ntlm" and "NTLM" not in version:
        pytest.skip("this curl was built without NTLM")
    host.passwords = {"CONTOSO\\lyncadmin": "Passw0rd!"}
    port = server.address[1]
    told = subprocess.run(
        [
            *("curl", "-sS", auth, "-u", f"CONTOSO\\lyncadmin:{password}", "--cacert", str(ca), "--noproxy", "*"),
            *("-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/soap+xml;charset=UTF-8"),
            *(
                "-d",
                envelope(CREATE, SHELL_BODY),
                "--resolve",
                f"{FQDN}:{port}:127.0.0.1",
                f"https://{FQDN}:{port}/wsman",
            ),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert told.stdout == status
    assert server.shells == (status == "200")
