"""DNS: the real collector and dig against the lab's server, and against servers that misbehave."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from app.facts import dns as dns_facts
from app.facts.dns import DnsAnswer, ServiceRecord
from app.facts.dns_asking import collect
from app.facts.fact import Reading
from app.lab.dns_server import DnsServer
from app.lab.ports import Behaviour
from app.settings import LimitSettings, Settings
from tests.network.fakes import Names, clock, known, reason

QUICK = Settings(limits=LimitSettings(probe_seconds=1.0))
PATIENT = Settings()


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def server(names: Names, served: Callable[[DnsServer], DnsServer]) -> str:
    address, port = served(DnsServer(names, "127.0.0.1", 0)).address
    return f"{address}:{port}"


def asked(server: str, name: str, record_type: str = "A", settings: Settings = PATIENT) -> Reading:
    request = dns_facts.answer(name, record_type, server)
    return collect([request], settings, None, clock)[request]


def answer(server: str, name: str, record_type: str = "A") -> DnsAnswer:
    value = known(asked(server, name, record_type))
    assert isinstance(value, DnsAnswer)
    return value


def test_an_address_record_is_read_with_its_authority(server: str) -> None:
    assert answer(server, "SE01.contoso.com.") == DnsAnswer(
        rcode="NOERROR", aliases=(), addresses=("192.0.2.11",), services=(), authoritative=True
    )


def test_an_ipv6_address_is_asked_for_by_its_own_type(server: str) -> None:
    assert answer(server, "se01.contoso.com", "AAAA").addresses == ("2001:db8::11",)


def test_several_addresses_come_sorted(server: str) -> None:
    assert answer(server, "two.contoso.com").addresses == ("192.0.2.21", "192.0.2.22")


def test_a_service_record_is_read_whole(server: str) -> None:
    assert answer(server, "_sipinternaltls._tcp.contoso.com", "SRV").services == (
        ServiceRecord(priority=0, weight=0, port=5061, target="se01.contoso.com"),
    )


def test_an_alias_chain_is_followed_and_told(server: str) -> None:
    found = answer(server, "meet.contoso.com")
    assert found.aliases == ("web.contoso.com", "se01.contoso.com")
    assert found.addresses == ("192.0.2.11",)


def test_a_name_that_does_not_exist_is_known_not_to(server: str) -> None:
    found = answer(server, "none.contoso.com")
    assert (found.rcode, found.addresses, found.authoritative) == ("NXDOMAIN", (), True)


def test_a_name_outside_the_zones_is_not_answered_with_authority(server: str) -> None:
    found = answer(server, "www.example.org")
    assert (found.rcode, found.authoritative) == ("NXDOMAIN", False)


def test_an_alias_to_a_name_that_is_gone_says_nxdomain_and_the_alias(server: str) -> None:
    found = answer(server, "lost.contoso.com")
    assert (found.rcode, found.aliases, found.addresses) == ("NXDOMAIN", ("gone.contoso.com",), ())


def test_a_name_without_that_type_is_an_empty_answer(server: str) -> None:
    found = answer(server, "dc01.contoso.com", "AAAA")
    assert (found.rcode, found.addresses) == ("NOERROR", ())


def test_an_answer_too_long_for_a_datagram_comes_over_tcp(server: str) -> None:
    assert len(answer(server, "many.contoso.com").addresses) == 119


def test_a_circle_of_aliases_is_unknown(server: str) -> None:
    assert "circle of aliases" in reason(asked(server, "loop.contoso.com"))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (Behaviour.BROKEN, "answered SERVFAIL"),
        (Behaviour.REFUSE, "answered REFUSED"),
        (Behaviour.SILENT, "did not answer the question for se01.contoso.com A within 1 s"),
        (Behaviour.DRIP, "did not answer the question for se01.contoso.com A within 1 s"),
    ],
)
def test_a_server_that_misbehaves_is_unknown_by_name_within_the_deadline(
    names: Names, server: str, how: Behaviour, said: str
) -> None:
    names.how = how
    started = time.monotonic()
    sentence = reason(asked(server, "se01.contoso.com", settings=QUICK))
    assert time.monotonic() - started < 2.0
    assert said in sentence
    assert server in sentence


def test_a_truncated_answer_whose_tcp_drips_is_unknown_within_the_deadline(names: Names, server: str) -> None:
    class Turning(Names):
        turn = 0

        def behaviour(self) -> Behaviour:
            return Behaviour.DRIP if self.asked else Behaviour.NORMAL

    turning = Turning()
    dripping = DnsServer(turning, "127.0.0.1", 0)
    try:
        started = time.monotonic()
        sentence = reason(asked("{}:{}".format(*dripping.address), "many.contoso.com", settings=QUICK))
        assert time.monotonic() - started < 2.0
        assert "within 1 s" in sentence
    finally:
        dripping.close()


def test_where_nobody_listens_the_sentence_comes_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    started = time.monotonic()
    sentence = reason(asked(f"127.0.0.1:{port}", "se01.contoso.com"))
    assert f"UDP port {port}" in sentence
    assert time.monotonic() - started < 0.8


@pytest.mark.parametrize("server", ["dns.contoso.com", "127.0.0.1:99999", ""])
def test_a_server_that_is_no_address_is_unknown(server: str) -> None:
    assert "cannot be asked" in reason(asked(server, "se01.contoso.com"))


@pytest.mark.parametrize("name", ["a" * 64 + ".contoso.com", "a..contoso.com"])
def test_a_name_that_is_none_is_unknown(server: str, name: str) -> None:
    assert "no DNS name" in reason(asked(server, name))


def test_a_dead_server_delays_no_question_to_a_living_one(names: Names, server: str) -> None:
    dead = Names(how=Behaviour.SILENT)
    silent = DnsServer(dead, "127.0.0.1", 0)
    try:
        quiet = "{}:{}".format(*silent.address)
        requests = [
            dns_facts.answer(f"h{number}.contoso.com", "A", where) for number in range(40) for where in (quiet, server)
        ]
        started = time.monotonic()
        readings = collect(requests, QUICK, None, clock)
        assert time.monotonic() - started < 2.0
        assert all(isinstance(known(readings[one]), DnsAnswer) for one in requests if one.argument("server") == server)
        assert all("within 1 s" in reason(readings[one]) for one in requests if one.argument("server") == quiet)
    finally:
        silent.close()


def test_noise_on_the_port_does_not_stop_the_server(server: str) -> None:
    address, _, port = server.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for noise in (b"", b"\0", b"\xff" * 40, bytes(11), b"\0\1\0\0\0\1" + bytes(6)):
            client.sendto(noise, (address, int(port)))
    with socket.create_connection((address, int(port))) as stream:
        stream.sendall(b"\xff\xffgarbage")
    assert answer(server, "se01.contoso.com").addresses == ("192.0.2.11",)


@pytest.fixture
def dig(server: str) -> Iterator[Callable[..., str]]:
    if shutil.which("dig") is None:
        pytest.skip("needs dig (Debian package bind9-dnsutils)")
    address, _, port = server.rpartition(":")

    def run(*arguments: str) -> str:
        command = ["dig", f"@{address}", "-p", port, "+tries=1", "+time=2", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout

    yield run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("se01.contoso.com",), ["status: NOERROR", "flags: qr aa rd ra", "192.0.2.11"]),
        (("contoso.com", "SOA"), ["dc01.contoso.com. hostmaster.contoso.com. 42"]),
        (("contoso.com", "ANY", "+notcp"), ["SOA", "NS", "TXT"]),
        (("meet.contoso.com",), ["CNAME", "web.contoso.com.", "192.0.2.11"]),
        (("meet.contoso.com", "CNAME"), ["web.contoso.com."]),
        (("_sipinternaltls._tcp.contoso.com", "SRV"), ["0 0 5061 se01.contoso.com.", "ADDITIONAL: 2"]),
        (("none.contoso.com",), ["status: NXDOMAIN", "SOA", "flags: qr aa"]),
        (("www.example.org",), ["status: NXDOMAIN", "flags: qr rd ra;"]),
        (("dc01.contoso.com", "MX"), ["status: NOERROR", "ANSWER: 0", "SOA"]),
        (("many.contoso.com", "+noedns"), ["Truncated, retrying in TCP mode", "ANSWER: 119"]),
        (("many.contoso.com", "+ignore", "+noedns"), ["flags: qr aa tc"]),
        (("se01.contoso.com", "+tcp"), ["(TCP)", "192.0.2.11"]),
        (("contoso.com", "AXFR"), ["Transfer failed"]),
        (("-c", "CH", "-t", "TXT", "version.bind"), ["status: REFUSED"]),
        (("wrong.contoso.com",), ["status: SERVFAIL"]),
        (("se01.contoso.com", "+opcode=notify"), ["NOTIMP"]),
        (("away.contoso.com",), ["status: NXDOMAIN", "www.example.org."]),
    ],
)
def test_dig_gets_sane_answers(dig: Callable[..., str], arguments: tuple[str, ...], said: list[str]) -> None:
    output = dig(*arguments)
    assert all(one in output for one in said), output
    assert "WARNING" not in output, output
