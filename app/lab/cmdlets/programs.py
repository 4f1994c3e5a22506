"""Programs of a simulated host: copying, shares, setup."""

from __future__ import annotations

from app.facts.host import Grant
from app.lab.cmdlets import setup, shares
from app.lab.cmdlets.call import Call
from app.lab.ports import Refused
from app.lab.world import roles
from app.lab.world.files import copy_tree

_RIGHTS = {"full": "Full", "change": "Change", "read": "Read"}
_VALUED = ("/xf", "/xd")


def robocopy(call: Call) -> None:
    """Copy a folder; exit codes below 8 are successes: 0 nothing to copy, 1 files were copied."""
    plain, skipped = _robocopy_words(call.arguments)
    if len(plain) < 2:
        _end(call, 16, "ERROR : No Destination Directory Specified.")
        return
    source_path, target_path = plain[0], plain[1]
    try:
        for path in (source_path, target_path):
            if path.startswith("\\\\"):
                call.require_hop(path)
        source = call.world.real(call.host, source_path)
        target = call.world.real(call.host, target_path)
    except Refused as refused:
        _end(call, 16, f"ERROR 5 (0x00000005) Accessing Source Directory {source_path}", str(refused))
        return
    if not source.is_dir():
        _end(call, 16, f"ERROR 2 (0x00000002) Accessing Source Directory {source_path}")
        return
    copied = copy_tree(source, target, skipped=skipped)
    _end(call, 1 if copied else 0, f"Files : {copied} copied, 0 failed")


def _robocopy_words(arguments: tuple[str, ...]) -> tuple[list[str], frozenset[str]]:
    plain: list[str] = []
    skipped: set[str] = set()
    collecting: set[str] | None = None
    for word in arguments:
        if word.startswith("/"):
            collecting = skipped if word.lower() in _VALUED else None
        elif collecting is not None:
            collecting.add(word.lower())
        else:
            plain.append(word)
    return plain, frozenset(skipped)


def net(call: Call) -> None:
    """Run ``net share``."""
    words = list(call.arguments)
    if not words or words[0].lower() != "share":
        _end(call, 1, "The lab knows NET SHARE alone.")
    elif len(words) == 1:
        _end(call, 0, *(f"{point.name:<14}{point.path}" for point in call.host.disks.shares))
    elif words[-1].lower() == "/delete":
        call.require_administrator()
        call.host.disks.remove_share(words[1])
        _end(call, 0, f"{words[1]} was deleted successfully.")
    else:
        _net_share(call, words[1:])


def _net_share(call: Call, words: list[str]) -> None:
    name, _, path = words[0].partition("=")
    grants = []
    for word in words[1:]:
        if word.lower().startswith("/grant:"):
            account, _, right = word[7:].rpartition(",")
            grants.append(Grant(account=account, right=_RIGHTS.get(right.lower(), "Read"), allow=True))
    call.require_administrator()
    try:
        shares.create(call, name, path, tuple(grants) or (Grant(account="Everyone", right="Read", allow=True),))
    except Refused as refused:
        _end(call, 2, str(refused))
        return
    _end(call, 0, f"{name} was shared successfully.")


def _end(call: Call, code: int, *lines: str) -> None:
    call.outcome.exit_code = code
    call.outcome.output += lines


PROGRAMS = {
    "msiexec.exe": setup.msiexec,
    "robocopy.exe": robocopy,
    "net.exe": net,
}
"""By file name, those that every Windows has."""
INSTALLED = {roles.BOOTSTRAPPER.lower(): setup.bootstrapper}
"""By full path, those that come with the product."""
