"""The script below ``dhcp_server``."""

from __future__ import annotations

from app.facts.dhcp_server import DhcpScope, DhcpServerView, OptionValue, Reservation, VendorClass
from app.lab.cmdlets.call import Call
from app.lab.cmdlets.dhcp import hexadecimal
from app.lab.ports import Refused
from app.lab.world.network import VENDOR_CLASS_DATA, VENDOR_CLASS_NAME


def view(call: Call) -> DhcpServerView:
    """Answer dhcp_server/view.ps1."""
    if not call.host.is_dhcp_server:
        raise Refused("The specified module 'DhcpServer' was not loaded because no valid module file was found.")
    dhcp = call.world.network.dhcp
    options = [OptionValue(option=120, vendor_class="", values=tuple(hexadecimal(dhcp.option_120)))]
    options += [
        OptionValue(option=number, vendor_class=VENDOR_CLASS_NAME, values=tuple(hexadecimal(value)))
        for number, value in sorted(dhcp.option_43.items())
    ]
    reservations = tuple(
        Reservation(address=one.address, client_id=one.mac.replace(":", "-").lower(), name=one.name, options=())
        for one in dhcp.reservations
    )
    return DhcpServerView(
        vendor_classes=(VendorClass(name=VENDOR_CLASS_NAME, data=VENDOR_CLASS_DATA),),
        options=tuple(one for one in options if one.values),
        scopes=(DhcpScope(scope_id=dhcp.scope, mask=dhcp.mask, options=(), reservations=reservations),),
    )
