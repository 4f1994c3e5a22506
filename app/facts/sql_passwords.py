"""Passwords of SQL logins, one an instance: RELYNC_SQL_PASSWORD, or the instance's ``password_command``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from app.passwords import PasswordMissing, secret_source
from app.settings import Settings, SqlSettings

VARIABLE = "RELYNC_SQL_PASSWORD"


class SqlPasswords:
    """Fetches each password when it is first needed and keeps it in memory. Thread-safe."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._sources: dict[tuple[str, tuple[str, ...]], Callable[[], str]] = {}
        self._lock = threading.Lock()

    def __call__(self, instance: str) -> str:
        """Return the password for ``server\\instance``.

        Raises:
            PasswordMissing: there is none.
        """
        own = self._settings.sql.get(instance.lower(), SqlSettings())
        key = (own.username, own.password_command)
        with self._lock:
            if key not in self._sources:
                self._sources[key] = secret_source(
                    own.username, own.password_command, environ=self._environ, variable=VARIABLE, prompt=None
                )
            source = self._sources[key]
        try:
            return source()
        except PasswordMissing as missing:
            raise PasswordMissing(f"SQL Server {instance} was not asked. {missing}") from None
