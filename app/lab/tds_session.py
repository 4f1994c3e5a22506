"""One client of the lab's SQL Server, from PRELOGIN to its last batch."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from app.lab.ports import Behaviour, Clock, SqlData
from app.lab.sql_types import DatabaseChanged, Nothing, Rows, Said, SqlError
from app.lab.tds_calls import Prepared, Work
from app.lab.tds_channel import ATTENTION, BATCH, LOGIN, PRELOGIN, RPC, TRANSACTION, Channel, Message
from app.lab.tds_reading import (
    Encryption,
    Login,
    Malformed,
    after_headers,
    batch_text,
    login_of,
    prelogin_answer,
    wanted_encryption,
)
from app.lab.tds_rpc import calls_of
from app.lab.tds_tokens import ATTENTION as ATTENTION_STATUS
from app.lab.tds_tokens import DONE, DONE_IN_PROC, DONE_PROC, FAILED, MORE, Answer
from app.lab.tsql import Session
from app.lab.tsql_surroundings import product_version

_OLDEST_VERSION = 0x72090002
_SMALLEST_PACKET, _LARGEST_PACKET = 512, 32767
_BEGIN, _COMMIT, _ROLLBACK = 5, 7, 8
_DESCRIPTOR = b"\1\0\0\0\0\0\0\0"


@dataclass(slots=True, kw_only=True)
class Client:
    """Serves one connection until it ends."""

    data: SqlData
    clock: Clock
    channel: Channel
    context: ssl.SSLContext | None
    forced: bool
    """Whether clients that did not ask for encryption get it all the same."""
    welcomed: Callable[[], None]
    """Called once the client has logged in."""
    prepared: Prepared = field(default_factory=Prepared)

    def serve(self) -> None:
        """Run until the client goes. Raises Gone or Malformed."""
        session = self._logged_in(self._greeted())
        if session is None:
            return
        self.welcomed()
        while True:
            message = self.channel.receive()
            answer = Answer(self._name())
            if self.data.behaviour() is Behaviour.BROKEN:
                answer.error(
                    SqlError(
                        596, "Cannot continue the execution because the session is in the kill state.", severity=21
                    )
                )
                answer.done(status=FAILED)
                self.channel.send(bytes(answer.body))
                return
            self._answer(session, message, answer)
            self.channel.send(bytes(answer.body))

    def _name(self) -> str:
        return str(self.data.properties().get("ServerName") or "")

    def _greeted(self) -> Message:
        """Answer PRELOGIN, shake hands for TLS, and return the LOGIN7 message."""
        first = self.channel.receive()
        if first.kind == LOGIN:
            return first
        if first.kind != PRELOGIN:
            raise Malformed("the first message is neither PRELOGIN nor LOGIN7")
        wanted = wanted_encryption(first.body)
        agreed = self._agreed(wanted)
        self.channel.send(prelogin_answer(product_version(self.data.properties()), agreed))
        if self.context is None or agreed is Encryption.NOT_SUPPORTED:
            return self.channel.receive()
        self.channel.start_tls(self.context)
        login = self.channel.receive()
        if agreed is Encryption.OFF:
            self.channel.stop_tls()
        return login

    def _agreed(self, wanted: Encryption) -> Encryption:
        """MS-TDS 2.2.6.5: OFF on both sides still encrypts the login."""
        if self.context is None:
            return Encryption.NOT_SUPPORTED
        if wanted is Encryption.NOT_SUPPORTED:
            return Encryption.REQUIRED if self.forced else Encryption.NOT_SUPPORTED
        if wanted is Encryption.OFF:
            return Encryption.REQUIRED if self.forced else Encryption.OFF
        return Encryption.ON

    def _logged_in(self, message: Message) -> Session | None:
        if message.kind != LOGIN:
            raise Malformed("LOGIN7 was expected")
        login = login_of(message.body)
        answer = Answer(self._name())
        try:
            session = self._session(login)
        except SqlError as error:
            answer.error(error)
            if error.number == 4060:
                answer.error(_login_failed(login.user))
            answer.done(status=FAILED)
            self.channel.send(bytes(answer.body))
            return None
        self._welcome(answer, session, login)
        return session

    def _session(self, login: Login) -> Session:
        if self.data.behaviour() is Behaviour.BROKEN:
            raise SqlError(
                17142, "SQL Server service has been paused. No new connections will be allowed.", severity=14
            )
        if login.version < _OLDEST_VERSION:
            raise SqlError(50000, "The lab's SQL Server speaks TDS 7.2 to 7.4.", severity=20)
        if login.integrated:
            said = "Login failed. The login is from an untrusted domain and cannot be used with Windows authentication."
            raise SqlError(18452, said, severity=14)
        if not self.data.login(login.user, login.password):
            raise _login_failed(login.user)
        session = Session(
            data=self.data,
            clock=self.clock,
            user=login.user,
            database="master",
            host=login.host,
            application=login.application,
        )
        if login.database:
            session.open(login.database)
        return session

    def _welcome(self, answer: Answer, session: Session, login: Login) -> None:
        size = min(max(login.packet_size or 4096, _SMALLEST_PACKET), _LARGEST_PACKET)
        answer.database("master", session.database)
        answer.environment(size)
        answer.login_ack(login.version, product_version(self.data.properties()))
        answer.done()
        self.channel.send(bytes(answer.body))
        self.channel.packet_size = size

    def _answer(self, session: Session, message: Message, answer: Answer) -> None:
        match message.kind:
            case kind if kind == BATCH:
                self._run(session, Work(text=batch_text(message.body)), answer, DONE)
                answer.done(status=FAILED if answer.failed else 0)
            case kind if kind == RPC:
                self._calls(session, message.body, answer)
            case kind if kind == ATTENTION:
                answer.done(status=ATTENTION_STATUS)
            case kind if kind == TRANSACTION:
                self._transaction(message.body, answer)
            case _:
                raise Malformed(f"a message of kind {message.kind} after the login")

    def _calls(self, session: Session, body: bytes, answer: Answer) -> None:
        calls = calls_of(body)
        for number, call in enumerate(calls):
            answer.failed = False
            more = MORE if number + 1 < len(calls) else 0
            try:
                work = self.prepared.work(call)
            except SqlError as error:
                answer.error(error)
                work = Work(text="")
            self._run(session, work, answer, DONE_IN_PROC)
            answer.return_status(0 if not answer.failed else 1)
            if work.handle is not None:
                answer.return_handle("@handle", work.handle)
            answer.done(DONE_PROC, status=more | (FAILED if answer.failed else 0))

    def _run(self, session: Session, work: Work, answer: Answer, token: int) -> None:
        """Run a statement; every result ends in a DONE that says there is more, the caller adds the last one."""
        kept = len(answer.body)
        try:
            for outcome in session.run(work.text, work.values):
                kept = len(answer.body)
                match outcome:
                    case Rows():
                        answer.rows(outcome)
                        answer.done(token, status=MORE, count=len(outcome.rows))
                    case Said():
                        answer.message(outcome.number, outcome.message)
                    case DatabaseChanged():
                        answer.database(outcome.old, outcome.new)
                    case Nothing():
                        pass
        except SqlError as error:
            answer.error(error)
        except Exception as error:  # noqa: BLE001 - the edge of the server's thread: it becomes an error that the client sees
            # A value that does not fit its column, most likely: drop the half-written result and say so.
            del answer.body[kept:]
            said = f"The lab's SQL Server failed at this statement ({type(error).__name__}: {error})."
            answer.error(SqlError(50000, said, severity=20))

    def _transaction(self, body: bytes, answer: Answer) -> None:
        request = after_headers(body).number("<H")
        kind = {_BEGIN: 8, _COMMIT: 9, _ROLLBACK: 10}.get(request)
        if kind is not None:
            answer.transaction(kind, _DESCRIPTOR)
        answer.done()


def _login_failed(user: str) -> SqlError:
    return SqlError(18456, f"Login failed for user '{user}'.", severity=14)
