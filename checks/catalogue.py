"""Every check there is, by explicit import, prerequisites before what builds on them."""

from __future__ import annotations

from difflib import get_close_matches

from checks import (
    attested,
    backup,
    certificates,
    cms,
    data,
    dhcp,
    directory,
    dns,
    file_store,
    files,
    host,
    install,
    operator,
    ports,
    replication,
    services,
    sql,
)
from checks.check import Check

FAMILIES = (
    directory,
    cms,
    backup,
    host,
    dns,
    dhcp,
    operator,
    file_store,
    certificates,
    install,
    sql,
    services,
    replication,
    ports,
    files,
    data,
    attested,
)
"""The modules of the catalogue, in the order in which a recovery comes to need them."""

CATALOGUE: tuple[Check, ...] = tuple(check for family in FAMILIES for check in family.CHECKS)
_BY_ID = {check.id: check for check in CATALOGUE}


def by_id(check_id: str) -> Check:
    """Return one check.

    Raises:
        KeyError: there is none; the text names the nearest ids.
    """
    if check_id in _BY_ID:
        return _BY_ID[check_id]
    near = get_close_matches(check_id, _BY_ID, n=3, cutoff=0.4)
    raise KeyError(f"no check {check_id!r}; the nearest are {', '.join(near) or 'not known'}")
