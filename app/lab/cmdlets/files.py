"""Files and folders of a host, and of other hosts through their shares."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from app.lab.cmdlets.call import Call, Cmdlet
from app.lab.cmdlets.certificate_drive import children
from app.lab.ports import Refused
from app.lab.world.files import copy_tree
from app.lab.world.keys import utc


def _path(call: Call) -> str:
    return call.text("LiteralPath") or call.text("Path")


def _real(call: Call, path: str) -> Path:
    if path.startswith("\\\\"):
        call.require_hop(path)
    return call.world.real(call.host, path)


def _existing(call: Call, path: str) -> Path:
    real = _real(call, path)
    if not real.exists():
        raise Refused(f"Cannot find path '{path}' because it does not exist.", "PathNotFound")
    return real


def _new_item(call: Call) -> None:
    path = call.text("Path")
    if call.given("Name"):
        path = f"{path.rstrip(chr(92))}\\{call.text('Name')}"
    real = _real(call, path)
    if call.text("ItemType").lower() in ("directory", "container"):
        if real.exists() and not call.flag("Force"):
            raise Refused(f"An item with the specified name {path} already exists.", "DirectoryExist")
        real.mkdir(parents=True, exist_ok=True)
    else:
        if real.exists() and not call.flag("Force"):
            raise Refused(f"The file '{path}' already exists.", "NewItemIOError")
        if not real.parent.is_dir():
            raise Refused(f"Could not find a part of the path '{path}'.", "NewItemIOError")
        real.write_text(call.text("Value"), encoding="utf-8")
    _say(call, real, path)


def _copy(call: Call) -> None:
    source, destination = _path(call), call.text("Destination")
    real = _existing(call, source)
    target = _real(call, destination)
    if target.is_dir():
        target /= real.name
    if real.is_dir():
        if not call.flag("Recurse"):
            target.mkdir(parents=True, exist_ok=True)
            return
        copy_tree(real, target)
        return
    if not target.parent.is_dir():
        raise Refused(f"Could not find a part of the path '{destination}'.", "DirectoryNotFoundException")
    shutil.copy2(real, target)


def _remove(call: Call) -> None:
    real = _existing(call, _path(call))
    if real.is_dir():
        if any(real.iterdir()) and not call.flag("Recurse"):
            raise Refused(f"The directory at {_path(call)} is not empty and Recurse was not specified.", "NotEmpty")
        shutil.rmtree(real)
    else:
        real.unlink()


def _children(call: Call) -> None:
    path = _path(call) or "C:\\"
    if path.lower().startswith("cert:"):
        children(call, path)
        return
    real = _existing(call, path)
    for one in sorted(real.rglob("*") if call.flag("Recurse") else real.iterdir()) if real.is_dir() else [real]:
        below = str(one.relative_to(real)).replace("/", "\\") if real.is_dir() else ""
        _say(call, one, f"{path.rstrip(chr(92))}\\{below}" if below else path)


def _item(call: Call) -> None:
    path = _path(call)
    _say(call, _existing(call, path), path)


def _say(call: Call, real: Path, path: str) -> None:
    state = real.stat()
    call.say(
        FullName=path,
        Name=real.name,
        Length=state.st_size if real.is_file() else None,
        LastWriteTime=utc(state.st_mtime),
        PSIsContainer=real.is_dir(),
    )


def _test(call: Call) -> None:
    path = _path(call)
    try:
        there = _real(call, path).exists()
    except Refused:
        there = False
    call.say(Value=there)


def _content(call: Call) -> None:
    for line in _existing(call, _path(call)).read_text(encoding="utf-8", errors="replace").splitlines():
        call.say(Value=line)


def _hash(call: Call) -> None:
    algorithm = call.text("Algorithm", "SHA256").upper()
    if algorithm not in ("SHA1", "SHA256", "SHA384", "SHA512", "MD5"):
        raise Refused(f"Cannot validate argument on parameter 'Algorithm': {algorithm}.", "ParameterArgumentValidation")
    digest = hashlib.new(algorithm.lower(), _existing(call, _path(call)).read_bytes())
    call.say(Algorithm=algorithm, Hash=digest.hexdigest().upper(), Path=_path(call))


_PLACE = ("Path", "LiteralPath")
CMDLETS = (
    Cmdlet(
        name="New-Item", run=_new_item, parameters=("Path", "Name", "ItemType", "Force", "Value"),
        mandatory=(("Path",),), changes=True, administrator=True,
    ),
    Cmdlet(
        name="Copy-Item", run=_copy, parameters=(*_PLACE, "Destination", "Force", "Recurse"),
        mandatory=(_PLACE, ("Destination",)), changes=True, administrator=True,
    ),
    Cmdlet(
        name="Remove-Item", run=_remove, parameters=(*_PLACE, "Force", "Recurse"), mandatory=(_PLACE,),
        changes=True, administrator=True,
    ),
    Cmdlet(name="Get-ChildItem", run=_children, parameters=(*_PLACE, "Recurse", "Force", "Filter")),
    Cmdlet(name="Get-Item", run=_item, parameters=(*_PLACE, "Force"), mandatory=(_PLACE,)),
    Cmdlet(name="Test-Path", run=_test, parameters=(*_PLACE, "PathType"), mandatory=(_PLACE,)),
    Cmdlet(name="Get-Content", run=_content, parameters=(*_PLACE, "Raw"), mandatory=(_PLACE,)),
    Cmdlet(name="Get-FileHash", run=_hash, parameters=(*_PLACE, "Algorithm"), mandatory=(_PLACE,)),
)  # fmt: skip
