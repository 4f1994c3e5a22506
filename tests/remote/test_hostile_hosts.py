"""Hosts that refuse, lie, stall or break off: every one ends in a sentence, and none outlasts the deadline."""

from __future__ import annotations

import socket
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from app.lab.authority import Authority, KeyKind
from app.remote.errors import AccessDenied, Interrupted, NotTrusted, RemoteError, TimedOut, Unreachable, Unreadable
from app.remote.session import Fragment
from app.remote.winrm import WinRmSession
from app.settings import Auth
from tests.remote.kit import ACCOUNT, FQDN, PASSWORD, Listener, line, server_context, settings_for, until
from tests.remote.scripted import Scripted, envelope, fault, http, output

ONE = (Fragment(id="f1", script="host/identity.ps1"),)
TWO = (*ONE, Fragment(id="f2", script="host/operator.ps1"))
GOOD = line({"id": "f1", "ok": True, "value": {"a": 1}, "seconds": 0.1})
END = line({"end": True})
SLACK = 0.8
"""Seconds beyond a deadline that two busy cores may take."""

Sessions = Callable[..., WinRmSession]
Listening = Callable[..., Listener]


def failure(session: WinRmSession, seconds: float = 5.0) -> RemoteError:
    """Return how a batch fails; it must fail within its deadline."""
    started = time.monotonic()
    with pytest.raises(RemoteError) as caught:
        session.run(ONE, seconds=seconds)
    assert time.monotonic() - started < seconds + SLACK
    return caught.value


def dripping(connection: socket.socket) -> None:
    """Send one byte a tenth of a second, for ever."""
    pace = threading.Event()
    while not pace.wait(0.1):
        connection.sendall(b"H")


def test_a_closed_port_is_unreachable_at_once(session: Sessions) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = failure(session(port))
    assert isinstance(error, Unreachable)
    assert f"{FQDN} (127.0.0.1:{port}) refuses the connection" in str(error)


def test_a_host_that_accepts_and_says_nothing_ends_at_the_deadline(session: Sessions, listening: Listening) -> None:
    server = listening(lambda connection: connection.recv(1 << 20) and threading.Event().wait(30))
    error = failure(session(server.port), 0.7)
    assert isinstance(error, TimedOut)
    assert "0.7 s" in str(error)
    assert FQDN in str(error)


def test_a_host_that_drips_during_the_handshake_ends_at_the_deadline(session: Sessions, listening: Listening) -> None:
    ended = []

    def serve(connection: socket.socket) -> None:
        connection.sendall(b"\x16\x03\x03\x40\x00")  # a handshake record of 16 KiB that comes byte by byte
        try:
            dripping(connection)
        except OSError:
            ended.append(True)

    error = failure(session(listening(serve).port), 0.7)
    assert isinstance(error, TimedOut)
    assert until(lambda: ended), "the connection was left open"


def test_a_host_that_drips_its_answer_ends_at_the_deadline(session: Sessions, scripted: Scripted) -> None:
    scripted.rude["Create"] = dripping
    assert isinstance(failure(session(scripted.port), 0.7), TimedOut)


def test_a_command_that_never_says_anything_ends_at_the_deadline_and_is_stopped(
    session: Sessions, scripted: Scripted
) -> None:
    error = failure(session(scripted.port), 0.7)
    assert isinstance(error, TimedOut)
    assert "may still be under way" in str(error)
    assert until(lambda: scripted.asked.actions[-2:] == ["Signal", "Delete"]), scripted.asked.actions


def test_endless_operation_timeouts_end_at_the_deadline(session: Sessions, scripted: Scripted) -> None:
    scripted.receives = [fault(2150858793, "operation timed out")] * 100_000
    assert isinstance(failure(session(scripted.port), 0.7), TimedOut)
    assert scripted.asked.actions.count("Receive") > 1


