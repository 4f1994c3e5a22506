"""The rebuilt machine itself, before anything is installed on it."""

from __future__ import annotations

from checks.check import Check
from checks.host_identity import IDENTITY_CHECKS
from checks.host_readiness import READINESS_CHECKS

CHECKS: tuple[Check, ...] = (*IDENTITY_CHECKS, *READINESS_CHECKS)
