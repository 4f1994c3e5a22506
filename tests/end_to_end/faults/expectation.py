"""The shape of an expectation: what one fault of the lab must do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SKIPPED, WARN, UNKNOWN, FAIL = "SKIPPED", "WARN", "UNKNOWN", "FAIL"
LOOK_AGAIN = "check again"
MASTER = ("cms.master-alive", "cms.lists-target", "backup.same-deployment")
"""Checks that ask the Central Management service."""
OF_CANDIDATE = ("certificates.key-provider", "certificates.signature", "certificates.expiry")
"""Checks of the certificate that would be assigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One fault."""

    fault: str
    check: str
    """The check that names the broken thing; empty where nothing is wrong yet."""
    status: str = FAIL
    also: Mapping[str, str] = field(default_factory=dict)
    """Further checks that say something else than on the healthy lab, with what they say."""
    holds: str = ""
    """Steps whose gate it shuts, of those whose checks can be looked at before anything is done."""
    unproven: str = ""
    """Steps done by hand whose proof it spoils."""
    deeper: Mapping[str, str] = field(default_factory=dict)
    """Further steps whose gate it shuts once the recovery has come there, with the checks that do."""
    wrong: str = ""
    """What ``found`` must say (a pattern)."""
    right: str = ""
    """What ``expected`` must say (a pattern)."""
    do: str = LOOK_AGAIN
    """What ``remedy`` must say (a pattern)."""

    @property
    def found(self) -> dict[str, str]:
        """Every check that changes at the start of a recovery, with what it says."""
        return {**({self.check: self.status} if self.check else {}), **self.also}


def every(status: str, *checks: str) -> dict[str, str]:
    """Return that each of these checks says the same."""
    return dict.fromkeys(checks, status)
