"""The parts of the bench on `/health`, each of which returns a finding."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from . import cold, modules, warm
from .bundles import Workshop
from .findings import Finding, Goal, Line, ahead, at_most
from .ratios import Ratio
from .sandbox import Contender

LIMIT = 1.25
"""How much longer than the floor `/health` may take."""

Step = Callable[[str], None]
"""Is told, after each round, of what."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured.

    Attributes:
        rounds: alternating pairs of ours and the floor.
        peer_rounds: of ours and the peers, whose distance needs fewer to be seen.
        invocations: warm ones of each contender in each round.
        starts: of `dev`.
        environments: at once on the database's few connections.
    """

    rounds: int
    peer_rounds: int
    invocations: int
    starts: int
    environments: int = 500


FULL = Amount(rounds=15, peer_rounds=5, invocations=300, starts=3)
QUICK = Amount(rounds=2, peer_rounds=1, invocations=20, starts=1, environments=30)


@dataclass(frozen=True, slots=True)
class Field:
    """Everything that is measured side by side."""

    ours: Contender
    floor: Contender
    peers: tuple[Contender, ...]
    runtime: Contender
    driver: Contender

    @classmethod
    def built(cls, workshop: Workshop) -> "Field":
        """Build every contender.

        Raises:
            BundleFailedError: one can't be built.
        """
        return cls(
            ours=workshop.deployed_function(),
            floor=workshop.handler("floor", "floor", "bench-floor"),
            peers=(
                workshop.handler("FastAPI, Mangum, SQLAlchemy", "fastapi_mangum", "bench-fastapi"),
                workshop.handler("Powertools, official clients", "powertools", "bench-powertools"),
                workshop.handler("naive official clients", "naive", "bench-naive"),
            ),
            runtime=replace(workshop.handler("runtime alone", "nothing", "bench-floor"), answers_health=False),
            driver=replace(workshop.handler("psycopg alone", "driver", "bench-floor"), answers_health=False),
        )

    @property
    def floor_again(self) -> Contender:
        """The floor, to be measured against itself."""
        return replace(self.floor, name="floor again")


def cold_starts(field: Field, given: Mapping[str, str], amount: Amount, step: Step) -> list[Finding]:
    """Measure cold starts, and take ours apart."""
    what = "cold, process start to first answer"
    core = [field.ours, field.floor, field.floor_again, field.runtime, field.driver]
    near = cold.measure(core, given, amount.rounds, lambda: step(what))
    far = cold.measure([field.ours, *field.peers], given, amount.peer_rounds, lambda: step(what))
    totals = {name: [start.total for start in starts] for name, starts in near.items()}
    finding = _compared(what, totals, {name: [s.total for s in starts] for name, starts in far.items()}, field)
    parts = cold.parts(near, field.ours.name, field.runtime.name, field.driver.name)
    return [finding, Finding("cold, where our time goes", "ms", tuple(Line(*part) for part in parts.items()))]


def warm_invocations(field: Field, given: Mapping[str, str], amount: Amount, network: str, step: Step) -> list[Finding]:
    """Measure warm invocations over a network, given in words."""
    what = f"warm, {network}"
    core = [field.ours, field.floor, field.floor_again]
    near = warm.measure(core, given, warm.Plan(amount.rounds, amount.invocations), lambda: step(what))
    few = warm.Plan(amount.peer_rounds, amount.invocations // 6)
    far = warm.measure([field.ours, *field.peers], given, few, lambda: step(what))
    return [
        _compared(
            f"{what}, {label}",
            {name: [pick(r) for r in rounds] for name, rounds in near.items()},
            {name: [pick(r) for r in rounds] for name, rounds in far.items()},
            field,
        )
        for label, pick in (("p50", _p50), ("p99", _p99))
    ]


def loaded_modules(field: Field, given: Mapping[str, str], step: Step) -> Finding:
    """Count what each contender has loaded after its first answer."""
    what = "modules after the first answer"
    lines: list[Line] = []
    goals: list[Goal] = []
    for contender in (field.ours, field.floor, *field.peers):
        loaded = modules.count(contender.code, contender.handler, given)
        note = f"{len(loaded.beyond)} beyond those of psycopg and the runtime client"
        lines.append(Line(contender.name, len(loaded.modules), note=note))
        if contender is field.ours:
            count, forbidden = len(loaded.beyond), ", ".join(loaded.forbidden) or "none"
            limit = f"at most {modules.BUDGET}"
            goals.append(Goal("modules beyond psycopg and the runtime", limit, str(count), count <= modules.BUDGET))
            goals.append(Goal("forbidden modules", "none", forbidden, not loaded.forbidden))
        step(what)
    return Finding(what, "modules", tuple(lines), tuple(goals))


def _p50(measured: warm.Warm) -> float:
    return measured.p50


def _p99(measured: warm.Warm) -> float:
    return measured.p99


def _compared(
    title: str, near: Mapping[str, Sequence[float]], far: Mapping[str, Sequence[float]], field: Field
) -> Finding:
    """Compare ours with the floor, the floor with itself, and each peer with ours."""
    floor = near[field.floor.name]
    ours = Ratio.of(near[field.ours.name], floor)
    noise = Ratio.of(near[field.floor_again.name], floor)
    lines = [
        Line(field.floor.name, _milliseconds(floor)),
        Line("floor again: the noise", _milliseconds(near[field.floor_again.name]), noise, "the floor"),
        Line(field.ours.name, _milliseconds(near[field.ours.name]), ours, "the floor"),
    ]
    # Of a cold start, the goal leaves no room for noise (design.md).
    cold_start = title.startswith("cold")
    goals = [at_most(f"{title}, against the floor", ours, LIMIT, None if cold_start else noise)]
    for peer in field.peers:
        ratio = Ratio.of(far[peer.name], far[field.ours.name])
        lines.append(Line(peer.name, _milliseconds(far[peer.name]), ratio, "ours"))
        goals.append(ahead(f"{title}, {peer.name}", ratio))
    return Finding(title, "ms", tuple(lines), tuple(goals))


def _milliseconds(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) * 1000