def test_what_was_answered_before_the_deadline_counts(session: Sessions, scripted: Scripted) -> None:
    scripted.receives = [output(GOOD)]
    answers = session(scripted.port).run(TWO, seconds=0.7)
    assert answers["f1"].value == b'{"a": 1}'
    assert not answers["f2"].answered
    assert "within 0.7 s" in answers["f2"].error


def test_a_broken_connection_leaves_the_command_in_doubt(session: Sessions, scripted: Scripted) -> None:
    scripted.rude["Receive"] = lambda connection: connection.shutdown(socket.SHUT_RDWR)
    error = failure(session(scripted.port))
    assert isinstance(error, Interrupted)
    assert "not known" in str(error)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http(b"", "401 Unauthorized"), "refused the sign-in"),
        (http(b"", "403 Forbidden"), "HTTP 403"),
        (http(b"", "404 Not Found"), "not a WinRM service"),
        (http(fault(5, "Access is denied."), "500 Internal Server Error"), "access denied"),
        (http(fault(2150859174, "too many"), "500 Internal Server Error"), "quota"),
    ],
)
def test_a_refusal_half_way_is_no_word_that_nothing_was_run(
    session: Sessions, scripted: Scripted, answer: bytes, words: str
) -> None:
    scripted.rude["Receive"] = lambda _: answer
    error = failure(session(scripted.port))
    assert type(error) is Interrupted, repr(error)
    assert words in str(error)
    assert "what it did is not known" in str(error)


def test_a_stream_that_ends_early_leaves_the_rest_unanswered(session: Sessions, scripted: Scripted) -> None:
    scripted.receives = [output(GOOD, done=True)]
    answers = session(scripted.port).run(TWO, seconds=5)
    assert answers["f1"].answered
    assert not answers["f2"].answered
    assert "cut short" in answers["f2"].error


def test_a_powershell_that_ends_without_a_word_says_why(session: Sessions, scripted: Scripted) -> None:
    clixml = (
        b'#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
        b'<S S="Error">running scripts is disabled_x000D__x000A_</S><S S="Error">by policy</S></Objs>'
    )
    scripted.receives = [output(stderr=clixml, done=True, code=1)]
    error = failure(session(scripted.port))
    assert isinstance(error, Unreadable)
    assert "exit code 1" in str(error)
    assert "running scripts is disabled by policy" in str(error)


def test_progress_on_the_error_stream_is_no_verdict(session: Sessions, scripted: Scripted) -> None:
    progress = (
        b'#< CLIXML\r\n<Objs Version="1.1.0.1"><Obj S="progress" RefId="0"><MS><PR N="Record"/></MS></Obj></Objs>'
    )
    scripted.receives = [output(b"WARNING: noise\n" + GOOD + END, progress, done=True, code=1)]
    assert session(scripted.port).run(ONE, seconds=5)["f1"].value == b'{"a": 1}'


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (http(fault(5, "Access is denied."), "500 Internal Server Error"), AccessDenied, "local Administrators"),
        (http(fault(2150859174, "too many"), "500 Internal Server Error"), AccessDenied, "MaxShellsPerUser"),
        (http(fault(1234, "some\r\nreason"), "500 Internal Server Error"), Unreadable, "fault 1234: some reason"),
        (http(b"", "401 Unauthorized"), AccessDenied, f"refused the sign-in of {ACCOUNT} by basic"),
        (http(b"", "401 Unauthorized", "WWW-Authenticate: Negotiate\r\n"), AccessDenied, "it offers Negotiate"),
        (http(b"", "403 Forbidden"), AccessDenied, "HTTP 403"),
        (http(b"<html>", "404 Not Found"), Unreachable, "not a WinRM service"),
        (http(b"", "503 Service Unavailable"), Unreadable, "HTTP 503"),
        (http(b"", "302 Found", "Location: http://127.0.0.1:1/steal\r\n"), Unreadable, "redirect"),
        (http(b"this is not XML"), Unreadable, "no WS-Management answer"),
        (http(envelope("")), Unreadable, "no WS-Management answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Unreachable, "closed the connection"),
    ],
)
def test_a_refusal_or_nonsense_is_explained(
    session: Sessions, scripted: Scripted, answer: bytes, kind: type[RemoteError], words: str
) -> None:
    scripted.rude["Create"] = lambda _: answer
    error = failure(session(scripted.port))
    assert type(error) is kind, repr(error)
    assert words in str(error)


