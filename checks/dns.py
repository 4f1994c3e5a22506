"""DNS: the server's own names, the names clients look for, and those of the servers it depends on."""

from __future__ import annotations

from checks.check import Check
from checks.dns_clients import CLIENT_CHECKS
from checks.dns_servers import SERVER_CHECKS

CHECKS: tuple[Check, ...] = (*SERVER_CHECKS, *CLIENT_CHECKS)
