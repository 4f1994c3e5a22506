"""The archives that Export-Cs cmdlets write and Import-Cs cmdlets read, on the disks of simulated hosts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lxml import etree

from app.deployment.reading import read_topology_file
from app.deployment.refusals import NotATopology
from app.deployment.topology import Topology
from app.lab.cmdlets.call import Call
from app.lab.documents import config_zip, lis_zip, published_xml, rgs_zip, user_data_zip
from app.lab.ports import Refused
from app.lab.world.lync import PoolData, ResponseGroupState

_LIMIT = 64 * 1024 * 1024
"""Bytes of one member that the lab is willing to unpack."""
_USER = "urn:lcd:"


def configuration(topology: Topology) -> bytes:
    """Return an Export-CsConfiguration archive."""
    return config_zip(topology)


def topology_text(topology: Topology) -> str:
    """Return what Get-CsTopology -AsXml gives: the document without a declaration."""
    text = published_xml(topology).decode("utf-8-sig")
    return text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text


def user_data(data: PoolData) -> bytes:
    """Return an Export-CsUserData archive of what a pool holds."""
    return user_data_zip(tuple(data.users), tuple(int(one) for one in data.conference_directories), data.users)


def response_groups(pool: str, state: ResponseGroupState) -> bytes:
    """Return an Export-CsRgsConfiguration archive."""
    return rgs_zip(pool, state.workflows, state.queues, state.agent_groups)


def locations(count: int) -> bytes:
    """Return an Export-CsLisConfiguration archive."""
    return lis_zip(tuple(f"City {number}" for number in range(1, count + 1)))


def write(call: Call, path: str, content: bytes) -> None:
    """Write an archive where a cmdlet was told to.

    Raises:
        Refused: the folder is not there.
    """
    _folder(call, path)
    real = call.world.real(call.host, path)
    if not real.parent.is_dir():
        raise Refused(f"Could not find a part of the path '{path}'.", "DirectoryNotFoundException")
    real.write_bytes(content)


def _folder(call: Call, path: str) -> None:
    if path.startswith("\\\\"):
        call.require_hop(path)


def found(call: Call, path: str) -> Path:
    """Return the real file behind a path.

    Raises:
        Refused: there is no such file.
    """
    _folder(call, path)
    real = call.world.real(call.host, path)
    if not real.is_file():
        raise Refused(f"Could not find file '{path}'.", "FileNotFoundException")
    return real


def read_configuration(call: Call, path: str) -> Topology:
    """Return the topology of an Export-CsConfiguration archive.

    Raises:
        Refused: no such file, or it is something else.
    """
    try:
        return read_topology_file(found(call, path))
    except NotATopology as error:
        raise Refused(f"The file '{path}' is not a configuration export: {error}", "InvalidData") from None


def read_user_data(call: Call, path: str) -> PoolData:
    """Return users and conference directories of an Export-CsUserData archive."""
    root = _root(found(call, path), "DocItemSet.xml", path)
    data = PoolData()
    directories = []
    for item in root.iter("{*}DocItem"):
        name = item.get("Name", "")
        if name.lower().startswith(_USER):
            buddies = (contact.get("Buddy", "") for contact in item.iter("{*}Contact"))
            data.users[name[len(_USER) :]] = tuple(buddies)
        else:
            directories.append(name.rpartition(":")[2])
    data.conference_directories = tuple(directories)
    return data


def read_response_groups(call: Call, path: str) -> ResponseGroupState:
    """Return the configuration of an Export-CsRgsConfiguration archive."""
    root = _root(found(call, path), "RgsConfiguration.xml", path)

    def names(kind: str) -> tuple[str, ...]:
        return tuple(one.get("Name", "") for one in root.iter(f"{{*}}{kind}"))

    return ResponseGroupState(workflows=names("Workflow"), queues=names("Queue"), agent_groups=names("AgentGroup"))


def _root(real: Path, member: str, path: str) -> etree._Element:
    try:
        with zipfile.ZipFile(io.BytesIO(real.read_bytes())) as archive:
            if archive.getinfo(member).file_size > _LIMIT:
                raise Refused(f"The file '{path}' is too large for the lab.", "InvalidData")
            content = archive.read(member)
    except KeyError:
        raise Refused(f"The file '{path}' is not an export of this kind.", "InvalidData") from None
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise Refused(f"The file '{path}' cannot be opened: {error}.", "FileFormatException") from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(f"The file '{path}' is damaged: {error}.", "XmlException") from None
