"""Certificates: one on the machine for every usage, that the product can use, assigned, and the deployment's OAuth one."""

from __future__ import annotations

from checks.certificate_assignment import ASSIGNMENT_CHECKS
from checks.certificate_quality import QUALITY_CHECKS
from checks.check import Check

CHECKS: tuple[Check, ...] = (*QUALITY_CHECKS, *ASSIGNMENT_CHECKS)
