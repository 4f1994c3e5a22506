"""The DhcpServer cmdlets on the DHCP server (H-01, H-07, H-08): each returns only the level it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from app.lab.cmdlets.call import Call, Cmdlet
from app.lab.ports import Refused
from app.lab.world.network import VENDOR_CLASS_DATA, VENDOR_CLASS_NAME, Dhcp, ReservedAddress

DHCP_SERVER = "DhcpServer"


def hexadecimal(value: bytes) -> list[str]:
    """Return bytes as the cmdlets print Binary options."""
    return [f"0x{one:02X}" for one in value]


def _classes(call: Call) -> None:
    if call.text("Type", "Vendor").lower() == "vendor":
        call.say(Name=VENDOR_CLASS_NAME, Type="Vendor", Data=VENDOR_CLASS_DATA, Description="UC Vendor Class Id")


def _scopes(call: Call) -> None:
    dhcp = call.world.network.dhcp
    call.say(
        ScopeId=dhcp.scope,
        SubnetMask=dhcp.mask,
        Name="Servers",
        State="Active",
        StartRange=f"{dhcp.scope[:-2]}.100",
        EndRange=f"{dhcp.scope[:-2]}.199",
        LeaseDuration="8.00:00:00",
    )


def _options(call: Call) -> None:
    dhcp = call.world.network.dhcp
    if call.given("ScopeId") or call.given("ReservedIP"):
        return
    wanted = {int(one) for one in call.texts("OptionId")}
    rows = _server_level(dhcp, call.text("VendorClass"))
    for number, value in rows.items():
        if not wanted or number in wanted:
            call.say(OptionId=number, Name="", Type="Binary", Value=value, VendorClass=call.text("VendorClass"))


def _server_level(dhcp: Dhcp, vendor_class: str) -> dict[int, list[str]]:
    if not vendor_class:
        return {120: hexadecimal(dhcp.option_120)} if dhcp.option_120 else {}
    if vendor_class != VENDOR_CLASS_NAME:
        raise Refused(f"The specified class {vendor_class} is not defined on DHCP server.", "DHCP 20036")
    return {number: hexadecimal(value) for number, value in dhcp.option_43.items()}


def _reservations(call: Call) -> None:
    for one in call.world.network.dhcp.reservations:
        call.say(
            IPAddress=one.address,
            ScopeId=call.world.network.dhcp.scope,
            ClientId=one.mac.replace(":", "-").lower(),
            Name=one.name,
            Type="Both",
        )


def _set_reservation(call: Call) -> None:
    dhcp = call.world.network.dhcp
    for index, one in enumerate(dhcp.reservations):
        if one.address == call.text("IPAddress"):
            mac = call.text("ClientId", one.mac).replace("-", ":").upper()
            dhcp.reservations[index] = ReservedAddress(address=one.address, mac=mac, name=call.text("Name", one.name))
            return
    raise Refused(f"Failed to get reservation {call.text('IPAddress')} on DHCP server.", "DHCP 20045")


def _set_option(call: Call) -> None:
    dhcp = call.world.network.dhcp
    value = bytes(int(one, 16) for one in call.texts("Value"))
    if call.text("VendorClass") == VENDOR_CLASS_NAME:
        dhcp.option_43[int(call.text("OptionId"))] = value
    elif call.text("OptionId") == "120":
        dhcp.option_120 = value
    else:
        raise Refused(f"Option {call.text('OptionId')} is not defined on DHCP server.", "DHCP 20010")


def _dhcp(
    name: str, run: Callable[[Call], None], *parameters: str, mandatory: tuple[str, ...] = (), changes: bool = False
) -> Cmdlet:
    return Cmdlet(
        name=name,
        run=run,
        parameters=(*parameters, "ComputerName"),
        mandatory=tuple((one,) for one in mandatory),
        module=DHCP_SERVER,
        changes=changes,
        administrator=True,
    )


CMDLETS = (
    _dhcp("Get-DhcpServerv4Class", _classes, "Name", "Type"),
    _dhcp("Get-DhcpServerv4Scope", _scopes, "ScopeId"),
    _dhcp("Get-DhcpServerv4OptionValue", _options, "OptionId", "ScopeId", "ReservedIP", "VendorClass", "All", "Brief"),
    _dhcp("Get-DhcpServerv4Reservation", _reservations, "ScopeId", "IPAddress", "ClientId"),
    _dhcp(
        "Set-DhcpServerv4Reservation", _set_reservation, "IPAddress", "ClientId", "Name", "Description", "Type",
        mandatory=("IPAddress",), changes=True,
    ),
    _dhcp(
        "Set-DhcpServerv4OptionValue", _set_option, "OptionId", "Value", "VendorClass", "ScopeId", "ReservedIP", "Force",
        mandatory=("OptionId", "Value"), changes=True,
    ),
)  # fmt: skip
