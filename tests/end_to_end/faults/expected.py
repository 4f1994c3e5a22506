"""What each fault of the lab must do, written by hand: which findings, which steps it holds, in which words."""

from __future__ import annotations

from collections.abc import Mapping

from tests.end_to_end.faults.expectation import Expected
from tests.end_to_end.faults.expected_server import SERVER
from tests.end_to_end.faults.expected_services import SERVICES

TABLE: tuple[Expected, ...] = (*SERVER, *SERVICES)
BY_FAULT: Mapping[str, Expected] = {one.fault: one for one in TABLE}

REFUSED: Mapping[str, str] = {
    "backup-configuration-missing": "holds no published topology; expected a file of Export-CsConfiguration",
    "backup-configuration-not-zip": r"Config\.zip: found an HTML page, expected an archive",
    "backup-foreign": r"se01\.contoso\.com is not a server of this topology; expected one of: se01\.fabrikam\.com",
}
"""Faults that leave nothing to plan with, and the sentence that says so."""

SILENT = ("winrm-silent", "winrm-drip", "dns-silent", "directory-silent", "cms-sql-silent")
"""Faults that cost their deadline."""
KEPT_SESSION = "winrm-wrong-password"
"""A password that is refused from now on does not end a session that is open already."""
