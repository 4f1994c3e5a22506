"""DNS, DHCP and TLS ports as their servers see them."""

from __future__ import annotations

from collections.abc import Sequence

from app.lab.ports import Behaviour, Certificate, DhcpOptions
from app.lab.world import running
from app.lab.world.machines import Host
from app.lab.world.network import VENDOR_CLASS_DATA, encoded
from app.lab.world.world import World


class NameView:
    """Behind the DNS server."""

    def __init__(self, world: World) -> None:
        """Show the zones of a world."""
        self._world = world

    def behaviour(self) -> Behaviour:
        """Return how to treat the next question."""
        return self._world.network.zones.behaviour

    def authoritative(self, name: str) -> bool:
        """Return whether the server holds the zone of a name."""
        wanted = name.lower().rstrip(".")
        return any(wanted == zone or wanted.endswith(f".{zone}") for zone in self._world.network.zones.names)

    def records(self, name: str, record_type: str) -> Sequence[str] | None:
        """Return record data, () where the name has none of the type, None where it does not exist."""
        wanted = name.lower().rstrip(".")
        with self._world.locked():
            records = self._world.network.zones.records
            found = records.get((wanted, record_type.upper()))
            if found is not None:
                return tuple(found)
            # A name exists as well where something exists below it (RFC 8020).
            there = any(own == wanted or own.endswith(f".{wanted}") for own, _ in records)
            return () if there else None


class DhcpView:
    """Behind the DHCP server."""

    def __init__(self, world: World) -> None:
        """Show the DHCP server of a world."""
        self._world = world

    def behaviour(self) -> Behaviour:
        """Return how to treat the next question."""
        return self._world.network.dhcp.behaviour

    def options(self) -> DhcpOptions:
        """Return what INFORM is answered with."""
        with self._world.locked():
            dhcp = self._world.network.dhcp
            vendor = {VENDOR_CLASS_DATA: encoded(dhcp.option_43)} if dhcp.option_43 else {}
            return DhcpOptions(option_120=dhcp.option_120 or None, option_43_by_class=vendor)


class TlsView:
    """Behind one TLS port of a host."""

    def __init__(self, world: World, host: Host, port: int) -> None:
        """Show one port, by the number that the deployment gives it."""
        self._world = world
        self._host = host
        self._port = port

    def behaviour(self) -> Behaviour:
        """REFUSE while the service behind it does not run."""
        with self._world.locked():
            presented = running.tls_certificate(self._host, self._port)
            return Behaviour.NORMAL if presented is not None else Behaviour.REFUSE

    def certificate(self) -> Certificate:
        """Return what to present now."""
        with self._world.locked():
            held = running.tls_certificate(self._host, self._port)
            if held is None:
                raise LookupError(f"nothing listens on port {self._port} of {self._host.name}")
            return held.material
