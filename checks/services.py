"""The Windows services of the product: the expected ones running, or all of them stopped."""

from __future__ import annotations

from app.facts.host import SERVICES, Services
from app.facts.lync import LYNC_SERVICES, LyncServices
from checks.asking import about_target, known
from checks.check import Check, Question, Scope
from checks.expected import services_of
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.words import counted, listed

_RUNNING, _STOPPED = "Running", "Stopped"
_NOT_THE_PRODUCTS = ("W3SVC", "FABRICHOSTSVC", "MSSQL")
"""Listed by the product on some builds, and none of those that hold user data: they may go on while an import runs."""


def _running(scope: Scope) -> tuple[Question, ...]:
    expected = services_of(scope)
    windows, product = SERVICES.about(scope.target), LYNC_SERVICES.about(scope.target)
    return about_target(
        scope,
        windows,
        expected=f"{listed(expected)} are Running",
        also=(product,),
        judge=lambda readings: _judge_running(readings[windows], known(readings, product), expected),
    )


def _judge_running(windows: Services, product: LyncServices | None, expected: tuple[str, ...]) -> Verdict:
    missing = [name for name in expected if windows.status(name) is None]
    resting = [f"{name} is {status}" for name in expected if (status := windows.status(name)) not in (None, _RUNNING)]
    if missing or resting:
        told = ([f"not installed: {listed(missing)}"] if missing else []) + resting
        return failed("; ".join(told), _REMEDY_MISSING if missing else "")
    named = {name.lower() for name in expected}
    others = [
        f"{one.name} is {one.status}" for one in (product.services if product else ()) if one.name.lower() not in named
    ]
    idle = [one for one in others if not one.endswith(f" {_RUNNING}")]
    if idle:
        return warned(f"all {counted(len(expected), 'service')} run; beyond them {listed(idle)}")
    return passed(f"all {counted(len(expected), 'service')} are Running")


def _stopped(scope: Scope) -> tuple[Question, ...]:
    expected = services_of(scope)
    product, windows = LYNC_SERVICES.about(scope.target), SERVICES.about(scope.target)
    return about_target(
        scope,
        product,
        windows,
        expected="every service of the product that Get-CsWindowsService lists, or the topology implies, is Stopped",
        basis="Hh202190 step 6",
        judge=lambda readings: _judge_stopped(readings[product], readings[windows], expected),
    )


def _judge_stopped(product: LyncServices, windows: Services, expected: tuple[str, ...]) -> Verdict:
    own = [one for one in product.services if not one.name.upper().startswith(_NOT_THE_PRODUCTS)]
    if not own:
        return unknown("Get-CsWindowsService listed no service of the product at all")
    live = {one.name.upper(): windows.status(one.name) or one.status for one in own}
    for name in expected:
        status = windows.status(name)
        if status is not None and not name.upper().startswith(_NOT_THE_PRODUCTS):
            live[name.upper()] = status
    awake = [f"{name} is {status}" for name, status in live.items() if status != _STOPPED]
    return failed(listed(awake)) if awake else passed(f"all {counted(len(live), 'service')} are Stopped")


_REMEDY_MISSING = (
    "A service that is not installed cannot be started: run the setup of the components again (Bootstrapper.exe"
    " /SourceDirectory:<media>\\Setup\\amd64), then Start-CsWindowsService."
)

CHECKS = (
    Check(
        id="services.running",
        title="the server's services are running",
        why="Starting them is best effort: it can report success while one of them is not running.",
        remedy=(
            "Run Start-CsWindowsService and look at the Lync Server event log for the service that does not start. A"
            " Front-End service that stays in StartPending usually lacks a certificate, DNS or the other servers of its pool."
        ),
        sources=("S-01", "S-03", "Gg413059", "Gg398561"),
        ask=_running,
    ),
    Check(
        id="services.stopped",
        title="the server's services are stopped",
        why="A service that runs during the import writes its own state over the imported data.",
        remedy="Run Stop-CsWindowsService on the server; one that stays in StopPending: Stop-CsWindowsService -Name <name>.",
        sources=("Hh202190 step 6", "procedures 0.4"),
        ask=_stopped,
    ),
)
