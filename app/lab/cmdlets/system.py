"""The few plain cmdlets of Windows that an administrator reaches for first."""

from __future__ import annotations

from datetime import timedelta

from app.lab.cmdlets.call import Call, Cmdlet
from app.lab.ports import Behaviour, Refused


def _date(call: Call) -> None:
    call.say(DateTime=call.world.now + timedelta(seconds=call.host.skew))


def _secure_channel(call: Call) -> None:
    host = call.host
    if not host.part_of_domain:
        raise Refused("This operation cannot be performed: the computer is not joined to a domain.", "NotInDomain")
    if call.flag("Repair"):
        host.secure_channel = bool(call.world.directory.computers_of(host.name))
    call.say(Value=host.secure_channel)


def _resolve(call: Call) -> None:
    zones, name = call.world.network.zones, call.text("Name").lower().rstrip(".")
    if zones.behaviour is not Behaviour.NORMAL:
        raise Refused(f"{name} : This operation returned because the timeout period expired", "ERROR_TIMEOUT")
    for entry in call.host.hosts_file:
        if name in [one.lower() for one in entry.names]:
            call.say(Name=name, Type="A", Section="Answer", IPAddress=entry.address)
            return
    wanted = call.text("Type", "A").upper()
    found = zones.addresses(name) if wanted == "A" else tuple(zones.records.get((name, wanted), ()))
    if not found:
        raise Refused(f"{name} : DNS name does not exist", "DNS_ERROR_RCODE_NAME_ERROR")
    for data in found:
        if wanted == "A":
            call.say(Name=name, Type="A", Section="Answer", IPAddress=data)
        else:
            call.say(Name=name, Type=wanted, Section="Answer", NameTarget=data)


CMDLETS = (
    Cmdlet(name="Get-Date", run=_date, parameters=("Format",)),
    Cmdlet(name="Test-ComputerSecureChannel", run=_secure_channel, parameters=("Repair", "Server"), administrator=True),
    Cmdlet(
        name="Resolve-DnsName", run=_resolve, parameters=("Name", "Type", "Server", "DnsOnly"), mandatory=(("Name",),)
    ),
)
