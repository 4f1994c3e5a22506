"""SMB shares of a host (F-03)."""

from __future__ import annotations

from app.facts.host import Grant
from app.lab.cmdlets.call import Call, Cmdlet
from app.lab.ports import Refused
from app.lab.world import installing
from app.lab.world.files import SharePoint

_RIGHTS = {"FullAccess": "Full", "ChangeAccess": "Change", "ReadAccess": "Read"}


def _new(call: Call) -> None:
    create(call, call.text("Name"), call.text("Path"), _grants(call))
    point = call.host.disks.share(call.text("Name"))
    if point is not None:
        _say(call, point)


def create(call: Call, name: str, path: str, grants: tuple[Grant, ...]) -> None:
    """Share a folder.

    Raises:
        Refused: the name is taken or the folder is not there.
    """
    if call.host.disks.share(name) is not None:
        raise Refused("The name has already been shared.", "Windows System Error 2118")
    if not call.world.real(call.host, path).is_dir():
        raise Refused("The system cannot find the file specified.", "Windows System Error 2")
    installing.share_folder(call.host, name, path, grants)


def _grants(call: Call) -> tuple[Grant, ...]:
    found = [
        Grant(account=account, right=right, allow=True)
        for parameter, right in _RIGHTS.items()
        for account in call.texts(parameter)
    ]
    found += [Grant(account=account, right="Full", allow=False) for account in call.texts("NoAccess")]
    return tuple(found) or (Grant(account="Everyone", right="Read", allow=True),)


def _get(call: Call) -> None:
    wanted = [one.lower() for one in call.texts("Name")]
    points = [one for one in call.host.disks.shares if not wanted or one.name.lower() in wanted]
    if wanted and not points:
        raise Refused(
            f"No MSFT_SMBShare objects found with property 'Name' equal to '{call.text('Name')}'.", "CmdletizationQuery"
        )
    for point in points:
        _say(call, point)


def _access(call: Call) -> None:
    point = _present(call)
    for grant in point.share_grants:
        call.say(
            Name=point.name,
            ScopeName="*",
            AccountName=grant.account,
            AccessControlType="Allow" if grant.allow else "Deny",
            AccessRight=grant.right,
        )


def _remove(call: Call) -> None:
    call.host.disks.remove_share(_present(call).name)


def _present(call: Call) -> SharePoint:
    point = call.host.disks.share(call.text("Name"))
    if point is None:
        raise Refused(
            f"No MSFT_SMBShare objects found with property 'Name' equal to '{call.text('Name')}'.", "NotFound"
        )
    return point


def _say(call: Call, point: SharePoint) -> None:
    call.say(Name=point.name, ScopeName="*", Path=point.path, Description="")


CMDLETS = (
    Cmdlet(
        name="New-SmbShare", run=_new, parameters=("Name", "Path", "Description", "NoAccess", *_RIGHTS),
        mandatory=(("Name",), ("Path",)), changes=True, administrator=True,
    ),
    Cmdlet(name="Get-SmbShare", run=_get, parameters=("Name",)),
    Cmdlet(name="Get-SmbShareAccess", run=_access, parameters=("Name",), mandatory=(("Name",),), administrator=True),
    Cmdlet(
        name="Remove-SmbShare", run=_remove, parameters=("Name", "Force"), mandatory=(("Name",),), changes=True,
        administrator=True,
    ),
)  # fmt: skip
