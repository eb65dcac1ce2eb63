"""What `synth` takes: one stage, all three, and what of it takes the time."""

import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from .errors import NotMeasurableError
from .findings import Finding, Line

STAGES: Final = ("dev", "staging", "production")

_PHASES: Final = """
import json, sys, tempfile, time
from pathlib import Path

taken, began = {}, time.perf_counter()

def lap(what):
    global began
    taken[what], began = time.perf_counter() - began, time.perf_counter()

from core.settings import env_file_of, load
from functions.manifest import FUNCTIONS, PROVISION
from infra.bundle import Workspace, build_all, find
from infra.cdk import use_for_jsii
from infra.stage import StageConfig

root, stages = Path(sys.argv[1]), sys.argv[2:]
configs = [StageConfig.of(load(stage, purpose="synth", env_file=env_file_of(root, stage))) for stage in stages]
lap("settings")
workspace = Workspace.of(root / "uv.lock")
bundles = build_all((*FUNCTIONS, PROVISION), workspace=workspace, interpreter=find(), say=lambda _: None)
lap("bundles, built before")
use_for_jsii()
import infra.app
lap("loading the CDK")
for config in configs:
    with tempfile.TemporaryDirectory() as folder:
        infra.app.write_assembly(config, bundles=bundles, out=Path(folder, "out"))
    lap(f"templates of {config.name}")
print(json.dumps(taken))
"""
"""The steps of `infra.commands.synth`, timed one by one."""


def measure(root: Path, rounds: int, step: Callable[[str], None], stages: Sequence[str] = STAGES) -> Finding:
    """Synthesize the stages, process by process, and once more in one process by its phases.

    Args:
        root: the checkout.
        rounds: how often.
        step: called after each round.
        stages: which ones; the first is synthesized once before, so that the bundles are built.

    Raises:
        NotMeasurableError: `synth` failed; with the deployed Python missing it says how to get it.
    """
    title = "synth, process start to end, bundles built before"
    _run(root, "-m", "infra", "synth", stages[0])
    whole: dict[str, list[float]] = {f"synth of {stage}": [] for stage in stages}
    phases: dict[str, list[float]] = {}
    for _ in range(rounds):
        for stage in stages:
            whole[f"synth of {stage}"].append(_run(root, "-m", "infra", "synth", stage)[0])
        for phase, seconds in _phases(root, stages).items():
            phases.setdefault(f"of which {phase}", []).append(seconds)
        step(title)
    together = {"all of them": [math.fsum(seconds) for seconds in zip(*whole.values(), strict=True)]}
    return Finding(title, "s", tuple(_lines({**whole, **together, **phases})))


def _lines(measured: Mapping[str, list[float]]) -> list[Line]:
    return [Line(name, statistics.median(seconds)) for name, seconds in measured.items()]


def _phases(root: Path, stages: Sequence[str]) -> Mapping[str, float]:
    return json.loads(_run(root, "-c", _PHASES, str(root), *stages)[1])


def _run(root: Path, *arguments: str) -> tuple[float, str]:
    """Run the interpreter, and return how many seconds it took and what it printed."""
    began = time.perf_counter()
    done = subprocess.run(
        (sys.executable, *arguments),
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is for the bench, which ends it in order
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise NotMeasurableError("synth", done.stderr.strip() or f"it ended with {done.returncode}")
    return seconds, done.stdout
