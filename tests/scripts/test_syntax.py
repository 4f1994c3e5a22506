"""Every script, held to what can be told without a PowerShell: it parses, names real cmdlets, and builds no commands from text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_pwsh

from app.facts import dhcp_server, host, lync
from app.facts.fact import Fact
from app.remote.execution import SCRIPT
from app.remote.scripts import LOADER, POWERSHELL, batch_input, powershell_arguments, script_text
from app.remote.session import Fragment

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "app" / "facts" / "scripts"
REFERENCE = ROOT.parent / "shared" / "reference" / "cmdlets.json"
ALL = sorted(path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.ps1"))
FRAGMENTS = [one for one in ALL if one != LOADER]
FACTS = [one for module in (host, lync, dhcp_server) for one in vars(module).values() if isinstance(one, Fact)]
COMMON = {"erroraction", "warningaction", "confirm", "whatif", "verbose", "debug", "errorvariable", "outvariable"}
SINCE_POWERSHELL_4 = {"Get-FileHash", "Get-NetIPAddress", "Get-SmbShare", "Get-CimInstance", "Get-ComputerInfo"}


@cache
def parsed(path: str) -> tree_sitter.Node:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
    return parser.parse(script_text(path).encode()).root_node


def nodes(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def words(path: str, kind: str) -> list[str]:
    return [node.text.decode() for node in nodes(parsed(path)) if node.type == kind and node.text]


def commands(path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command that is named in the script with the names of its parameters."""
    for node in nodes(parsed(path)):
        name = next((one for one in node.children if one.type == "command_name"), None)
        if node.type != "command" or name is None or name.text is None:
            continue
        elements = next((one for one in node.children if one.type == "command_elements"), None)
        own = [one for one in (elements.children if elements else []) if one.type == "command_parameter"]
        yield name.text.decode(), [one.text.decode().lstrip("-").rstrip(":") for one in own if one.text]


@pytest.mark.parametrize("path", ALL)
def test_a_script_parses(path: str) -> None:
    wrong = [node for node in nodes(parsed(path)) if node.type == "ERROR" or node.is_missing]
    assert not wrong, [(node.start_point, node.text) for node in wrong]


@pytest.mark.parametrize("path", ALL)
def test_a_script_builds_no_commands_from_text(path: str) -> None:
    text = script_text(path)
    assert not re.search(
        r"Invoke-Expression|\biex\b|InvokeScript|AddScript|ExpandString|\s-Command\b", text, re.IGNORECASE
    )
    assert text.count("[ScriptBlock]::Create") == (1 if path == LOADER else 0)
    assert "Win32_Product" not in text.replace("Win32_Product is never asked", "")


@pytest.mark.parametrize("path", ALL)
def test_a_script_is_short_and_plain(path: str) -> None:
    text = script_text(path)
    assert len(text.splitlines()) < 100
    assert text.isascii(), "a console's code page must not matter"
    assert text.endswith("\n")


@pytest.mark.parametrize("path", FRAGMENTS)
def test_a_fragment_takes_arguments_and_says_where_its_knowledge_is_from(path: str) -> None:
    first, second = script_text(path).splitlines()[:2]
    assert first == "param($Arguments)"
    assert second.startswith("# ")


@pytest.mark.parametrize("path", ALL)
def test_a_script_uses_nothing_that_came_after_powershell_3(path: str) -> None:
    used = {name for name, _ in commands(path)}
    assert not used & SINCE_POWERSHELL_4
    assert not re.search(r"\?\?|\?\.|&&|\|\||::new\(", script_text(path))


@pytest.mark.parametrize("path", ALL)
def test_a_script_names_only_real_cmdlets_and_parameters(path: str) -> None:
    if not REFERENCE.exists():
        pytest.skip("the reference list of cmdlets is not beside this project")
    reference: Mapping[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    own = set(words(path, "function_name"))
    called = [(name, given) for name, given in commands(path) if name not in own]
    called += [(name, []) for name in re.findall(r"AddCommand\('([^']+)'\)", script_text(path))]
    for name, given in called:
        assert name in reference, f"{name} is no cmdlet"
        if reference[name]["sets"]:  # some entries of the list hold a name alone
            known = {one.lower() for one in reference[name]["parameters"]} | COMMON
            known |= {
                alias.lower() for one in reference[name]["parameters"].values() for alias in one.get("aliases", ())
            }
            assert {one.lower() for one in given} <= known, f"{name} has no {set(given) - known}"


def test_the_check_of_names_sees_the_commands() -> None:
    seen = dict(commands("lync/user_data.ps1"))
    assert seen["Export-CsUserData"] == ["PoolFqdn", "FileName", "Force"]
    assert "Import-Module" in dict(commands(LOADER))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_every_fact_has_its_script(fact: Fact[Any]) -> None:
    assert fact.script in FRAGMENTS


def test_every_script_is_used() -> None:
    assert set(FRAGMENTS) == {one.script for one in FACTS} | {SCRIPT}


def test_the_command_line_fits_what_cmd_takes() -> None:
    assert len(" ".join([POWERSHELL, *powershell_arguments()])) < 8000


@pytest.mark.parametrize("path", ["../__init__.py", "host/../loader.ps1", "/etc/passwd", "host", "host/none.ps1"])
def test_only_scripts_of_the_product_are_read(path: str) -> None:
    with pytest.raises(FileNotFoundError):
        script_text(path)


def test_a_batch_is_one_line_of_ascii() -> None:
    sent = batch_input([Fragment(id="f1", script="host/paths.ps1", arguments={"paths": ("C:\\\u00e9\u2028",)})])
    assert sent.isascii()
    assert sent.count(b"\n") == 1
    assert json.loads(sent)["fragments"][0]["arguments"] == {"paths": ["C:\\\u00e9\u2028"]}


@pytest.mark.parametrize("ids", [(), ("a", "a")])
def test_a_batch_without_unique_ids_is_refused(ids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="unique"):
        batch_input([Fragment(id=one, script="host/identity.ps1") for one in ids])
