"""A wave: every question once, everything at the same time, never later than the slowest deadline and a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from app.facts import dhcp, directory, dns, file_store, host, tls
from app.facts.deadline import Finished, Raised, TimedOut, within
from app.facts.fact import Known, Reading, Request, Via
from app.facts.gather import Gatherer, Progress
from app.settings import LimitSettings, Settings
from tests.network.fakes import clock, known, reason

NOW = clock()


def quick(probe_seconds: float = 0.5) -> Settings:
    return Settings(limits=LimitSettings(probe_seconds=probe_seconds))


def answered(requests: Sequence[Request[Any]]) -> Mapping[Request[Any], Reading]:
    return {one: Known(value=one.subject, at=NOW) for one in requests}


class Hosts:
    """A collector of hosts that notes what it was asked; hosts called ``dead`` never answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Request[Any], ...]]] = []
        self.release = threading.Event()

    def __call__(
        self, name: str, requests: Sequence[Request[Any]], connections: object, now: object
    ) -> Mapping[Request[Any], Reading]:
        self.asked.append((name, tuple(requests)))
        if name.startswith("dead"):
            self.release.wait(30)
        if name.startswith("broken"):
            raise RuntimeError("out of cheese")
        if name.startswith("forgetful"):
            return {}
        return answered(requests)


@pytest.fixture
def hosts() -> Hosts:
    return Hosts()


def gatherer(hosts: Hosts, settings: Settings | None = None, **more: Any) -> Gatherer:
    return Gatherer(settings or quick(), None, str, clock, hosts=hosts, **more)


def test_each_host_gets_one_batch_with_all_its_questions_once(hosts: Hosts) -> None:
    first, second = host.IDENTITY.about("a.contoso.com"), host.SERVICES.about("A.contoso.com")
    other = host.IDENTITY.about("b.contoso.com")
    made = gatherer(hosts)
    readings = made.gather([first, other, second, first])
    assert sorted(hosts.asked) == [("a.contoso.com", (first, second)), ("b.contoso.com", (other,))]
    assert list(readings) == [first, other, second]
    assert made.batches == {"a.contoso.com": 1, "b.contoso.com": 1}
    made.gather([first])
    assert made.batches == {"a.contoso.com": 2, "b.contoso.com": 1}
    assert made.waves == 2


def test_a_dead_host_delays_no_other_and_the_wave_ends_in_time(hosts: Hosts) -> None:
    dead = host.IDENTITY.about("dead.contoso.com")
    living = [host.IDENTITY.about(f"h{number}.contoso.com") for number in range(30)]
    started = time.monotonic()
    readings = gatherer(hosts).gather([dead, *living])
    elapsed = time.monotonic() - started
    hosts.release.set()
    assert elapsed < 1.5
    assert reason(readings.reading(dead)) == "dead.contoso.com: no answer within 0.5 s"
    assert all(known(readings.reading(one)) for one in living)


def test_thirty_slow_hosts_take_as_long_as_one(hosts: Hosts) -> None:
    def slow(name: str, requests: Sequence[Request[Any]], connections: object, now: object) -> Any:
        time.sleep(0.3)  # a PowerShell start
        return answered(requests)

    made = Gatherer(quick(5.0), None, str, clock, hosts=slow)
    started = time.monotonic()
    made.gather([host.IDENTITY.about(f"h{number}.contoso.com") for number in range(30)])
    assert time.monotonic() - started < 0.3 * 1.3 + 0.1


@pytest.mark.parametrize(
    ("name", "said"), [("broken", "RuntimeError: out of cheese"), ("forgetful", "left this question out")]
)
def test_a_collector_that_fails_makes_its_own_questions_unknown(hosts: Hosts, name: str, said: str) -> None:
    failing, fine = host.IDENTITY.about(f"{name}.contoso.com"), host.IDENTITY.about("fine.contoso.com")
    readings = gatherer(hosts).gather([failing, fine])
    assert said in reason(readings.reading(failing))
    assert known(readings.reading(fine))


