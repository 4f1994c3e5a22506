"""File stores: through a mount, over SMB where Samba is installed, and against servers that misbehave."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.facts import file_store_asking
from app.facts.fact import Reading
from app.facts.file_store import STORE, StoreView
from app.facts.file_store_asking import collect
from app.facts.folders import LocalFolder
from app.lab.listening import StreamServer, bound
from app.lab.ports import Behaviour
from app.settings import CredentialSettings, LimitSettings, Settings, UncMount
from tests.network.fakes import clock, known, reason

UNC = "\\\\se01.contoso.com\\LyncShare"
NOWHERE = StoreView(exists=False, folders=(), files=0, size=0, writable=False)


def asked(settings: Settings, unc: str = UNC, password: str = "Passw0rd.Lab1") -> Reading:
    request = STORE.about(unc)
    return collect([request], settings, lambda: password, clock)[request]


def view(settings: Settings, unc: str = UNC) -> StoreView:
    value = known(asked(settings, unc))
    assert isinstance(value, StoreView)
    return value


@pytest.fixture
def share(tmp_path: Path) -> Path:
    root = tmp_path / "LyncShare"
    for name in ("1-WebServices-1/ABFiles", "1-ApplicationServer-1/AppServerFiles/Rgs"):
        (root / name).mkdir(parents=True)
    (root / "1-WebServices-1/ABFiles/a.lsabs").write_bytes(bytes(100))
    (root / "1-ApplicationServer-1/AppServerFiles/Rgs/b.wav").write_bytes(bytes(23))
    return root


@pytest.fixture
def mounted(share: Path) -> Settings:
    return Settings(mounts=(UncMount(unc=UNC, path=share),), limits=LimitSettings(probe_seconds=5.0))


WHOLE = StoreView(exists=True, folders=("1-ApplicationServer-1", "1-WebServices-1"), files=2, size=123, writable=True)


def test_a_mounted_store_is_seen_whole_and_left_as_it_was(mounted: Settings, share: Path) -> None:
    before = sorted(share.rglob("*"))
    assert view(mounted) == WHOLE
    assert sorted(share.rglob("*")) == before


def test_a_folder_below_a_mount_is_reached_too(mounted: Settings) -> None:
    assert view(mounted, UNC + "\\1-WebServices-1").folders == ("ABFiles",)


def test_a_share_that_is_not_there_is_known_not_to_be(mounted: Settings, share: Path) -> None:
    shutil.rmtree(share)
    assert view(mounted) == NOWHERE


def test_a_file_where_the_share_should_be_is_no_share(mounted: Settings, share: Path) -> None:
    shutil.rmtree(share)
    share.write_text("")
    assert view(mounted) == NOWHERE


def test_a_mount_that_is_not_there_is_unknown() -> None:
    lost = Settings(mounts=(UncMount(unc=UNC, path=Path("/nowhere/at/all")),))
    assert "where it is mounted, is not there" in reason(asked(lost))


def test_links_are_not_followed(mounted: Settings, share: Path) -> None:
    if not hasattr(os, "symlink") or sys.platform == "win32":
        pytest.skip("needs symbolic links without a privilege")
    (share / "loop").symlink_to(share)
    assert view(mounted).folders == WHOLE.folders


def test_counting_ends_at_its_limit(mounted: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store_asking, "MOST_FILES", 1)
    assert view(mounted).files == 1


def test_a_store_that_cannot_be_written_is_seen_to_be(mounted: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalFolder, "create", lambda self, name: False)
    assert view(mounted).writable is False


def test_a_file_that_cannot_be_removed_again_is_named(mounted: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalFolder, "remove", lambda self, name: False)
    assert "remove it by hand" in reason(asked(mounted))


def test_denied_access_is_unknown(mounted: Settings, share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", forbidden)
    sentence = reason(asked(mounted))
    assert sentence.startswith(UNC)
    assert "access is denied" in sentence


def test_a_mount_that_hangs_is_unknown_within_the_deadline_and_delays_no_other(
    mounted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = threading.Event()
    real = os.scandir

    def scandir(path: Path) -> object:
        if "hanging" in str(path):
            hanging.wait(10)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    other = "\\\\se02.contoso.com\\LyncShare"
    mounts = (*mounted.mounts, UncMount(unc=other, path=mounted.mounts[0].path.parent / "hanging"))
    settings = Settings(mounts=mounts, limits=LimitSettings(probe_seconds=0.5))
    requests = [STORE.about(other), STORE.about(UNC)]
    started = time.monotonic()
    readings = collect(requests, settings, str, clock)
    hanging.set()
    assert time.monotonic() - started < 1.5
    assert reason(readings[requests[0]]) == f"{other} did not answer within 0.5 s"
    assert known(readings[requests[1]]) == WHOLE


def over_smb(port: int, seconds: float = 1.0) -> Settings:
    return Settings(
        forwards={"se01.contoso.com:445": f"127.0.0.1:{port}"},
        credentials=CredentialSettings(username="WORKGROUP\\root"),
        limits=LimitSettings(probe_seconds=seconds),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes the native path")
@pytest.mark.parametrize("how", [Behaviour.SILENT, Behaviour.DRIP, Behaviour.REFUSE, Behaviour.BROKEN])
def test_a_file_server_that_misbehaves_is_unknown_within_the_deadline(
    how: Behaviour, served: Callable[[StreamServer], StreamServer]
) -> None:
    def nonsense(connection: socket.socket, _behaviour: Behaviour) -> None:
        connection.recv(4096)
        connection.sendall(b"\0\0\0\x40" + b"\xfeSMB nonsense" * 10)

    server = served(StreamServer(bound("127.0.0.1", 0, socket.SOCK_STREAM), lambda: how, nonsense, "smb"))
    started = time.monotonic()
    sentence = reason(asked(over_smb(server.address[1])))
    assert time.monotonic() - started < 2.0
    assert "se01.contoso.com" in sentence


@pytest.fixture(scope="module")
def smbd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Samba on a port of its own with one user, ``root``."""
    program = shutil.which("smbd")
    if program is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs smbd (Debian package samba) and root")
    folder = tmp_path_factory.mktemp("samba")
    share = folder / "share"
    share.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    config = folder / "smb.conf"
    places = "\n".join(
        f"{name} = {folder}"
        for name in (
            "private dir",
            "lock directory",
            "state directory",
            "cache directory",
            "pid directory",
            "ncalrpc dir",
        )
    )
    config.write_text(
        f"[global]\nserver role = standalone server\nmap to guest = never\nsmb ports = {port}\ninterfaces = 127.0.0.1\n"
        f"bind interfaces only = yes\ndisable netbios = yes\nload printers = no\nlog file = {folder}/log\n{places}\n"
        f"[LyncShare]\npath = {share}\nread only = no\n"
        f"[ReadOnly]\npath = {share}\nread only = yes\n"
        f"[Closed]\npath = {share}\nvalid users = nobody\n"
    )
    typed = "Passw0rd.Lab1\n" * 2
    subprocess.run(
        ["smbpasswd", "-c", str(config), "-s", "-a", "root"], input=typed, text=True, check=True, capture_output=True
    )
    command = [program, "-F", "--no-process-group", "-s", str(config), "--debug-stdout"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 10
    while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
        assert time.monotonic() < ends, (folder / "log").read_text()
    yield port, share
    process.kill()
    process.wait()


def test_a_store_is_seen_over_smb_and_left_as_it_was(smbd: tuple[int, Path], share: Path) -> None:
    port, root = smbd
    shutil.copytree(share, root, dirs_exist_ok=True)
    assert view(over_smb(port, 10.0)) == WHOLE
    assert sum(one.is_file() for one in root.rglob("*")) == 2
    assert view(over_smb(port, 10.0), UNC + "\\1-WebServices-1").folders == ("ABFiles",)


@pytest.mark.parametrize("name", ["NoShare", "LyncShare\\none", "LyncShare\\none\\deeper"])
def test_a_share_or_folder_that_is_missing_is_known_to_be_over_smb(smbd: tuple[int, Path], name: str) -> None:
    assert view(over_smb(smbd[0], 10.0), f"\\\\se01.contoso.com\\{name}") == NOWHERE


def test_a_share_for_reading_only_is_seen_to_be_over_smb(smbd: tuple[int, Path]) -> None:
    assert view(over_smb(smbd[0], 10.0), "\\\\se01.contoso.com\\ReadOnly").writable is False


def test_a_share_that_is_closed_to_the_account_is_unknown_over_smb(smbd: tuple[int, Path]) -> None:
    assert "access is denied" in reason(asked(over_smb(smbd[0], 10.0), "\\\\se01.contoso.com\\Closed"))


def test_a_wrong_password_is_told_over_smb_and_never_shown(smbd: tuple[int, Path]) -> None:
    sentence = reason(asked(over_smb(smbd[0], 10.0), password="Not.The.0ne"))
    assert "refuses WORKGROUP\\root" in sentence
    assert "Not.The.0ne" not in sentence
