"""DHCP options 120 and 43: where phones that know nobody yet sign in, byte by byte, at every level that may win."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.deployment.phone_options import IDENTIFIER, decode_option_43, decode_option_120
from app.deployment.requirements import PhoneOptions, phone_options
from app.facts.dhcp import INFORM, DhcpReply
from app.facts.dhcp_server import DHCP_SERVER, DhcpServerView, OptionValue
from checks.check import Check, NotApplicable, Question, Scope
from checks.finding import Gate, Status, Verdict, failed, passed
from checks.words import listed, same

_SIP_SERVER = 120
_SUB_OPTIONS = range(1, 6)
_Wanted = Callable[[PhoneOptions], tuple[str, ...]]
_Problems = Callable[[bytes, PhoneOptions], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """How one option is read out of each view."""

    name: str
    wanted: _Wanted
    of_level: Callable[[DhcpServerView, tuple[OptionValue, ...]], bytes]
    of_reply: Callable[[DhcpReply], bytes]
    wrong: _Problems


def _questions(scope: Scope, option: _Option) -> tuple[Question, ...] | NotApplicable:
    options = phone_options(scope.topology, scope.pool)
    if options is None:
        return NotApplicable(why=f"no phone signs in at {scope.pool.fqdn}")
    servers = tuple(_server_question(scope, one.lower(), option, options) for one in scope.settings.dhcp.servers)
    inform = scope.settings.dhcp.inform
    clients = (_client_question(scope, inform, option, options),) if inform else ()
    return (*servers, *clients) or NotApplicable(why="the settings name no DHCP server (dhcp.servers, dhcp.inform)")


def _server_question(scope: Scope, server: str, option: _Option, options: PhoneOptions) -> Question:
    request = DHCP_SERVER.about(server)
    return Question(
        subject=f"{option.name} at {server}",
        expected=f"at every level where it is set: {listed(option.wanted(options))}",
        basis=f"{scope.topology_basis}: {options.basis}",
        needs=(request,),
        judge=lambda readings: _judge_view(readings[request], option, options),
    )


def _client_question(scope: Scope, where: str, option: _Option, options: PhoneOptions) -> Question:
    request = INFORM.about(where)
    return Question(
        subject=f"{option.name} as a phone is told by {where}",
        expected=f"{listed(option.wanted(options))}",
        basis=f"{scope.topology_basis}: {options.basis}",
        needs=(request,),
        judge=lambda readings: _judge_reply(readings[request], option, options),
    )


def _judge_view(view: DhcpServerView, option: _Option, options: PhoneOptions) -> Verdict:
    if not _phones_are_served(view):
        return Verdict(
            status=Status.NOT_APPLICABLE, found="neither option 120 nor option 43 for phones is set at any level"
        )
    set_at = {level: data for level, values in _levels(view) if (data := option.of_level(view, values))}
    if not set_at:
        return failed("it is set at no level, although the other one is")
    wrong = [f"{level}: {said}" for level, data in set_at.items() if (said := option.wrong(data, options))]
    if wrong:
        return failed("; ".join(wrong))
    return passed(f"right at {listed(set_at)}")


def _judge_reply(reply: DhcpReply, option: _Option, options: PhoneOptions) -> Verdict:
    if not reply.option_120 and not reply.option_43:
        return Verdict(status=Status.NOT_APPLICABLE, found=f"{reply.server} tells phones neither option")
    data = option.of_reply(reply)
    if not data:
        return failed(f"{reply.server} tells phones the other option, but not this one")
    wrong = option.wrong(data, options)
    return failed(f"{reply.server}: {wrong}") if wrong else passed(f"{reply.server} tells phones the right value")


def _phones_are_served(view: DhcpServerView) -> bool:
    return any(_sip_data(view, values) or _web_data(view, values) for _, values in _levels(view))


def _levels(view: DhcpServerView) -> Iterator[tuple[str, tuple[OptionValue, ...]]]:
    yield "server level", view.options
    for scope in view.scopes:
        yield f"scope {scope.scope_id}", scope.options
        for reservation in scope.reservations:
            yield f"reservation {reservation.address}", reservation.options


def _sip_data(_view: DhcpServerView, values: tuple[OptionValue, ...]) -> bytes:
    found = next((one for one in values if one.option == _SIP_SERVER and not one.vendor_class), None)
    return _bytes_of(found.values) if found else b""


def _web_data(view: DhcpServerView, values: tuple[OptionValue, ...]) -> bytes:
    """Return option 43 as the server would put it together from the sub-options of the phones' vendor class."""
    classes = {one.name.lower() for one in view.vendor_classes if one.data == IDENTIFIER}
    own = {one.option: _bytes_of(one.values) for one in values if one.vendor_class.lower() in classes}
    parts = [bytes([code, len(own[code])]) + own[code] for code in _SUB_OPTIONS if code in own and len(own[code]) < 256]
    return b"".join(parts)


def _bytes_of(values: Iterable[str]) -> bytes:
    """Return the bytes behind what the cmdlet prints: one hex byte a value for a Binary option, else the text."""
    printed = list(values)
    if printed and all(one.lower().startswith("0x") for one in printed):
        try:
            return bytes(int(one, 16) for one in printed)
        except ValueError:
            pass
    return "".join(printed).encode("ascii", "replace")


def _wrong_sip(data: bytes, options: PhoneOptions) -> str:
    found = decode_option_120(data)
    if found.problems:
        return f"{data.hex().upper()}: {listed(found.problems)}"
    strange = [one for one in found.servers if not any(same(one, wanted) for wanted in options.sip_servers)]
    return f"it names {listed(strange)}" if strange else ""


def _wrong_web(data: bytes, options: PhoneOptions) -> str:
    found = decode_option_43(data)
    if found.problems:
        return f"{found.server or data.hex().upper()}: {listed(found.problems)}"
    if not any(same(found.server, wanted) for wanted in options.web_servers):
        return f"it names {found.server}"
    return ""


_SIP = _Option(
    name="option 120",
    wanted=lambda options: options.sip_servers,
    of_level=_sip_data,
    of_reply=lambda reply: reply.option_120,
    wrong=_wrong_sip,
)
_WEB = _Option(
    name="option 43",
    wanted=lambda options: options.web_servers,
    of_level=_web_data,
    of_reply=lambda reply: reply.option_43,
    wrong=_wrong_web,
)
_WHY = "Phones that have never signed in find their server and its certificate by these options alone."
_REMEDY = (
    "DHCPUtil.exe -SipServer <pool> -WebServer <internal web services FQDN> prints the right values; DHCPConfigScript.bat"
    " sets them at server level. Then remove or correct the value at any scope or reservation that overrides them."
)

PHONE_CHECKS = (
    Check(
        id="dhcp.phone-option-120",
        title="DHCP option 120 names a pool that phones can sign in to",
        why=_WHY,
        remedy=_REMEDY,
        sources=("H-02", "H-07", "H-08", "H-09"),
        ask=lambda scope: _questions(scope, _SIP),
        gate=Gate.ADVISORY,
    ),
    Check(
        id="dhcp.phone-option-43",
        title="DHCP option 43 names the web services that give phones their certificate",
        why=_WHY,
        remedy=_REMEDY,
        sources=("H-03", "H-04", "H-06", "H-07", "H-08", "H-09"),
        ask=lambda scope: _questions(scope, _WEB),
        gate=Gate.ADVISORY,
    ),
)
