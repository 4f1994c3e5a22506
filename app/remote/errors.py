"""Why a host could not be asked.

    RemoteError
    ├── Unreachable      nothing answers at that address and port
    ├── NotTrusted       the TLS certificate of the host does not prove its name
    ├── AccessDenied     the host answers and refuses these credentials
    ├── TimedOut         no complete answer within the deadline
    ├── Interrupted      the connection broke while a command was under way
    └── Unreadable       an answer came that is not the answer to what was asked

None of these ever carries a secret: the text names host, port, account and what was seen, never a password.
"""

from __future__ import annotations


class RemoteError(Exception):
    """A host could not be asked. ``str()`` is a sentence for the operator."""


class Unreachable(RemoteError):
    """Nothing answers at that address and port."""


class NotTrusted(RemoteError):
    """The TLS certificate of the host does not prove its name."""


class AccessDenied(RemoteError):
    """The host answers and refuses these credentials."""


class TimedOut(RemoteError):
    """No complete answer within the deadline."""


class Interrupted(RemoteError):
    """The connection broke while a command was under way; what it did is not known."""


class Unreadable(RemoteError):
    """An answer came that is not the answer to what was asked."""
