"""Names that mean nothing, configurations that cannot be used, files that hold no topology."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.end_to_end.bad_input.conftest import Console
from tests.end_to_end.bad_input.refusing import contents, refused
from tests.end_to_end.kit import ServedLab, relync

WORDS = {
    "unknown target": (("preflight", "--target", "nobody.contoso.com"), "nobody.contoso.com is not a server of .*se01"),
    "unknown failure": (("preflight", "--for", "meteor"), "meteor is no failure .*; expected one of: standard-edition"),
    "unknown failure to recover": (("recover", "--plain", "--for", "meteor"), "meteor is no failure"),
    "failure of a server that hosts the store": (("plan", "--target", "se02.contoso.com"), "se02.*Hh202172"),
    "unknown step": (
        ("recover", "--plain", "--yes-to", "se.99"),
        "--yes-to se.99: there is no such step; expected one",
    ),
    "unknown run": (("report", "nope"), "there is no run nope in .*; recorded runs: none. Do next"),
    "no run": (("report",), "there is no .*run .*; recorded runs: none. Do next"),
    "nothing to resume": (("recover", "--resume", "--plain"), "there is no run that can be resumed .*. Do next"),
    "unknown run to resume": (("recover", "--resume", "nope", "--plain"), "there is no run nope in "),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_name_that_means_nothing_is_refused_with_those_that_do(console: Console, tmp_path: Path, name: str) -> None:
    words, said = WORDS[name]
    refused(console(*words), said)
    assert contents(tmp_path) == {}


CONFIGURATIONS: dict[str, tuple[str | bytes, str]] = {
    "unknown key": ("colour = 1\n", "colour: found the key .*; expected one of backup, .*Remove the key"),
    "unknown key in a table": ("[limits]\nprobe = 1\n", 'limits.probe: found .*Did you mean "probe_seconds"'),
    "wrong type": ("resolvers = 5\n", "resolvers: found 5; expected a list"),
    "wrong value": ('[credentials]\nauth = "magic"\n', "credentials.auth: found .*magic.*; expected .*kerberos"),
    "not TOML": ("= = =\n", "found what is not TOML: .*line 1.*; expected a TOML file"),
    "no UTF-8": (b"\xff\xfe\x00a", "found bytes that are not UTF-8; expected a TOML file"),
    "roots that are not there": ('ca_file = "nowhere.pem"\n', "ca_file: found .*nowhere.pem.*; expected a PEM file"),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_that_cannot_be_used_is_refused_with_the_key(
    console: Console, tmp_path: Path, name: str
) -> None:
    text, said = CONFIGURATIONS[name]
    config = tmp_path / "relync.toml"
    config.write_bytes(text if isinstance(text, bytes) else text.encode())
    for words in (("preflight",), ("runs",), ("recover", "--plain")):
        refused(console(*words, config=config), said, within=5.0)
    assert list(contents(tmp_path)) == ["relync.toml"]


def test_a_configuration_that_is_not_there_or_is_a_folder_is_refused(console: Console, tmp_path: Path) -> None:
    refused(console("preflight", config=tmp_path / "no.toml"), "found no such file; expected a TOML file.*--config")
    refused(console("preflight", config=tmp_path), "found a folder; expected a TOML file.*--config")
    named = relync("preflight", home=tmp_path, RELYNC_CONFIG=str(tmp_path / "no.toml"))
    refused(named, "found no such file; .*RELYNC_CONFIG")


def _document(lab: ServedLab) -> bytes:
    with zipfile.ZipFile(lab.backup / "Config.zip") as archive:
        return archive.read("DocItemSet.xml")


def _with_doctype(document: bytes) -> bytes:
    entity = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
    return b"<?xml version='1.0'?>" + entity + document.partition(b"?>")[2]


TEMPLATE = b"param($SiteName)\n'<Topology>' + $SiteName\nGet-CsTopology | Out-Null\n"
FILES = {
    "a report": (
        b"<?xml version='1.0'?><Results><Log>x</Log></Results>",
        "found .*root element 'Results', which holds no top",
    ),
    "a page": (b"<html><body>Topology</body></html>", "found an HTML page"),
    "a page with a DOCTYPE": (b"<!DOCTYPE html><html></html>", "found an HTML page"),
    "a script": (TEMPLATE, "found a PowerShell script"),
    "no bytes": (b"", "found an empty file"),
    "noise": (bytes(range(256)) * 40, "found bytes that are not UTF-8"),
    "zeros": (bytes(5000), "found binary data"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_holds_no_topology_is_refused_with_what_it_is(tmp_path: Path, name: str) -> None:
    content, said = FILES[name]
    file = tmp_path / "given.xml"
    file.write_bytes(content)
    refused(relync("topology", file, "--json", home=tmp_path), f"given.xml: {said}.*; expected a published topology")
    assert list(contents(tmp_path)) == ["given.xml"]


def test_a_doctype_is_refused_before_anything_of_it_is_read(lab: ServedLab, tmp_path: Path) -> None:
    file = tmp_path / "given.xml"
    file.write_bytes(_with_doctype(_document(lab)))
    refused(relync("topology", file, home=tmp_path), "found a DOCTYPE declaration; expected .*do not trust")


def test_half_a_topology_is_no_topology(lab: ServedLab, tmp_path: Path) -> None:
    file = tmp_path / "given.xml"
    document = _document(lab)
    file.write_bytes(document[: len(document) // 2])
    refused(relync("topology", file, home=tmp_path), "found a document that is cut off")


def test_a_folder_or_nothing_is_no_topology(tmp_path: Path) -> None:
    refused(relync("topology", tmp_path, home=tmp_path), "cannot be read .*; expected a published topology")
    refused(relync("topology", tmp_path / "nope.xml", home=tmp_path), "nope.xml: found .*cannot be read")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lab", "nowhere"), "there is no scenario 'nowhere'; there are: se-server-lost"),
        (("lab", "serve", "nowhere"), "there is no scenario 'nowhere'"),
        (("lab", "run", "nowhere", "--json"), "there is no scenario 'nowhere'"),
        (("lab", "serve", "se-server-lost", "--fault", "nope"), "there is no fault 'nope'; there are: "),
        (("lab", "run", "healthy"), "nothing is lost in scenario healthy"),
        ((), "the app needs a terminal"),
    ],
)
def test_a_lab_that_there_is_not_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    refused(relync(*words, home=tmp_path), said)


@pytest.mark.parametrize("words", [("--colour",), ("fly",), ("topology",), ("plan", "--format", "pdf")])
def test_a_command_line_that_cannot_be_read_is_answered_with_the_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = relync(*words, home=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: relync")
    assert "Traceback" not in ran.err