def test_every_protocol_has_a_lane_and_the_password_it_needs(hosts: Hosts) -> None:
    seen: dict[Via, object] = {}

    def collector(via: Via) -> Any:
        def collect(requests: Sequence[Request[Any]], settings: Settings, password: object, now: object) -> Any:
            seen[via] = password
            return answered(requests)

        return collect

    requests = [
        dns.answer("a.contoso.com", "A", "10.0.0.5"),
        directory.STATE.about("contoso.com"),
        tls.PEER.about("a.contoso.com", port=5061),
        dhcp.INFORM.about("10.0.0.5"),
        file_store.STORE.about("\\\\a\\b"),
        host.IDENTITY.about("a.contoso.com"),
    ]
    collectors = {via: collector(via) for via in Via if via is not Via.POWERSHELL}
    readings = gatherer(hosts, collectors=collectors).gather(requests)
    assert all(known(readings.reading(one)) for one in requests)
    assert set(seen) == {Via.DNS, Via.DIRECTORY, Via.TLS, Via.DHCP, Via.FILES}


def test_the_products_own_collectors_answer_where_nothing_is_configured() -> None:
    requests = [
        directory.STATE.about("contoso.com"),
        dns.answer("a.contoso.com", "A", "no-address"),
        dhcp.INFORM.about("no-address"),
        file_store.STORE.about("\\\\nowhere.invalid\\share"),
        tls.PEER.about("nowhere.invalid", port=5061),
    ]
    readings = Gatherer(quick(3.0), None, str, clock).gather(requests)
    assert all(reason(readings.reading(one)) for one in requests)


def test_progress_is_told_in_the_calling_thread_lane_by_lane(hosts: Hosts) -> None:
    told: list[tuple[Progress, str]] = []
    gatherer(hosts).gather(
        [host.IDENTITY.about(f"h{number}.contoso.com") for number in range(3)],
        lambda progress: told.append((progress, threading.current_thread().name)),
    )
    assert [(one.ended, one.lanes) for one, _ in told] == [(1, 3), (2, 3), (3, 3)]
    assert {one.lane for one, _ in told} == {"h0.contoso.com", "h1.contoso.com", "h2.contoso.com"}
    assert {name for _, name in told} == {threading.current_thread().name}


def test_nothing_asked_is_nothing_gathered(hosts: Hosts) -> None:
    assert list(gatherer(hosts).gather([])) == []


def test_waves_may_overlap(hosts: Hosts) -> None:
    made = gatherer(hosts)
    request = host.IDENTITY.about("a.contoso.com")
    threads = [threading.Thread(target=made.gather, args=([request],)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.batches == {"a.contoso.com": 10}


def test_a_deadline_tells_how_the_work_ended() -> None:
    assert isinstance(within(1, lambda: 3), Finished)
    raised = within(1, lambda: 1 // 0)
    assert isinstance(raised, Raised)
    assert isinstance(raised.error, ZeroDivisionError)


def test_a_deadline_abandons_and_takes_the_ground_away_whatever_that_raises() -> None:
    release = threading.Event()

    def abandon() -> None:
        release.set()
        raise OSError("already gone")

    started = time.monotonic()
    assert within(0.1, lambda: release.wait(30), abandon=abandon) == TimedOut(seconds=0.1)
    assert time.monotonic() - started < 1.0
    assert release.is_set()


def test_an_abandoned_thread_does_not_keep_the_program_alive(hosts: Hosts) -> None:
    gatherer(hosts).gather([host.IDENTITY.about("dead.contoso.com")])
    left = [one for one in threading.enumerate() if one.name == "gather dead.contoso.com"]
    assert left
    assert all(one.daemon for one in left)
    hosts.release.set()


def test_readings_carry_the_clock_they_are_given(hosts: Hosts) -> None:
    fixed = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    made = Gatherer(quick(), None, str, lambda: fixed, hosts=hosts)
    reading = made.gather([host.IDENTITY.about("broken.contoso.com")]).reading(
        host.IDENTITY.about("broken.contoso.com")
    )
    assert reading is not None
    assert reading.at == fixed
