"""Every procedure that this program knows."""

from __future__ import annotations

from difflib import get_close_matches

from app.procedures.standard_edition import STANDARD_EDITION_SERVER
from app.recovery.plan import CannotPlan
from app.recovery.step import Procedure

PROCEDURES: tuple[Procedure, ...] = (STANDARD_EDITION_SERVER,)


def find_procedure(name: str) -> Procedure:
    """Return a procedure by its id or one of its aliases.

    Raises:
        CannotPlan: there is none of that name; the sentence lists those there are.
    """
    wanted = name.strip().lower()
    names = {alias: one for one in PROCEDURES for alias in (one.id, *one.aliases)}
    if wanted in names:
        return names[wanted]
    near = get_close_matches(wanted, names, n=1)
    known = ", ".join(one.id for one in PROCEDURES)
    said = f"{name} is no failure that this program knows" if wanted else "no failure was named"
    hint = f"did you mean {near[0]}?" if near else "name one of them"
    raise CannotPlan(f"{said}; expected one of: {known}; {hint}")
