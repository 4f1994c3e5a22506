"""What is no topology is refused with found, expected and what to do next; never with a traceback, never in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.deployment.reading import NotATopology, read_topology, read_topology_file
from app.lab.contoso import contoso_topology
from app.lab.documents import config_zip, rgs_zip, user_data_zip
from tests.deployment.documents import DESIGN, ENTERPRISE, SIMPLE_URLS, anchored, item_set, zipped

_TOPOLOGY = '<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008">'
_XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_LAUGHS = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
_HIDDEN = anchored(_XXE.replace("<", "&lt;") + "&lt;Topology.2008/>")

BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty file"),
    "blank": (b"\xff\xfe \x00\r\x00\n\x00", "empty file"),
    "text": (b"Identity : Registrar:pool01.contoso.com", "not XML"),
    "binary": (bytes(range(256)) * 4, "not UTF-8 text"),
    "nul": (b"<a>\x00\x00\x00\x00</a>", "binary data"),
    "utf-32": (ENTERPRISE.encode("utf-32"), "UTF-32"),
    "strange encoding": (b'<?xml version="1.0" encoding="cp037"?><a/>', "cp037"),
    "doctype": ((_XXE + ENTERPRISE).encode(), "DOCTYPE"),
    "doctype after declaration": (('<?xml version="1.0"?>\n<!-- c -->' + _LAUGHS + ENTERPRISE).encode(), "DOCTYPE"),
    "doctype in UTF-16": ((_XXE + ENTERPRISE).encode("utf-16"), "DOCTYPE"),
    "doctype in UTF-16 without mark": ((_XXE + ENTERPRISE).encode("utf-16-le"), "DOCTYPE"),
    "doctype in a part": (zipped({"x.xml": _XXE + ENTERPRISE}), "DOCTYPE"),
    "doctype in escaped text": (_HIDDEN.encode(), "DOCTYPE"),
    "entity nobody defined": (f"{_TOPOLOGY}&boom;</Topology>".encode(), "not well-formed"),
    "cut off": (ENTERPRISE[: len(ENTERPRISE) // 2].encode(), "cut off"),
    "cut off after a tag": (ENTERPRISE[: ENTERPRISE.rindex("</Services>")].encode(), "cut off"),
    "not well-formed": (ENTERPRISE.replace("</Sites>", "</Site>").encode(), "not well-formed"),
    "too deep": (b"<a>" * 400 + b"</a>" * 400, "not well-formed"),
    "template": (ENTERPRISE.replace("pool01.contoso.com", "$PoolFqdn").encode(), "PowerShell template"),
    "template of a domain": (ENTERPRISE.replace('Name="contoso.com"', 'Name="${Domain}"').encode(), "template"),
    "script": (f"$x = @'\r\n{ENTERPRISE}\r\n'@\r\n$x | Out-File t.xml".encode(), "PowerShell script"),
    "html report": (b"<!DOCTYPE html><html><body>Topology</body></html>", "HTML"),
    "html without doctype": (b"\r\n<HTML><head/></HTML>", "HTML"),
    "log": (b'<?xml version="1.0"?><CsMgmtLog Name="Publish-CSTopology"></CsMgmtLog>', "CsMgmtLog"),
    "clixml": (
        '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"/>'.encode("utf-16"),
        "Export-Clixml",
    ),
    "legacy input": (b'<TopologyInput xmlns="urn:x"/>', "Merge-CsLegacyTopology"),
    "other namespace": (b'<Topology xmlns="urn:other"/>', "another kind"),
    "other root": (b"<project/>", "root element 'project'"),
    "no clusters": (f"{_TOPOLOGY}</Topology>".encode(), "no clusters"),
    "no services": (
        f'{_TOPOLOGY}<Clusters><Cluster Fqdn="a"><ClusterId SiteId="1" Number="1"/></Cluster></Clusters></Topology>'.encode(),
        "no services",
    ),
    "tbxml without topology": (b"<TopologyBuilder xmlns='urn:x'/>", "without a topology"),
    "store items without topology": (item_set(SIMPLE_URLS).encode(), "no topology among them"),
    "user data archive": (user_data_zip(["alice@contoso.com"]), "export of something else"),
    "response group archive": (rgs_zip("se01.contoso.com"), "export of something else"),
    "packed folder": (zipped({"b/Config.zip": config_zip(contoso_topology())}, opc=False), "archives inside"),
    "other archive": (zipped({"a.txt": "a"}, opc=False), "none of whose files"),
    "damaged topology in an archive": (zipped({"d.xml": item_set(ENTERPRISE)[:-20]}), "cut off"),
}


@pytest.mark.parametrize(("data", "found"), BAD.values(), ids=list(BAD))
def test_the_refusal_names_what_was_found_what_was_expected_and_what_to_do(data: bytes, found: str) -> None:
    with pytest.raises(NotATopology) as caught:
        read_topology(data, "given.xml")
    sentence = str(caught.value)
    assert sentence.startswith("given.xml")
    assert found in sentence
    assert "; expected " in sentence and caught.value.remedy in sentence and caught.value.remedy
    assert "\n" not in sentence


@pytest.mark.parametrize("data", [one for one, _ in BAD.values()], ids=list(BAD))
def test_a_file_on_disk_is_refused_with_the_same_words(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "given.xml"
    path.write_bytes(data)
    with pytest.raises(NotATopology) as from_file:
        read_topology_file(path)
    with pytest.raises(NotATopology) as from_bytes:
        read_topology(data, "given.xml")
    assert str(from_file.value) == str(from_bytes.value)


def test_a_share_that_ends_in_a_dollar_sign_is_no_template() -> None:
    assert read_topology(ENTERPRISE.replace("dfs\\Lync$", "LyncShare$").encode(), "t").file_store_paths()


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(min_value=1, max_value=len(ENTERPRISE.rstrip()) - 1))
def test_a_document_that_stops_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(NotATopology):
        read_topology(ENTERPRISE.rstrip()[:cut].encode(), "t.xml")


_SOURCES = [ENTERPRISE.encode(), DESIGN.encode("utf-16"), config_zip(contoso_topology())]


@settings(max_examples=150, deadline=None)
@given(
    source=st.sampled_from(_SOURCES),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=6),
)
def test_damage_anywhere_is_read_or_refused_but_never_a_crash(
    source: bytes, changes: list[tuple[float, bytes]]
) -> None:
    data = bytearray(source)
    for place, content in changes:
        at = int(place * len(data))
        data[at : at + len(content)] = content
    try:
        assert read_topology(bytes(data), "t").services
    except NotATopology as refusal:
        assert refusal.found
