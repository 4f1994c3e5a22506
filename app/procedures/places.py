"""Where things lie for the target: media, setup programs, the backup as it reaches it, its working folder. Pure."""

from __future__ import annotations

from pathlib import PureWindowsPath

from app.backup.backup_set import Piece
from app.facts.fact import NotKnown
from checks.check import Scope
from checks.file_store import on_target, paths_of


def setup_source(scope: Scope) -> str:
    """Return the folder of the installation media that setup reads, such as ``D:\\Setup\\amd64``."""
    return str(PureWindowsPath(scope.settings.restore.media) / "Setup" / "amd64")


def core_package(scope: Scope) -> str:
    """Return the path of ocscore.msi on the media."""
    return str(PureWindowsPath(setup_source(scope)) / "Setup" / "ocscore.msi")


def bootstrapper(scope: Scope) -> str:
    """Return the path of Bootstrapper.exe, which ocscore.msi installs."""
    folder = scope.topology.product.folder
    return str(PureWindowsPath("C:\\Program Files") / folder / "Deployment" / "Bootstrapper.exe")


def working(scope: Scope, name: str = "") -> str:
    """Return the working folder on the target, or a file in it."""
    return str(PureWindowsPath(scope.settings.restore.working_folder) / name)


def backup_share(scope: Scope) -> str:
    """Return the backup folder as the target reaches it.

    Raises:
        NotKnown: no UNC path is known; the sentence says which setting names it.
    """
    configured = scope.settings.restore.backup_unc
    if configured:
        return configured.rstrip("\\")
    given = str(scope.backup.root)
    if given.startswith("\\\\"):
        return given.rstrip("\\")
    raise NotKnown(
        f"the backup lies at {given}, which is no UNC path, and the settings do not say how {scope.target} reaches it: "
        "set restore.backup_unc to the share that holds this folder"
    )


def in_backup(scope: Scope, piece: Piece | None, usual_name: str) -> str:
    """Return the UNC path of a piece; where the backup has none, the path it should have (its gate holds the step)."""
    relative = usual_name
    if piece is not None:
        inside = piece.path.is_relative_to(scope.backup.root)
        relative = "\\".join(piece.path.relative_to(scope.backup.root).parts) if inside else piece.path.name
    return f"{backup_share(scope)}\\{relative}" if relative else backup_share(scope)


def own_file_stores(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return share name and local folder of each file store that the target itself serves."""
    shares = [path.rstrip("\\").rpartition("\\")[2] for path in paths_of(scope) if on_target(scope, path)]
    configured = scope.settings.restore.file_store_path
    return tuple((share, configured or f"C:\\{share}") for share in shares)
