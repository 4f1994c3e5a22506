"""Addresses with and without ports, as people write them."""

from __future__ import annotations

import pytest

from app.endpoints import is_address, split_endpoint


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("10.0.0.5", "10.0.0.5", 53),
        (" 10.0.0.5:5353 ", "10.0.0.5", 5353),
        ("fe80::1", "fe80::1", 53),
        ("[fe80::1]", "fe80::1", 53),
        ("[fe80::1]:5353", "fe80::1", 5353),
        ("dns.contoso.com:5353", "dns.contoso.com", 5353),
    ],
)
def test_an_endpoint_is_split(text: str, address: str, port: int) -> None:
    assert split_endpoint(text, 53) == (address, port)


@pytest.mark.parametrize("text", ["", ":53", "a:0", "a:65536", "a:", "a:x", "[::1]x", "[]:53", "a:\u0665"])
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"port|address"):
        split_endpoint(text, 53)


@pytest.mark.parametrize(("text", "is_one"), [("10.0.0.5", True), ("::1", True), ("dc01", False), ("", False)])
def test_an_address_is_told_from_a_name(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one
