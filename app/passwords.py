"""Where a password comes from: an environment variable, a command that prints it, or the operator. Kept in memory alone."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from app.settings import Settings

PASSWORD_VARIABLE = "RELYNC_PASSWORD"
COMMAND_SECONDS = 20.0
"""How long a ``password_command`` may take."""
_FAILURE_HOLDS = 15.0
"""Seconds for which a failed attempt answers for later ones: thirty hosts must not start thirty vault clients."""

Prompt = Callable[[str], str]
"""Asks the operator with this text, without echo."""


class PasswordMissing(Exception):
    """No password could be had. ``str()`` says why and what to do, and never holds what was read."""


class _Secret:
    """A password that is fetched when it is first needed; no way of printing it shows it."""

    __slots__ = ("_failed_at", "_failure", "_fetch", "_lock", "_value")

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._value: str | None = None
        self._failure: PasswordMissing | None = None
        self._failed_at = 0.0

    def __call__(self) -> str:
        with self._lock:
            if self._value is not None:
                return self._value
            if self._failure is not None and time.monotonic() - self._failed_at < _FAILURE_HOLDS:
                raise PasswordMissing(str(self._failure))
            try:
                self._value = self._fetch()
            except PasswordMissing as failure:
                self._failure, self._failed_at = failure, time.monotonic()
                raise
            return self._value

    def __repr__(self) -> str:
        return "<password>"

    def __reduce__(self) -> str:
        raise TypeError("a password is never serialised")


def password_source(settings: Settings, environ: Mapping[str, str], prompt: Prompt | None) -> Callable[[], str]:
    """Return where the password of ``settings.credentials`` comes from; see `secret_source`."""
    credentials = settings.credentials
    return secret_source(
        credentials.username, credentials.password_command, environ=environ, variable=PASSWORD_VARIABLE, prompt=prompt
    )


def secret_source(
    account: str, command: Sequence[str], *, environ: Mapping[str, str], variable: str, prompt: Prompt | None
) -> Callable[[], str]:
    """Return a callable that gives a password: the variable's, else the command's, else what the operator types.

    It is fetched at the first call and kept; calls from many threads fetch it once. Call it once before anything with
    a deadline does, since an operator types slowly.

    Args:
        account: whose password it is, for the prompt.
        command: program and arguments, run without a shell; the first line it prints is the password.
        environ: environment variables.
        variable: name of the variable to look in.
        prompt: how to ask; None where nobody can be asked.

    Raises:
        PasswordMissing: (when called) there is none.
    """

    def fetch() -> str:
        if environ.get(variable):
            return environ[variable]
        if command:
            return _printed(tuple(command))
        if prompt is None:
            raise PasswordMissing(
                f"There is no password for {account or 'the configured account'}: "
                f"set {variable}, or password_command in the configuration."
            )
        return _typed(prompt, account)

    return _Secret(fetch)


def _typed(prompt: Prompt, account: str) -> str:
    typed = prompt(f"Password for {account}: " if account else "Password: ")
    if not typed:
        raise PasswordMissing("No password was typed.")
    return typed


def _printed(command: tuple[str, ...]) -> str:
    name = f"password_command ({command[0]})"
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own configured program, started without a shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its arguments are not usable"
        raise PasswordMissing(f"The {name} could not be started: {reason}.") from None
    try:
        output, _ = process.communicate(timeout=COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        _abandon(process)
        raise PasswordMissing(f"The {name} printed no password within {COMMAND_SECONDS:.0f} s.") from None
    if process.returncode != 0:
        raise PasswordMissing(f"The {name} ended with exit code {process.returncode}.")
    return _first_line(output, name)


def _first_line(output: bytes, name: str) -> str:
    try:
        line = output.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise PasswordMissing(f"The {name} printed what is not UTF-8.") from None
    if not line:
        raise PasswordMissing(f"The {name} printed nothing.")
    return line


def _abandon(process: subprocess.Popen[bytes]) -> None:
    """End it without waiting: a child of its own may hold the pipe open for ever."""

    def reap() -> None:
        process.wait()
        if process.stdout is not None:
            process.stdout.close()

    with suppress(OSError):
        process.kill()
    threading.Thread(target=reap, name="password-command", daemon=True).start()