@pytest.mark.parametrize(("auth", "offer"), [(Auth.CREDSSP, "CredSSP"), (Auth.NTLM, "Negotiate"), (Auth.NTLM, "NTLM")])
def test_a_host_that_does_not_play_the_sign_in_through_is_explained(
    session: Sessions, scripted: Scripted, auth: Auth, offer: str
) -> None:
    scripted.rude["Create"] = lambda _: http(b"", "401 Unauthorized", f"WWW-Authenticate: {offer}\r\n")
    error = failure(session(scripted.port, auth=auth))
    assert isinstance(error, AccessDenied), repr(error)
    assert auth.value in str(error)


def test_a_connection_that_nobody_accepts_is_said_to_be_one(session: Sessions) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        error = failure(session(deaf.getsockname()[1]), 0.7)
        for one in waiting:
            one.close()
    assert isinstance(error, TimedOut)
    assert "nothing answers" in str(error)


def test_an_answer_without_end_is_not_taken_into_memory(session: Sessions, scripted: Scripted) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while True:
            connection.sendall(bytes(1 << 20))

    scripted.rude["Create"] = endless
    error = failure(session(scripted.port), 20)
    assert isinstance(error, Unreadable)
    assert "MiB" in str(error)


def test_a_port_that_does_not_speak_tls_is_named(session: Sessions, listening: Listening) -> None:
    server = listening(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    error = failure(session(server.port))
    assert isinstance(error, Unreachable)
    assert "does not speak TLS" in str(error)


def tls_greeting(session: Sessions, listening: Listening, certificate: object, **options: object) -> RemoteError:
    context = server_context(certificate)  # type: ignore[arg-type]

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    return failure(session(listening(serve).port, **options))


def test_a_certificate_with_another_name_is_not_trusted(
    session: Sessions, listening: Listening, authority: Authority
) -> None:
    """127.0.0.1 is in the certificate and is what is connected to: only the name counts."""
    other = authority.issue("se02.contoso.com", ["se02.contoso.com", "127.0.0.1"], key=KeyKind.EC)
    error = tls_greeting(session, listening, other)
    assert isinstance(error, NotTrusted)
    assert f"does not carry the name {FQDN}" in str(error)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    session: Sessions, listening: Listening, tmp_path: Path, authority: Authority
) -> None:
    stranger = tmp_path / "issuing.pem"
    stranger.write_bytes(authority.issuing_pem)
    leaf = authority.issue(FQDN, [FQDN], key=KeyKind.EC)
    error = tls_greeting(session, listening, leaf, trusted=stranger)
    assert isinstance(error, NotTrusted)
    assert "ca_file" in str(error)


def test_a_certificate_past_its_end_is_not_trusted(
    session: Sessions, listening: Listening, authority: Authority
) -> None:
    error = tls_greeting(session, listening, authority.issue(FQDN, [FQDN], days=-1, key=KeyKind.EC))
    assert isinstance(error, NotTrusted)
    assert "past its end date" in str(error)


def test_a_missing_file_of_roots_is_a_sentence(session: Sessions, tmp_path: Path) -> None:
    error = failure(session(1, trusted=tmp_path / "nowhere.pem"))
    assert isinstance(error, NotTrusted)
    assert "nowhere.pem" in str(error)


