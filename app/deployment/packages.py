"""Archives from a stranger, opened safely: nothing is extracted, and everything is judged before it is unpacked.

Limits are far above any real export and far below what hurts: a pool of 80,000 users exports about 2 GB of XML.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, BinaryIO, cast

from app.deployment.refusals import UnreadableArchive

MEMBER_LIMIT = 20_000
TOTAL_LIMIT = 4 * 1024**3
"""Bytes that all members unpack to."""
RATIO_LIMIT = 400
"""Unpacked to packed size; XML of the product stays below 60, zeros reach 1,030."""
RATIO_MATTERS_FROM = 4 * 1024**2
"""A member smaller than this cannot hurt, however well it was packed."""
_LOCAL_HEADER = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"
_READABLE_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DEVICES = re.compile(r"(?i)\A(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)")
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_UNPACKER_GIVES_UP = (zlib.error, EOFError, struct.error, ValueError, OverflowError, NotImplementedError, RuntimeError)
"""Beside BadZipFile: seen on damaged tables of contents and streams (a negative seek is a ValueError)."""
_CHUNK = 1 << 18
_UNSET_YEAR = 1980


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive."""

    name: str
    size: int
    written: datetime | None
    """Local time of the machine that wrote it, without zone; None where the writer did not say."""


class Package:
    """An open archive whose table of contents has been judged."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        """Judge the table of contents.

        Raises:
            UnreadableArchive: it is empty, encrypted, a bomb, or names what Windows must not be asked to create.
        """
        self._archive = archive
        self.name = name
        infos = [one for one in archive.infolist() if not one.is_dir()]
        _judge(archive.infolist(), name)
        self._infos = {one.filename: one for one in infos}
        self.members = tuple(Member(name=one.filename, size=one.file_size, written=_written(one)) for one in infos)

    @property
    def is_opc(self) -> bool:
        """Whether it is an OPC package, as the Export-Cs cmdlets write."""
        return "[Content_Types].xml" in self._infos

    @contextmanager
    def open(self, member: str) -> Iterator[BinaryIO]:
        """Open one member for reading; its checksum is compared when the end is reached.

        Raises:
            UnreadableArchive: the member is damaged.
        """
        with _translated(self.name, member):
            stream = self._archive.open(self._infos[member])
        with stream:
            yield cast(BinaryIO, _Unpacking(stream, self.name, member))

    def read(self, member: str, limit: int) -> bytes:
        """Return one member of at most ``limit`` bytes.

        Raises:
            UnreadableArchive: it is longer, or damaged.
        """
        size = self._infos[member].file_size
        if size > limit:
            raise UnreadableArchive(self.name, f"{size} bytes in {member}", expected=f"at most {limit} bytes")
        with self.open(member) as stream:
            return stream.read()

    def verify(self, member: str) -> None:
        """Unpack one member to nowhere and compare its checksum.

        Raises:
            UnreadableArchive: it is damaged.
        """
        with self.open(member) as stream:
            while stream.read(_CHUNK):
                pass


class _Unpacking:
    """A member being read: what the unpacker raises is translated, what its reader raises is not."""

    def __init__(self, stream: IO[bytes], name: str, member: str) -> None:
        self._stream = stream
        self._name = name
        self._member = member

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end."""
        with _translated(self._name, self._member):
            return self._stream.read(size)


@contextmanager
def open_package(source: BinaryIO, name: str) -> Iterator[Package]:
    """Open an archive.

    Args:
        source: the file, seekable.
        name: as the operator knows it.

    Raises:
        UnreadableArchive: it is none, cut off, encrypted, a bomb, or holds a name that leads out of its folder.
    """
    start = source.read(4)
    if start == _EMPTY:
        raise UnreadableArchive(name, "an archive with nothing in it")
    if start != _LOCAL_HEADER:
        raise UnreadableArchive(name, "a file that is no zip archive" if start else "an empty file")
    with _translated(name, "table of contents"):
        archive = zipfile.ZipFile(source)
    with archive:
        yield Package(archive, name)


def looks_like_archive(start: bytes) -> bool:
    """Return whether a file that begins so claims to be a zip archive."""
    return start[:4] in (_LOCAL_HEADER, _EMPTY)


@contextmanager
def _translated(name: str, part: str) -> Iterator[None]:
    """Turn every way in which the unpacker gives up into one kind of refusal."""
    try:
        yield
    except zipfile.BadZipFile as error:
        cut_off = "not a zip file" in str(error) or "directory" in str(error)
        found = "an archive that is cut off (its table of contents is missing)" if cut_off else f"damage in {part}"
        raise UnreadableArchive(name, found) from error
    except _UNPACKER_GIVES_UP as error:
        raise UnreadableArchive(name, f"damage in {part}") from error


def _judge(infos: list[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > MEMBER_LIMIT:
        raise UnreadableArchive(name, f"{len(infos)} files", expected=f"at most {MEMBER_LIMIT}")
    if not any(not one.is_dir() for one in infos):
        raise UnreadableArchive(name, "an archive with nothing in it")
    seen: set[str] = set()
    for one in infos:
        bad = _bad_name(one.orig_filename)
        if bad:
            raise UnreadableArchive(
                name, f"an entry {bad}: {one.orig_filename[:80]!r}", remedy="do not trust this file"
            )
        folded = one.filename.replace("\\", "/").lower()
        if folded in seen:
            raise UnreadableArchive(name, f"two entries of one name: {one.filename[:80]!r}")
        seen.add(folded)
        _judge_packing(one, name)
    total = sum(one.file_size for one in infos)
    if total > TOTAL_LIMIT:
        raise UnreadableArchive(name, f"{total} bytes when unpacked", expected=f"at most {TOTAL_LIMIT} bytes")


def _judge_packing(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & 0x1:
        raise UnreadableArchive(name, f"an encrypted entry: {info.filename[:80]!r}", remedy="decrypt it first")
    if info.compress_type not in _READABLE_COMPRESSION:
        found = f"compression method {info.compress_type} in {info.filename[:80]!r}"
        raise UnreadableArchive(name, found, expected="stored or deflated entries", remedy="pack the files again")
    if info.file_size >= RATIO_MATTERS_FROM and info.file_size > RATIO_LIMIT * max(info.compress_size, 1):
        found = f"{info.filename[:80]!r}, which unpacks from {info.compress_size} to {info.file_size} bytes"
        raise UnreadableArchive(name, found, remedy="it is built to exhaust memory or disk: do not trust this file")


def _bad_name(name: str) -> str:
    """Return what is wrong with a name by the rules of Windows, where the archive comes from and may go to."""
    parts = re.split(r"[\\/]", name.rstrip("/\\"))
    if not name or name[0] in "/\\" or re.match(r"[A-Za-z]:", name):
        return "with an absolute path"
    if any(part in ("..", ".") for part in parts):
        return "that leads out of its folder"
    if any(_FORBIDDEN.search(part) or not part or part[-1] in ". " for part in parts):
        return "whose name Windows does not allow"
    if any(_DEVICES.match(part) for part in parts):
        return "named like a device"
    return ""


def _written(info: zipfile.ZipInfo) -> datetime | None:
    if info.date_time[0] <= _UNSET_YEAR:
        return None
    try:
        return datetime(*info.date_time)
    except ValueError:
        return None
