"""One check wave over 30 lab hosts whose PowerShell takes a second to start, beside the same probes sent one by one.

Promise: a wave takes at most 1.3 times the slowest host, and every host sees exactly one PowerShell start a wave.
Prints the figures; exits 1 where the promise does not hold.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PASSWORD_NAME = "operator"


def serve(hosts: int, start_seconds: float) -> None:
    """Serve that many copies of one lab host, print where they are, and wait for the end of stdin."""
    from app.lab.hosting import SimulatedHost
    from app.lab.scenarios import start_world
    from app.lab.shell import HostShell
    from app.lab.winrm_server import WinRmServer
    from app.lab.world.world import OPERATOR

    folder = Path(tempfile.mkdtemp(prefix="relync-bench-"))
    from app.lab.scenarios import scenario

    world = start_world(scenario("healthy"), seed=0, folder=folder, clock=time.time)
    model = world.hosts["se02.contoso.com"]
    model.start_seconds = start_seconds
    servers, names = [], {}
    for number in range(hosts):
        name, address = f"fe{number:02}.contoso.com", f"127.67.0.{number + 10}"
        host = replace(model, name=name)
        simulated = SimulatedHost(world, host)
        shell = HostShell(
            simulated,
            accounts=simulated.accounts,
            may_open_shell=simulated.may_open_shell,
            start_seconds=simulated.start_seconds,
        )
        servers.append(WinRmServer(shell, address, 5986, world.authority.issue(name, [name])))
        names[name] = address
    ca = folder / "ca.pem"
    ca.write_bytes(world.authority.root_pem)
    account = f"{world.directory.netbios}\\{OPERATOR}"
    print(
        json.dumps(
            {
                "hosts": names,
                "ca": str(ca),
                "username": account,
                "password": world.directory.accounts[OPERATOR].password,
            }
        ),
        flush=True,
    )
    for _ in sys.stdin:
        print(json.dumps({name: len(server.started) for name, server in zip(names, servers, strict=True)}), flush=True)


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hosts", type=int, default=30)
    options.add_argument("--start", type=float, default=1.0, help="seconds of a PowerShell start")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        serve(given.hosts, given.start)
        return 0
    line = [sys.executable, __file__, "--serve", "--hosts", str(given.hosts), "--start", str(given.start)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        described = json.loads(server.stdout.readline())

        def starts() -> dict[str, int]:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write("\n")
            server.stdin.flush()
            return dict(json.loads(server.stdout.readline()))

        try:
            return measured(described, starts)
        finally:
            server.stdin.close()


def measured(described: dict[str, object], starts: object) -> int:
    """Run the waves and print the table."""
    from app.facts import host as facts
    from app.facts.gather import Gatherer
    from app.remote.connections import Connections
    from app.settings import CredentialSettings, HostSettings, Settings

    assert callable(starts)
    hosts = dict(described["hosts"])  # type: ignore[call-overload]
    settings = Settings(
        credentials=CredentialSettings(username=str(described["username"])),
        ca_file=Path(str(described["ca"])),
        hosts={name: HostSettings(address=str(address)) for name, address in hosts.items()},
    )
    kinds = (
        facts.IDENTITY,
        facts.OPERATOR,
        facts.RESIDUE,
        facts.PENDING_REBOOT,
        facts.CERTIFICATES,
        facts.SERVICES,
        facts.SHARES,
    )
    requests = [kind.about(name) for name in hosts for kind in kinds]
    connections = Connections(settings, lambda: str(described["password"]))
    gatherer = Gatherer(settings, connections, lambda: str(described["password"]), lambda: datetime.now(UTC))

    def wave(asked: list[object]) -> tuple[float, int]:
        before, began = starts(), time.perf_counter()
        readings = gatherer.gather(asked)  # type: ignore[arg-type]
        seconds, after = time.perf_counter() - began, starts()
        unknown = [one for one in readings if type(readings.reading(one)).__name__ == "Unknown"]
        if unknown:
            print("could not be asked:", readings.reading(unknown[0]))
        return seconds, max(after[name] - before[name] for name in after)

    first = next(iter(hosts))
    alone = max(wave([one for one in requests if one.subject == name])[0] for name in (first, *list(hosts)[-2:]))
    cold, cold_starts = wave(requests)  # type: ignore[arg-type]
    warm, warm_starts = wave(requests)  # type: ignore[arg-type]
    naive = one_by_one(described, first, len(kinds))
    connections.close()
    print(f"{len(hosts)} hosts, {len(kinds)} facts each")
    print(f"slowest single host               {alone:6.2f} s   1.00")
    print(f"wave, first (shells opened)       {cold:6.2f} s   {cold / alone:4.2f}   starts per host {cold_starts}")
    print(f"wave, second (shells kept)        {warm:6.2f} s   {warm / alone:4.2f}   starts per host {warm_starts}")
    print(f"one run_ps a probe, ONE host      {naive:6.2f} s   {naive / alone:4.2f}")
    good = max(cold, warm) <= 1.3 * alone and (cold_starts, warm_starts) == (1, 1)
    print("holds" if good else "does NOT hold", "(at most 1.3 times the slowest host, one start per host and wave)")
    return 0 if good else 1


def one_by_one(described: dict[str, object], host: str, probes: int) -> float:
    """Return how long the naive way takes for one host: a new shell and a new PowerShell for each probe."""
    import winrm

    address = dict(described["hosts"])[host]  # type: ignore[call-overload]
    began = time.perf_counter()
    for _ in range(probes):
        session = winrm.Session(
            f"https://{address}:5986/wsman",
            auth=(described["username"], described["password"]),
            transport="ntlm",
            server_cert_validation="ignore",
        )
        session.run_ps("hostname")
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
