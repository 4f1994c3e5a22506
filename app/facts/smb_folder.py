"""A folder on a share that this console reaches over SMB, as the configured account (smbprotocol)."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import smbclient
from smbprotocol.exceptions import SMBAuthenticationError, SMBException
from smbprotocol.header import NtStatus

from app.facts.asking import CouldNotLook
from app.facts.folders import Denied, FolderEntry, Missing
from app.settings import Auth, Settings

PORT = 445
_MISSING = frozenset(
    {
        NtStatus.STATUS_BAD_NETWORK_NAME,
        NtStatus.STATUS_OBJECT_NAME_NOT_FOUND,
        NtStatus.STATUS_OBJECT_PATH_NOT_FOUND,
        NtStatus.STATUS_NOT_FOUND,
    }
)
_DENIED = frozenset({NtStatus.STATUS_ACCESS_DENIED, NtStatus.STATUS_PRIVILEGE_NOT_HELD})
_REFUSED = frozenset(
    {
        NtStatus.STATUS_LOGON_FAILURE,
        NtStatus.STATUS_WRONG_PASSWORD,
        NtStatus.STATUS_PASSWORD_EXPIRED,
        NtStatus.STATUS_ACCESS_DENIED,
        NtStatus.STATUS_NOT_FOUND,  # what Samba says to a wrong password of user@realm
    }
)
_FOLDER, _LINK = stat.FILE_ATTRIBUTE_DIRECTORY, stat.FILE_ATTRIBUTE_REPARSE_POINT


class SmbFolder:
    """A UNC path; a connection of its own, given back when the context ends."""

    def __init__(self, unc: str, settings: Settings, password: Callable[[], str], seconds: float) -> None:
        """Take what is needed; nothing is contacted yet.

        Args:
            unc: ``\\\\server\\share`` or a folder below it.
            settings: where the server is reached, and as whom.
            password: of the account.
            seconds: how long connecting may take; the deadline of the whole is kept from outside.
        """
        self.title = unc
        server, _, self._rest = unc.lstrip("\\").partition("\\")
        self._server = server
        self._address, self._port = settings.endpoint(server, PORT)
        self._credentials = settings.credentials
        self._password = password
        self._seconds = seconds
        self._connections: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Connect and log on.

        Raises:
            CouldNotLook: the server cannot be reached, or refuses the account.
        """
        who = f"file server {self._server}"
        try:
            smbclient.register_session(self._address, connection_timeout=self._seconds, **self._how())
        except SMBAuthenticationError as error:
            raise CouldNotLook(f"{who} did not take the logon of {self._account}: {error}") from None
        except SMBException as error:
            if _status(error) in _REFUSED:
                raise CouldNotLook(f"{who} refuses {self._account}: account or password is wrong") from None
            raise CouldNotLook(f"{who} gave no usable answer ({error})") from None
        except (OSError, ValueError) as error:
            raise CouldNotLook(f"{who} cannot be reached over SMB: {error}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; what the server says to that does not matter."""
        with suppress(Exception):
            smbclient.reset_connection_cache(fail_on_error=False, connection_cache=self._connections)

    def entries(self, place: tuple[str, ...]) -> Iterator[FolderEntry]:
        """Yield what is directly in a subfolder; see `Folder`."""
        try:
            for one in smbclient.scandir(self._path(*place), **self._how()):
                # Out of the listing itself: asking each file would be eighteen times slower, and forgets the port.
                info = one.smb_info
                is_folder = info.file_attributes & _FOLDER and not info.file_attributes & _LINK
                yield FolderEntry(name=one.name, is_folder=bool(is_folder), size=0 if is_folder else info.end_of_file)
        except SMBException as error:
            if _status(error) in _DENIED:
                raise Denied("\\".join((self.title, *place))) from None
            if _status(error) not in _MISSING:
                raise CouldNotLook(f"{self.title}: {error}") from None
            if not place:
                raise Missing(self.title) from None

    def create(self, name: str) -> bool:
        """Make a small file; see `Folder`."""
        try:
            with smbclient.open_file(self._path(name), mode="xb", **self._how()) as file:
                file.write(b"relync")
        except (OSError, SMBException):
            return False
        return True

    def remove(self, name: str) -> bool:
        """Remove a file; see `Folder`."""
        try:
            smbclient.remove(self._path(name), **self._how())
        except (OSError, SMBException):
            return False
        return True

    @property
    def _account(self) -> str:
        return self._credentials.username or "the account that runs this"

    def _path(self, *place: str) -> str:
        return "\\\\" + "\\".join((self._address, self._rest.rstrip("\\"), *place))

    def _how(self) -> dict[str, Any]:
        how: dict[str, Any] = {"port": self._port, "connection_cache": self._connections}
        if self._credentials.auth is Auth.KERBEROS:
            return {**how, "auth_protocol": "kerberos"}
        username = self._credentials.username or None
        password = self._password() if username else None
        return {**how, "username": username, "password": password, "auth_protocol": "negotiate"}


def _status(error: Exception) -> int | None:
    """Return the NTSTATUS of an error, which the library keeps under two names."""
    return getattr(error, "ntstatus", None) or getattr(error, "status", None)
