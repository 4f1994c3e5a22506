"""User data of any length is counted without a tree: what is said of a stream is said of its end too."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backup.part import hear
from app.deployment.refusals import UnreadableXml

_ITEM = '<DocItem Name="{}"><Data><HomedResource><Contacts><Contact Buddy="bob@contoso.com"/></Contacts></HomedResource></Data></DocItem>'


class Endless(io.RawIOBase):
    """A document of so many users, made while it is read."""

    def __init__(self, users: int, ending: bytes = b"</DocItemSet>") -> None:
        super().__init__()
        self._left = users
        self._rest = b'<?xml version="1.0" encoding="utf-8"?><DocItemSet>'
        self._ending = ending

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and self._left:
            self._rest += _ITEM.format(f"urn:lcd:user{self._left}@contoso.com").encode()
            self._left -= 1
        if not self._left:
            self._rest, self._ending = self._rest + self._ending, b""
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def test_a_long_document_is_counted_in_little_memory() -> None:
    tracemalloc.start()
    part = hear(Endless(20_000), "long")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert part.users == 20_000
    assert peak < 8_000_000


@pytest.mark.parametrize("ending", [b"", b"</DocItemSe", b"</DocItemSet><more/>", b"<!DOCTYPE a></DocItemSet>"])
def test_what_is_wrong_at_the_very_end_is_noticed(ending: bytes) -> None:
    with pytest.raises(UnreadableXml):
        hear(Endless(5_000, ending), "long")


@given(
    users=st.lists(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.com", fullmatch=True), max_size=20),
    others=st.integers(0, 5),
    namespace=st.sampled_from(["", ' xmlns="urn:any"']),
    encode=st.sampled_from([str.encode, lambda text: text.encode("utf-16"), lambda text: text.encode("utf-8-sig")]),
    prefix=st.sampled_from(["urn:lcd:", "URN:LCD:"]),
)
def test_users_and_other_items_are_counted_in_every_shape(
    users: list[str], others: int, namespace: str, encode: Callable[[str], bytes], prefix: str
) -> None:
    items = [prefix + one for one in users] + [f"urn:confdir:{one}" for one in range(others)]
    text = f"<DocItemSet{namespace}>{''.join(_ITEM.format(one) for one in items)}</DocItemSet>"
    part = hear(io.BytesIO(encode(text)), "shape")
    assert (part.users, part.other_items) == (len(users), others)
    assert part.sip_domains == {one.partition("@")[2] for one in users}


@pytest.mark.parametrize("split", range(60, 70))
def test_a_doctype_cannot_hide_between_two_chunks(split: int) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, split))

    text = "<!-- " + "x" * 55 + " --><!DOCTYPE a><a/>"
    for data in (text.encode(), text.encode("utf-16")):
        with pytest.raises(UnreadableXml, match="DOCTYPE"):
            hear(Slow(data), "split")
