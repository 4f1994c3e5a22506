"""What other programs rely on: standard output is data alone, with exactly these keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.end_to_end.bad_input.conftest import Console
from tests.end_to_end.kit import STEPS, TARGET, ServedLab, relync

TOPOLOGY = {
    "schema": int,
    "product": str,
    "published": bool,
    "sip_domains": list,
    "default_sip_domain": str,
    "sites": list,
    "pools": list,
    "sql_instances": list,
    "file_stores": list,
    "simple_urls": list,
    "notes": list,
}
FINDING = ["check", "subject", "status", "expected", "found", "source", "remedy", "gate", "step"]


def keys(found: Any) -> list[str]:
    return list(found)


def test_lab_serve_prints_every_endpoint_on_one_line(lab: ServedLab) -> None:
    said = lab.described
    assert set(said) >= {"schema", "config", "backup", "ca", "credentials", "dns", "hosts", "sql", "ldap"}
    assert said["schema"] == 1
    assert keys(said["credentials"]) == ["username", "password", "auth"]
    assert said["credentials"]["auth"] in ("basic", "ntlm")
    assert keys(said["dns"]) == ["address", "port"]
    assert [keys(one) for one in said["hosts"]] == [["fqdn", "address", "winrm"]] * len(said["hosts"])
    assert {one["fqdn"] for one in said["hosts"]} >= {TARGET, "se02.contoso.com", "dc01.contoso.com"}
    sql = ["server", "instance", "address", "port", "username", "password"]
    assert said["sql"]
    assert [keys(one) for one in said["sql"]] == [sql] * len(said["sql"])
    assert keys(said["ldap"]) == ["url"]
    assert all(Path(said[name]).exists() for name in ("config", "backup", "ca"))


def test_topology_says_what_the_contract_says(lab: ServedLab, tmp_path: Path) -> None:
    ran = relync("topology", lab.backup / "Config.zip", "--json", home=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    found = ran.data()
    assert {name: type(value) for name, value in found.items()} == TOPOLOGY
    assert found["schema"] == 1
    assert [keys(one) for one in found["sites"]] == [["id", "name"]]
    pool = ["fqdn", "site", "edition", "roles", "machines", "hosts_active_cms"]
    assert [keys(one) for one in found["pools"]] == [pool] * 2
    assert {one["edition"] for one in found["pools"]} == {"standard"}
    assert [keys(one) for pool in found["pools"] for one in pool["machines"]] == [["fqdn", "addresses"]] * 2
    assert all(keys(one) == ["server", "instance", "stores"] for one in found["sql_instances"])
    assert all(keys(one) == ["unc"] for one in found["file_stores"])
    assert all(keys(one) == ["component", "domain", "url"] for one in found["simple_urls"])


def test_preflight_says_what_the_contract_says(console: Console) -> None:
    ran = console("preflight", "--json")
    assert (ran.code, ran.err) == (0, "")
    found = ran.data()
    assert keys(found) == ["schema", "plan", "findings", "summary"]
    assert found["schema"] == 1
    assert keys(found["plan"]) == ["procedure", "target", "digest"]
    assert (found["plan"]["procedure"], found["plan"]["target"]) == ("standard-edition-server", TARGET)
    assert all(keys(one) == FINDING for one in found["findings"])
    assert all(isinstance(value, str) for one in found["findings"] for value in one.values())
    assert {one["step"] for one in found["findings"]} <= set(STEPS)
    assert sum(found["summary"].values()) == len(found["findings"])
    assert set(found["summary"]) == {"PASS", "WARN", "FAIL", "UNKNOWN", "SKIPPED", "NOT_APPLICABLE"}


def test_plan_as_json_has_every_step_in_order(console: Console) -> None:
    ran = console("plan", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    found = ran.data()
    assert found["schema"] == 1
    assert [step["id"] for phase in found["phases"] for step in phase["steps"]] == STEPS


def test_lab_list_names_scenarios_and_faults(tmp_path: Path) -> None:
    ran = relync("lab", "list", "--json", home=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    found = ran.data()
    assert keys(found) == ["schema", "scenarios", "faults"]
    assert "se-server-lost" in {one["id"] for one in found["scenarios"]}
    assert len(found["faults"]) >= 30


def test_runs_without_any_is_an_empty_list_and_a_word_to_people(console: Console) -> None:
    assert console("runs", "--json").data() == {"schema": 1, "runs": []}
    plain = console("runs")
    assert (plain.code, plain.out) == (0, "")
    assert "no run is recorded" in plain.err


def test_lab_run_recovers_and_says_so_as_data(tmp_path: Path) -> None:
    ran = relync("lab", "run", "se-server-lost", "--json", "--seed", "3", "--state", tmp_path / "runs", home=tmp_path)
    assert ran.code == 0, ran.said
    assert len(ran.out.splitlines()) == 1
    found = ran.data()
    assert (found["schema"], found["scenario"], found["seed"]) == (1, "se-server-lost", 3)
    assert (found["outcome"], found["recovered"], found["differences"]) == ("done", True, [])
    assert [one["id"] for one in found["steps"]] == STEPS
    assert {one["status"] for one in found["steps"]} <= {"done", "already done"}
    report = relync("report", "--format", "json", "--state", tmp_path / "runs", home=tmp_path)
    assert (report.code, report.err) == (0, "")
    evidence = json.loads(report.out)
    assert evidence["schema"] == 1
    assert [one["id"] for one in evidence["steps"]] == STEPS
    (listed,) = relync("runs", "--json", "--state", tmp_path / "runs", home=tmp_path).data()["runs"]
    assert (listed["run"], listed["outcome"], listed["resumable"]) == (found["run"], "done", False)
