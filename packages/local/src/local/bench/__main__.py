"""Measure `/health` side by side with a floor and with peers, how fast `dev` starts, the database, and `synth`."""

import argparse
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from local.commands.screen import Screen
from local.commands.watching import Shown
from local.ending import watched
from local.errors import LocalError
from local.paths import checkout

from . import database, report, start, suite, synth
from .bundles import Workshop, open_workshop
from .engines import DELAY, delayed, engines
from .findings import Finding
from .pace import Pace

HEALTH = frozenset(("modules", "cold", "warm"))
"""What is measured of `/health`."""
PARTS = ("modules", "cold", "warm", "start", *database.PARTS, "synth")
"""What can be measured; all of it if nothing is named. `start` is that of `dev`."""

_WIDTH = 120
"""Columns of the tables where no terminal says how many it has."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return 0 if it came to its end, whether or not every goal is reached."""
    parser = _parser()
    options = parser.parse_args(arguments)
    parts = frozenset[str](options.parts or PARTS)
    if unknown := ", ".join(sorted(parts - frozenset(PARTS))):
        parser.error(f"there is no part {unknown}; choose from {', '.join(PARTS)}")
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        folder = checkout() / ".local"
        with watched() as ending, Pace(console, ending) as pace:
            _run(parts, suite.QUICK if options.quick else suite.FULL, folder, console, pace)
    except LocalError as error:
        Console(stderr=True).print(f"error: {error}", markup=False, highlight=False)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="few rounds: shows that it runs, decides nothing")
    return parser


def _run(parts: frozenset[str], amount: suite.Amount, folder: Path, console: Console, pace: Pace) -> None:
    findings: list[Finding] = []
    circumstances: dict[str, object] = {
        "machine": f"{platform.system()} {platform.machine()}",
        "rounds": amount.rounds,
        "parts": sorted(parts),
    }
    if parts & HEALTH:
        console.print("building the bundles")
        workshop = open_workshop()
        circumstances["python"] = _python(workshop)
        console.print(f"every function is compiled and run by {circumstances['python']}", highlight=False)
        for finding in _health(parts, workshop, amount, folder, pace):
            report.show(console, finding)
            findings.append(finding)
    if "start" in parts:
        found = start.measure(folder, amount.starts, pace.step)
        report.show(console, found)
        findings.append(found)
    if parts & frozenset(database.PARTS):
        with database.database(folder / "bench", Shown(Screen()), pace.ending) as stage:
            for finding in database.measure(parts, stage, amount, pace.step):
                report.show(console, finding)
                findings.append(finding)
    if "synth" in parts:
        found = synth.measure(folder.parent, amount.starts, pace.step)
        report.show(console, found)
        findings.append(found)
    report.show_goals(console, [goal for finding in findings for goal in finding.goals])
    written = folder / "bench.json"
    report.write(written, circumstances, findings)
    console.print(f"written to {written}", highlight=False)


def _python(workshop: Workshop) -> str:
    kind = "the deployed minor version" if workshop.deployed else "the workspace's: the deployed one is not found"
    return f"Python {workshop.interpreter.version} ({kind})"


def _health(
    parts: frozenset[str], workshop: Workshop, amount: suite.Amount, folder: Path, pace: Pace
) -> Iterator[Finding]:
    field = suite.Field.built(workshop)
    with engines(folder / "bench", Shown(Screen()), pace.ending) as reach:
        if "modules" in parts:
            yield suite.loaded_modules(field, reach.given(signed=True), pace.step)
        if "cold" in parts:
            yield from suite.cold_starts(field, reach.given(), amount, pace.step)
        if "warm" in parts:
            yield from suite.warm_invocations(field, reach.given(), amount, "loopback", pace.step)
            with delayed(reach) as far:
                network = f"{DELAY * 1000:g} ms added to each round trip"
                yield from suite.warm_invocations(field, far.given(), amount, network, pace.step)


if __name__ == "__main__":
    sys.exit(main())
