"""The lab's LDAP server: simple binds, searches, StartTLS; read-only, and as strict towards strangers as Active Directory."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from app.lab import ber
from app.lab.ber import Element, Malformed, encoded, integer, octets
from app.lab.ldap_entries import Entry, entry, place
from app.lab.ldap_filter import equal
from app.lab.ldap_search import NO_SUCH_OBJECT, PAGED, SUCCESS, controls_in, entry_body, search_in, searched
from app.lab.listening import StreamServer, bound, received
from app.lab.ports import Behaviour, Certificate, DirectoryData
from app.lab.tls_context import server_context

_IDLE = 120.0
_OPERATIONS_ERROR, _PROTOCOL_ERROR, _COMPARE_FALSE, _COMPARE_TRUE = 1, 2, 5, 6
_METHOD_NOT_SUPPORTED, _INVALID_CREDENTIALS, _INSUFFICIENT_RIGHTS, _UNAVAILABLE = 7, 49, 50, 52
_BIND, _UNBIND, _SEARCH, _COMPARE, _ABANDON, _EXTENDED = 0x60, 0x42, 0x63, 0x6E, 0x50, 0x77
_ENTRY, _DONE, _DISCONNECT = 0x64, 0x65, 0x78
_ANSWERS = {
    _BIND: 0x61,
    _SEARCH: _DONE,
    0x66: 0x67,
    0x68: 0x69,
    0x4A: 0x6B,
    0x6C: 0x6D,
    _COMPARE: 0x6F,
    _EXTENDED: 0x78,
}
_START_TLS, _WHO_AM_I = "1.3.6.1.4.1.1466.20037", "1.3.6.1.4.1.4203.1.11.3"
_NOTICE = "1.3.6.1.4.1.1466.20036"
_MATCHING = ("1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804", "1.2.840.113556.1.4.1941")
_WRONG_PASSWORD = "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 52e, v2580"
_NOT_BOUND = (
    "000004DC: LdapErr: DSID-0C0907C2, comment: In order to perform this operation a successful bind must be "
    "completed on the connection., data 0, v2580"
)


class DirectoryServer:
    """One LDAP port."""

    def __init__(
        self,
        data: DirectoryData,
        host: str,
        port: int,
        certificate: Certificate | None,
        *,
        start_tls: Certificate | None = None,
    ) -> None:
        """Bind and serve; port 0 takes a free one.

        Args:
            data: the directory.
            host: address to bind.
            port: port to bind.
            certificate: serve LDAPS with it; None: plain LDAP.
            start_tls: on plain LDAP, offer StartTLS with it.

        Raises:
            OSError: the port is taken.
        """
        self._data = data
        self._tls = server_context(certificate) if certificate else None
        self._start_tls = server_context(start_tls) if start_tls else None
        own = bound(host, port, socket.SOCK_STREAM)
        self._server = StreamServer(own, data.behaviour, self._serve, "lab ldap")

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._server.address

    def settle(self) -> None:
        """Open or close the port as the world wants it now."""
        self._server.settle()

    def close(self) -> None:
        """Stop and release the socket."""
        self._server.close()

    def _serve(self, connection: socket.socket, _behaviour: Behaviour) -> None:
        connection.settimeout(_IDLE)
        if self._tls is not None:
            with self._tls.wrap_socket(connection, server_side=True) as channel:
                _Conversation(self._data, channel, None).hold()
        else:
            _Conversation(self._data, connection, self._start_tls).hold()


class _Conversation:
    """One client: who it is, and what it asks."""

    def __init__(self, data: DirectoryData, channel: socket.socket, start_tls: ssl.SSLContext | None) -> None:
        self._data = data
        self._channel = channel
        self._start_tls = start_tls
        self._account = ""

    def hold(self) -> None:
        """Answer until the client goes."""
        try:
            while self._answered(ber.read(lambda size: received(self._channel, size))):
                pass
        except (Malformed, UnicodeDecodeError) as error:
            self._send(0, _DISCONNECT, *_result(_PROTOCOL_ERROR, str(error)), octets(_NOTICE, 0x8A))

    def _answered(self, message: Element) -> bool:
        """Answer one message; False where the client has said goodbye."""
        parts = message.children()
        if message.tag != ber.SEQUENCE or len(parts) < 2:
            raise Malformed("what is no LDAP message")
        number, operation = parts[0].number(), parts[1]
        if operation.tag == _UNBIND:
            return False
        if operation.tag == _ABANDON:
            return True
        if self._data.behaviour() is Behaviour.BROKEN:
            self._end(number, operation, _UNAVAILABLE, "the directory service is unavailable")
        elif operation.tag == _BIND:
            self._bind(number, operation)
        elif operation.tag == _SEARCH:
            self._search(number, operation, parts[2] if len(parts) > 2 else None)
        elif operation.tag == _COMPARE:
            self._compare(number, operation)
        elif operation.tag == _EXTENDED:
            self._extended(number, operation)
        else:
            self._end(number, operation, _INSUFFICIENT_RIGHTS, "the directory of the lab is read-only")
        return True

    def _bind(self, number: int, operation: Element) -> None:
        parts = operation.children()
        if len(parts) != 3 or parts[0].number() != 3:
            return self._end(number, operation, _PROTOCOL_ERROR, "only version 3 is spoken")
        name, secret = parts[1].text(), parts[2]
        self._account = ""
        if secret.tag != 0x80:
            return self._end(number, operation, _METHOD_NOT_SUPPORTED, "only simple binds are taken")
        if not secret.content:
            return self._end(number, operation, SUCCESS, "")  # anonymous, as Active Directory allows it
        if not self._data.bind(name, secret.text()):
            return self._end(number, operation, _INVALID_CREDENTIALS, _WRONG_PASSWORD)
        self._account = name
        return self._end(number, operation, SUCCESS, "")

    def _search(self, number: int, operation: Element, controls: Element | None) -> None:
        search = search_in(operation)
        if not search.base and search.scope == 0:
            self._send(number, _ENTRY, entry_body(self._root(), search))
            return self._end(number, operation, SUCCESS, "")
        if not self._account:
            return self._end(number, operation, _OPERATIONS_ERROR, _NOT_BOUND)
        found = searched(search, controls_in(controls), self._tree())
        for one in found.entries:
            self._send(number, _ENTRY, entry_body(one, search))
        body = _result(found.code, found.message, found.matched)
        return self._send(number, _DONE, *body, controls=found.controls)

    def _compare(self, number: int, operation: Element) -> None:
        parts = operation.children()
        if len(parts) != 2 or len(parts[1].children()) != 2:
            raise Malformed("a comparison that does not have two parts")
        if not self._account:
            return self._end(number, operation, _OPERATIONS_ERROR, _NOT_BOUND)
        there = self._tree().get(place(parts[0].text()))
        name, value = parts[1].children()
        if there is None:
            return self._end(number, operation, NO_SUCH_OBJECT, f"there is no {parts[0].text()}")
        holds = equal(there, name.text(), value.content)
        return self._end(number, operation, _COMPARE_TRUE if holds else _COMPARE_FALSE, "")

    def _extended(self, number: int, operation: Element) -> None:
        name = next((one.text() for one in operation.children() if one.tag == 0x80), "")
        if name == _START_TLS and self._start_tls is not None:
            self._send(number, _ANSWERS[_EXTENDED], *_result(SUCCESS, ""), octets(_START_TLS, 0x8A))
            self._channel = self._start_tls.wrap_socket(self._channel, server_side=True)
            self._start_tls = None
        elif name == _WHO_AM_I:
            who = f"u:{self._account}" if self._account else ""
            self._send(number, _ANSWERS[_EXTENDED], *_result(SUCCESS, ""), octets(who, 0x8B))
        else:
            self._end(number, operation, _PROTOCOL_ERROR, f"the operation {name} is not known here")

    def _end(self, number: int, operation: Element, code: int, message: str) -> None:
        """Answer with a result alone."""
        tag = _ANSWERS.get(operation.tag)
        if tag is None:
            raise Malformed(f"an operation of the unknown kind 0x{operation.tag:02x}")
        self._send(number, tag, *_result(code, message))

    def _send(self, number: int, tag: int, *parts: bytes, controls: bytes = b"") -> None:
        own = encoded(0xA0, controls) if controls else b""
        self._channel.sendall(encoded(ber.SEQUENCE, integer(number), encoded(tag, *parts), own))

    def _tree(self) -> dict[tuple[str, ...], Entry]:
        listed = (entry(dn, attributes) for dn, attributes in self._data.entries())
        return {one.place: one for one in listed}

    def _root(self) -> Entry:
        """Return the rootDSE, which anybody may read."""
        attributes = {name: [value.encode() for value in values] for name, values in self._root_attributes()}
        return entry("", attributes)

    def _root_attributes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        default, configuration, schema = self._data.naming_contexts()
        yield "objectClass", ("top",)
        yield "defaultNamingContext", (default,)
        yield "rootDomainNamingContext", (default,)
        yield "configurationNamingContext", (configuration,)
        yield "schemaNamingContext", (schema,)
        yield "namingContexts", (default, configuration, schema)
        yield "currentTime", (self._data.current_time(),)
        yield "supportedLDAPVersion", ("3",)
        yield "supportedControl", (PAGED,)
        yield "supportedCapabilities", ("1.2.840.113556.1.4.800",)
        yield "supportedExtension", (_WHO_AM_I, *((_START_TLS,) if self._start_tls else ()))
        yield "supportedMatchingRules", _MATCHING
        yield "isSynchronized", ("TRUE",)


def _result(code: int, message: str, matched: str = "") -> tuple[bytes, bytes, bytes]:
    return integer(code, ber.ENUMERATED), octets(matched), octets(message)
