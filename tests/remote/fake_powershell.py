"""A program in the place of powershell.exe: answers its batch as the first argument says."""

from __future__ import annotations

import json
import sys
import threading


def main(how: str) -> int:
    """Answer the batch on standard input; return the exit code."""
    if how == "deaf":
        sys.stderr.write('#< CLIXML\r\n<Objs><S S="Error">cannot load_x000D__x000A_</S></Objs>')
        return 5
    batch = json.loads(sys.stdin.read())
    for number, one in enumerate(batch["fragments"]):
        if how == "stuck" and number:
            threading.Event().wait(30)
        value = {"arguments": sys.argv[2:], "got": one["arguments"]}
        print(json.dumps({"id": one["id"], "ok": True, "value": value, "seconds": 0.1}), flush=True)
    if how == "loud":
        sys.stderr.write("x" * 1_000_000)
    if how != "cut":
        print('{"end":true}')
    return 0


sys.exit(main(sys.argv[1]))
