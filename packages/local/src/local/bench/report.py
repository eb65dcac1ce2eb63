"""How findings are shown to a person, and written for a program."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .findings import Finding, Goal, Line


def show(console: Console, finding: Finding) -> None:
    """Print a finding as a table."""
    table = Table(title=finding.title, title_justify="left", title_style="bold")
    table.add_column("")
    table.add_column(finding.unit, justify="right")
    if any(line.ratio for line in finding.lines):
        table.add_column("ratio", justify="right")
        table.add_column("quartiles", justify="right")
        table.add_column("against, pairs")
    elif any(line.note for line in finding.lines):
        table.add_column("")
    for line in finding.lines:
        table.add_row(line.name, _figure(line.figure, finding.unit), *_compared(line))
    console.print(table)


def _figure(figure: float, unit: str) -> str:
    return f"{figure:.2f}" if unit in ("ms", "s") else f"{figure:g}"


def _compared(line: Line) -> tuple[str, ...]:
    if line.ratio is None:
        return (line.note,) if line.note else ()
    quartiles = f"{line.ratio.low:.2f} to {line.ratio.high:.2f}"
    return f"{line.ratio.median:.3f}", quartiles, f"{line.against}, {line.ratio.pairs}"


def show_goals(console: Console, goals: Sequence[Goal]) -> None:
    """Print which goals are reached; those that are not come last."""
    table = Table(title="goals", title_justify="left", title_style="bold")
    for heading in ("goal", "limit", "measured", "reached"):
        table.add_column(heading)
    for goal in sorted(goals, key=lambda goal: not goal.met):
        table.add_row(goal.what, goal.limit, goal.reached, "yes" if goal.met else "[bold red]no[/]")
    console.print(table)
    missed = sum(not goal.met for goal in goals)
    console.print(f"{len(goals) - missed} of {len(goals)} goals are reached" + (f", {missed} missed" if missed else ""))


def write(path: Path, circumstances: Mapping[str, object], findings: Sequence[Finding]) -> None:
    """Write everything as JSON."""
    path.parent.mkdir(exist_ok=True)
    document = {**circumstances, "findings": [asdict(finding) for finding in findings]}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