def test_the_environment_is_not_asked(
    session: Sessions, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password stolen\n")
    for name, value in {
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "https_proxy": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
        "REQUESTS_CA_BUNDLE": "/nowhere",
        "CURL_CA_BUNDLE": "/nowhere",
        "NETRC": str(netrc),
    }.items():
        monkeypatch.setenv(name, value)
    scripted.receives = [output(GOOD + END, done=True)]
    assert session(scripted.port).run(ONE, seconds=5)["f1"].answered
    assert all(f"Host: {FQDN}:{scripted.port}".encode() in one for one in scripted.asked.headers)


def test_a_shell_that_idled_out_is_opened_again(session: Sessions, scripted: Scripted) -> None:
    one = session(scripted.port)
    scripted.receives = [output(GOOD + END, done=True)] * 2
    one.run(ONE, seconds=5)
    gone = [http(fault(2150858843, "no such shell"), "500 Internal Server Error")]

    def once(connection: socket.socket) -> bytes:
        del scripted.rude["Command"]
        return gone.pop()

    scripted.rude["Command"] = once
    assert one.run(ONE, seconds=5)["f1"].answered
    assert scripted.asked.actions.count("Create") == 2


def test_after_a_failure_the_next_batch_starts_afresh(session: Sessions, scripted: Scripted) -> None:
    one = session(scripted.port)
    failure(one, 0.5)
    scripted.receives = [output(GOOD + END, done=True)]
    assert one.run(ONE, seconds=5)["f1"].answered
    assert scripted.asked.actions.count("Create") == 2


def test_a_shell_is_kept_between_batches_and_given_back_at_the_end(session: Sessions, scripted: Scripted) -> None:
    one = session(scripted.port)
    scripted.receives = [output(GOOD + END, done=True)] * 3
    for _ in range(3):
        one.run(ONE, seconds=5)
    one.close()
    assert scripted.asked.actions.count("Create") == 1
    assert scripted.asked.actions[-1] == "Delete"


def test_standard_input_fits_the_envelope_of_winrm_2(session: Sessions, scripted: Scripted) -> None:
    paths = tuple(f"C:\\folder\\{number:06}" for number in range(30_000))
    scripted.receives = [output(GOOD + END, done=True)]
    session(scripted.port).run((Fragment(id="f1", script="host/paths.ps1", arguments={"paths": paths}),), seconds=10)
    assert max(scripted.asked.envelopes) <= 150 * 1024
    assert scripted.asked.actions.count("Send") > 4
    assert scripted.asked.stdin.endswith(b"\n")
    assert paths[-1].encode("unicode_escape") in scripted.asked.stdin


@pytest.mark.parametrize("auth", list(Auth))
def test_the_password_appears_nowhere(session: Sessions, scripted: Scripted, auth: Auth) -> None:
    scripted.rude["Create"] = lambda _: http(fault(1, f"wrong {PASSWORD}"), "500 Internal Server Error")
    one = session(scripted.port, auth=auth)
    error = failure(one)
    text = "".join(traceback.format_exception(error)) + repr(one) + repr(error)
    assert PASSWORD not in text
    assert error.__context__ is None
    assert error.__cause__ is None


def test_a_password_that_cannot_be_had_is_a_sentence(ca: Path, scripted: Scripted) -> None:
    def broken() -> str:
        raise ValueError("the vault is locked")

    error = failure(WinRmSession(FQDN, settings_for(scripted.port, ca, Auth.BASIC), broken))
    assert isinstance(error, AccessDenied)
    assert "the vault is locked" in str(error)
    assert not scripted.asked.actions


def test_two_batches_at_once_take_turns_within_their_deadlines(session: Sessions, scripted: Scripted) -> None:
    one = session(scripted.port)
    first = threading.Thread(target=lambda: failure(one, 1.5))
    first.start()
    assert until(lambda: "Receive" in scripted.asked.actions)
    error = failure(one, 0.3)
    first.join()
    assert isinstance(error, TimedOut)
    assert "busy" in str(error)
