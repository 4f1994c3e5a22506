"""Archives are judged before anything is unpacked; nothing in one leads out of it, fills a disk or names a device."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from app.deployment.packages import MEMBER_LIMIT, open_package
from app.deployment.refusals import UnreadableArchive
from tests.deployment.documents import zipped


def _with_flag(data: bytes, flag: int) -> bytes:
    """Set a general purpose flag in every header, local and central."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset] |= flag
            at = changed.find(signature, at + 4)
    return bytes(changed)


def _with_method(data: bytes, method: int) -> bytes:
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset : at + offset + 2] = struct.pack("<H", method)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def _twice(name: str, again: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "a")
        archive.writestr(again, "b")
    return buffer.getvalue()


def _damaged(data: bytes) -> bytes:
    """Flip the content of a stored member, so that its checksum no longer holds."""
    return data.replace(b"the content", b"THE CONTENT")


def _stored() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", "the content")
    return buffer.getvalue()


GOOD = zipped({"a.xml": "<a/>"})
BAD = {
    "empty": (b"", "empty file"),
    "no archive": (b"<a/>", "no zip archive"),
    "nothing in it": (b"PK\x05\x06" + bytes(18), "nothing in it"),
    "only folders": (zipped({"a/": b""}, opc=False), "nothing in it"),
    "cut off": (GOOD[:-30], "cut off"),
    "cut off in the middle": (zipped({"a": "b" * 99})[:60], "cut off"),
    "encrypted": (_with_flag(GOOD, 1), "encrypted"),
    "strange compression": (_with_method(GOOD, 9), "compression method 9"),
    "bomb": (zipped({"a.xml": bytes(6 * 1024**2)}), "unpacks from"),
    "upwards": (zipped({"../a.xml": "a"}), "leads out"),
    "upwards in the middle": (zipped({"a/../../b": "a"}), "leads out"),
    "upwards by backslash": (zipped({"a\\..\\..\\b": "a"}), "leads out"),
    "absolute": (zipped({"/etc/passwd": "a"}), "absolute"),
    "drive": (zipped({"C:\\Windows\\a": "a"}), "absolute"),
    "share": (zipped({"\\\\server\\share\\a": "a"}), "absolute"),
    "device": (zipped({"CON.xml": "a"}), "device"),
    "device in a folder": (zipped({"a/com1": "a"}), "device"),
    "stream": (zipped({"a.xml:hidden": "a"}), "Windows does not allow"),
    "trailing dot": (zipped({"a.": "a"}), "Windows does not allow"),
    "same name": (_twice("A.xml", "a.xml"), "two entries"),
    "damaged": (_damaged(_stored()), "damage in a.xml"),
}


@pytest.mark.parametrize(("data", "found"), BAD.values(), ids=list(BAD))
def test_an_archive_that_cannot_be_trusted_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(UnreadableArchive, match=found), open_package(io.BytesIO(data), "Config.zip") as package:
        for member in package.members:
            package.verify(member.name)


def test_too_many_files_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(MEMBER_LIMIT + 1):
            archive.writestr(str(number), "")
    with pytest.raises(UnreadableArchive, match="files"), open_package(buffer_at_start(buffer), "a.zip"):
        pass


def buffer_at_start(buffer: io.BytesIO) -> io.BytesIO:
    buffer.seek(0)
    return buffer


def test_a_member_longer_than_the_caller_can_hold_is_refused() -> None:
    with (
        open_package(io.BytesIO(zipped({"a.xml": "12345"})), "a.zip") as package,
        pytest.raises(UnreadableArchive, match="5 bytes"),
    ):
        package.read("a.xml", 4)


def test_a_package_of_the_product_opens_and_names_its_members() -> None:
    with open_package(io.BytesIO(GOOD), "a.zip") as package:
        assert package.is_opc
        assert [one.name for one in package.members] == ["[Content_Types].xml", "a.xml"]
        assert package.read("a.xml", 100) == b"<a/>"
        assert package.members[0].written is not None
