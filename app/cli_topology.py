"""``relync topology FILE``."""

from __future__ import annotations

import argparse
import json
import sys

from app.deployment.reading import read_topology_file
from app.deployment.refusals import NotATopology
from app.exit_codes import ExitCode
from app.reports.topology_json import topology_report, topology_text


def topology(options: argparse.Namespace) -> int:
    """Say what a topology document says; exit 2 with a sentence for anything that is none."""
    try:
        found = read_topology_file(options.file)
    except NotATopology as error:
        print(f"relync: {error}", file=sys.stderr)
        return ExitCode.USAGE
    print(json.dumps(topology_report(found)) if options.json else topology_text(found))
    return ExitCode.OK
