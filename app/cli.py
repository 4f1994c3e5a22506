"""The command line: the only composer of the rest. stdout is data, stderr is narration, the exit code is the verdict."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.exit_codes import ExitCode

FORMATS = ("text", "markdown", "json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never lets a traceback out for anything the world does."""
    _survive_letters()
    options = parser().parse_args(arguments)
    try:
        code = int(_run(options))
        if sys.stdout is not None:
            sys.stdout.flush()  # what nobody received has to show in the exit code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _write_nowhere()
        return ExitCode.INTERRUPTED
    except OSError as error:
        _write_nowhere()
        where = error.filename or "the system says"
        print(f"relync: {where}: {error.strerror or error}; correct that, and try again", file=sys.stderr)
        return ExitCode.USAGE
    return code


def _survive_letters() -> None:
    """A name that this console's code page cannot show must not end a recovery, nor may a byte that is no letter."""
    for stream, errors in ((sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _write_nowhere() -> None:
    """Let the interpreter's last flush succeed."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case None:
            from app.cli_recovery import open_app

            return open_app(options)
        case "lab":
            from app.cli_lab import lab

            return lab(options)
        case "topology":
            from app.cli_topology import topology

            return topology(options)
        case _:
            from app import cli_recovery

            return cli_recovery.COMMANDS[options.command](options)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="relync",
        description="Guided, proven recovery of a Lync Server 2013 deployment.",
        epilog="Without a command the app opens. Exit codes: 0 all that blocks passes, 1 something that blocks fails, "
        "2 usage or configuration, 3 something could not be determined, 4 gave up waiting, 130 interrupted.",
    )
    top.add_argument("--version", action="version", version=f"relync {_version()}")
    _common(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _lab(commands.add_parser("lab", help="the embedded lab: a simulated deployment that speaks the real protocols"))
    one = commands.add_parser("topology", help="what a topology document says (Config.zip, published XML, tbxml)")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--json", action="store_true", help="as JSON")
    one = _recovery(commands.add_parser("preflight", help="every gate of the plan, without doing anything"))
    one.add_argument("--json", action="store_true", help="as JSON")
    one = _recovery(commands.add_parser("plan", help="the procedure as it would run here, printable"))
    one.add_argument("--format", choices=FORMATS, default="text")
    one = _recovery(commands.add_parser("recover", help="the guided recovery; --resume takes up an interrupted one"))
    one.add_argument("--plain", action="store_true", help="in lines instead of screens")
    one.add_argument(
        "--yes-to", action="append", default=[], metavar="STEP", help="answer this step in advance ('all': every step)"
    )
    one.add_argument(
        "--resume", nargs="?", const="", default=None, metavar="RUN", help="the newest interrupted run, or this one"
    )
    one = commands.add_parser("report", help="the evidence of a run")
    _common(one, inherited=True)
    one.add_argument("run", nargs="?", default="", metavar="RUN", help="the newest run where none is named")
    one.add_argument("--format", choices=FORMATS, default="text")
    one = commands.add_parser("runs", help="past and interrupted runs")
    _common(one, inherited=True)
    one.add_argument("--json", action="store_true", help="as JSON")
    return top


def _lab(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "what",
        nargs="?",
        default="se-server-lost",
        metavar="SCENARIO | list | serve | run | prepare",
        help="a scenario opens the app on it; list the scenarios; serve one without the app; run one to its end; "
        "prepare this machine",
    )
    one.add_argument("scenario", nargs="?", default="se-server-lost", metavar="SCENARIO")
    one.add_argument(
        "--seed", type=int, default=None, metavar="N", help="0: no obstacles; another number draws two of them"
    )
    one.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="break this precondition from the start"
    )
    one.add_argument("--json", action="store_true", help="as JSON")
    one.add_argument("--state", type=Path, default=None, metavar="DIR", help="folder for recorded runs")
    one.add_argument("--while-process", type=int, default=0, help=argparse.SUPPRESS)


def _recovery(one: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _common(one, inherited=True)
    one.add_argument(
        "--for", dest="failure", default="", metavar="FAILURE", help="what failed, such as standard-edition-server"
    )
    one.add_argument("--target", default="", metavar="FQDN", help="the server that is recovered")
    return one


def _common(one: argparse.ArgumentParser, *, inherited: bool = False) -> None:
    """Options that may stand before or after the command."""
    absent = argparse.SUPPRESS if inherited else None
    one.add_argument("--config", type=Path, default=absent, metavar="FILE", help="TOML; else RELYNC_CONFIG")
    one.add_argument("--backup", type=Path, default=absent, metavar="DIR", help="the folder that holds the backup set")
    one.add_argument("--state", type=Path, default=absent, metavar="DIR", help="folder for recorded runs")


def _version() -> str:
    try:
        return version("relync")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
