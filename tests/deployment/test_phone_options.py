"""Options 120 and 43 are encoded as phones need them, and what is wrong with a stored one is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deployment.phone_options import (
    PATH,
    decode_option_43,
    decode_option_120,
    encode_option_43,
    encode_option_120,
)

# The byte strings of the fact sheet's worked example (H-02, H-03).
_SERVER = "server.fqdn.company.com"
_OPTION_120 = bytes.fromhex("0006736572766572046671646E07636F6D70616E7903636F6D00")
_OPTION_43 = bytes.fromhex(
    "010C4D532D55432D436C69656E74"
    "02056874747073"
    "03177365727665722E6671646E2E636F6D70616E792E636F6D"
    "0403343433"
    "05252F4365727450726F762F4365727450726F766973696F6E696E67536572766963652E737663"
)
_hosts = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9](\.[a-z][a-z0-9]{1,9}){1,4}", fullmatch=True)


def test_the_worked_example_is_encoded_byte_for_byte() -> None:
    assert encode_option_120(_SERVER) == _OPTION_120
    assert encode_option_43(_SERVER) == _OPTION_43
    assert len(_OPTION_43) == 90


def test_the_worked_example_is_decoded_without_a_problem() -> None:
    assert decode_option_120(_OPTION_120).servers == (_SERVER,)
    assert decode_option_120(_OPTION_120).problems == ()
    decoded = decode_option_43(_OPTION_43)
    assert decoded.problems == ()
    assert decoded.url == f"https://{_SERVER}:443{PATH}"


@given(host=_hosts)
def test_what_is_encoded_is_decoded(host: str) -> None:
    assert decode_option_120(encode_option_120(host)) == decode_option_120(encode_option_120(host.upper()))
    assert decode_option_120(encode_option_120(host)).servers == (host,)
    assert decode_option_43(encode_option_43(host)).server == host
    assert decode_option_43(encode_option_43(host)).problems == ()


@given(host=_hosts, data=st.data())
def test_a_cut_option_is_always_noticed(host: str, data: st.DataObject) -> None:
    for encoded, decode in ((encode_option_120(host), decode_option_120), (encode_option_43(host), decode_option_43)):
        cut = data.draw(st.integers(0, len(encoded) - 1))
        assert decode(encoded[:cut]).problems


def test_the_cut_of_cisco_ios_is_noticed_for_a_name_longer_than_23_characters() -> None:
    """H-06: 90 bytes are kept; the last sub-option loses its end."""
    decoded = decode_option_43(encode_option_43("web-internal.pool01.contoso.com")[:90])
    assert decoded.problems[0] == "it is cut off inside sub-option 5"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"\x01\x0a\x00\x00\x0b", "IP addresses"),
        (b"\x07abc", "encoding byte is 7"),
        (b"\x00\x00", "no server"),
        (b"\x00\x04se01", "cut off"),
    ],
)
def test_a_wrong_option_120_says_why(data: bytes, problem: str) -> None:
    assert any(problem in one for one in decode_option_120(data).problems)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (_OPTION_43.replace(b"MS-UC", b"ms-uc"), "sub-option 1 is 'ms-uc-Client'"),
        (_OPTION_43.replace(b"\x04\x03443", b"\x04\x02\x01\xbb"), "sub-option 4"),
        (_OPTION_43.replace(b"\x02\x05https", b"\x02\x06https\x00"), "ends in NUL"),
        (_OPTION_43[: -len(PATH) - 2], "sub-option 5 is missing"),
        (b"\x02\x04\x00\x00\x00\x0a", "sub-option 1 is missing"),
    ],
)
def test_a_wrong_option_43_says_why(data: bytes, problem: str) -> None:
    assert any(problem in one for one in decode_option_43(data).problems)


@given(data=st.binary(max_size=60))
def test_no_bytes_break_the_decoders(data: bytes) -> None:
    assert isinstance(decode_option_120(data).servers, tuple)
    assert isinstance(decode_option_43(data).server, str)


@pytest.mark.parametrize("name", ["", "a b.com", "-a.com", "pool_1.contoso.com", f"{'a' * 64}.com", f"{'a.' * 130}com"])
def test_a_name_that_no_phone_could_read_is_not_encoded(name: str) -> None:
    with pytest.raises(ValueError):
        encode_option_120(name)
