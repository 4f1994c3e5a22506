"""Prints a password of a running lab: ``python -m app.lab.credential CONTROL-URL operator|sql``.

It is the ``password_command`` of the lab's configuration, so that no password of a lab lies on a disk.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app.lab.control import ControlClient, ControlError


def main(arguments: Sequence[str]) -> int:
    """Print the password; 2 for a wrong call, 1 where the lab does not answer."""
    if len(arguments) != 2:
        print("usage: python -m app.lab.credential CONTROL-URL operator|sql", file=sys.stderr)
        return 2
    try:
        print(ControlClient(arguments[0]).secret(arguments[1]))
    except ControlError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
