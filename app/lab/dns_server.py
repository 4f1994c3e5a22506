"""The lab's DNS server: UDP and TCP, authoritative for its zones, follows aliases, and knows nothing beyond."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from app.lab.listening import DatagramServer, StreamServer, bound_pair, received
from app.lab.ports import Behaviour, NameService

_TTL = 3600
_PLAIN_LIMIT = 512
_EDNS_LIMIT = 1232
_ALIASES = 16
_IDLE = 30.0
_ANY = ("SOA", "NS", "A", "AAAA", "CNAME", "MX", "SRV", "TXT", "PTR")


class DnsServer:
    """One DNS server address."""

    def __init__(self, data: NameService, host: str, port: int) -> None:
        """Bind and serve; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        stream, datagram = bound_pair(host, port)
        answering = _Answering(data)
        # A DNS server that refuses says so in DNS, so its port stays open.
        self._stream = StreamServer(stream, lambda: _open(data.behaviour()), answering.serve, "lab dns tcp")
        self._datagram = DatagramServer(datagram, data.behaviour, answering.over_udp, "lab dns udp")

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port, the same for UDP and TCP."""
        return self._stream.address

    def settle(self) -> None:
        """Nothing to settle: what the world says holds for the very next question."""

    def close(self) -> None:
        """Stop and release both sockets."""
        self._datagram.close()
        self._stream.close()


def _open(behaviour: Behaviour) -> Behaviour:
    return Behaviour.NORMAL if behaviour is Behaviour.REFUSE else behaviour


class _Answering:
    """From the bytes of a question to the bytes of its answer."""

    def __init__(self, data: NameService) -> None:
        self._data = data

    def serve(self, connection: socket.socket, _behaviour: Behaviour) -> None:
        """Answer questions over one TCP connection, one after the other."""
        connection.settimeout(_IDLE)
        while True:
            (length,) = struct.unpack("!H", received(connection, 2))
            answer = self._answer(received(connection, length), self._data.behaviour(), limit=65535)
            if answer is not None:
                connection.sendall(struct.pack("!H", len(answer)) + answer)

    def over_udp(self, data: bytes, behaviour: Behaviour) -> bytes | None:
        """Answer one datagram."""
        return self._answer(data, behaviour, limit=_PLAIN_LIMIT)

    def _answer(self, data: bytes, behaviour: Behaviour, *, limit: int) -> bytes | None:
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return _unreadable(data)
        if query.flags & dns.flags.QR:
            return None  # an answer is not answered, or two servers would talk for ever
        response = self._response(query, behaviour)
        size = max(limit, min(query.payload, _EDNS_LIMIT)) if query.edns >= 0 else limit
        return _fitted(response, query, size)

    def _response(self, query: dns.message.Message, behaviour: Behaviour) -> dns.message.Message:
        if behaviour is Behaviour.REFUSE:
            return _failed(query, dns.rcode.REFUSED)
        if behaviour is Behaviour.BROKEN:
            return _failed(query, dns.rcode.SERVFAIL)
        if query.opcode() != dns.opcode.QUERY:
            return _failed(query, dns.rcode.NOTIMP)
        if len(query.question) != 1:
            return _failed(query, dns.rcode.FORMERR)
        if query.edns > 0:
            return _failed(query, dns.rcode.BADVERS)
        asked = query.question[0]
        if asked.rdclass != dns.rdataclass.IN or asked.rdtype in (dns.rdatatype.AXFR, dns.rdatatype.IXFR):
            return _failed(query, dns.rcode.REFUSED)
        try:
            return self._looked_up(query, asked)
        except (dns.exception.DNSException, ValueError):
            return _failed(query, dns.rcode.SERVFAIL)

    def _looked_up(self, query: dns.message.Message, asked: dns.rrset.RRset) -> dns.message.Message:
        response = _made(query)
        if self._data.authoritative(_plain(asked.name)):
            response.flags |= dns.flags.AA
        name = asked.name
        for _ in range(_ALIASES):
            found = self._records(name, asked.rdtype)
            if found is None:
                response.set_rcode(dns.rcode.NXDOMAIN)
                self._add_soa(response, name)
                return response
            response.answer += found
            if not found:
                self._add_soa(response, name)
            if not found or found[0].rdtype != dns.rdatatype.CNAME or asked.rdtype == dns.rdatatype.CNAME:
                break
            name = found[0][0].target
        self._add_addresses(response)
        return response

    def _records(self, name: dns.name.Name, asked: dns.rdatatype.RdataType) -> list[dns.rrset.RRset] | None:
        """Return the record sets of a name: of the asked type, or its alias; None where the name does not exist."""
        if not self._data.authoritative(_plain(name)):
            return None
        if asked == dns.rdatatype.ANY:
            return self._all(name)
        texts = self._data.records(_plain(name), dns.rdatatype.to_text(asked))
        if texts is None:
            return None
        kind = asked
        if not texts and asked != dns.rdatatype.CNAME:
            texts, kind = self._data.records(_plain(name), "CNAME") or (), dns.rdatatype.CNAME
        return [_rrset(name, kind, texts)] if texts else []

    def _all(self, name: dns.name.Name) -> list[dns.rrset.RRset] | None:
        found = [(kind, self._data.records(_plain(name), kind)) for kind in _ANY]
        if all(texts is None for _, texts in found):
            return None
        return [_rrset(name, dns.rdatatype.from_text(kind), texts) for kind, texts in found if texts]

    def _add_soa(self, response: dns.message.Message, name: dns.name.Name) -> None:
        """Add the SOA of the zone a name would be in, as a negative answer must."""
        while True:
            texts = self._data.records(_plain(name), "SOA") if self._data.authoritative(_plain(name)) else ()
            if texts:
                response.authority.append(_rrset(name, dns.rdatatype.SOA, texts))
                return
            if name == dns.name.root:
                return
            name = name.parent()

    def _add_addresses(self, response: dns.message.Message) -> None:
        """Add the addresses of what SRV records lead to."""
        for rrset in response.answer:
            for one in rrset if rrset.rdtype == dns.rdatatype.SRV else ():
                for found in self._records(one.target, dns.rdatatype.A) or ():
                    if found.rdtype == dns.rdatatype.A and found not in response.additional:
                        response.additional.append(found)


def _made(query: dns.message.Message) -> dns.message.Message:
    response = dns.message.make_response(query, recursion_available=True, our_payload=_EDNS_LIMIT)
    response.flags &= ~dns.flags.CD
    return response


def _failed(query: dns.message.Message, code: dns.rcode.Rcode) -> dns.message.Message:
    response = _made(query)
    response.set_rcode(code)
    return response


def _fitted(response: dns.message.Message, query: dns.message.Message, size: int) -> bytes:
    try:
        return response.to_wire(max_size=size)
    except dns.exception.TooBig:
        short = _made(query)
        short.flags |= (response.flags & dns.flags.AA) | dns.flags.TC
        return short.to_wire()


def _unreadable(data: bytes) -> bytes | None:
    """FORMERR for what at least has the head of a question; silence for noise."""
    if len(data) < 12 or data[2] & 0x80:
        return None
    return data[:2] + bytes([0x80 | (data[2] & 0x79), 0x80 | int(dns.rcode.FORMERR)]) + bytes(8)


def _rrset(name: dns.name.Name, kind: dns.rdatatype.RdataType, texts: Sequence[str]) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(name, _TTL, dns.rdataclass.IN, kind, list(texts))


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
