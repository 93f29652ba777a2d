"""From single turns to the figures that are shown: per round, then the median of the rounds."""

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Optional, Sequence

from base.percentile import percentile
from bench.load import Load


@dataclass(frozen=True)
class RoundFigures:
    """One round of one kind of load on one side. Milliseconds, unless said otherwise.

    Attributes:
        database_p50_ms: of the turns in which an action reads the database.
        cpu_ms_per_turn: processor time of all processes of the side, divided by the turns.
        others_cpu: share of the computer's processors, from 0 to 1, used meanwhile by what is not part of the
            measurement.
    """

    turns: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    database_p50_ms: float
    turns_per_s: float
    cpu_ms_per_turn: float
    others_cpu: float


def round_figures(load: Load, cpu_s: float, others_cpu: float) -> RoundFigures:
    """The figures of one round, rounded to what can be read."""
    every = [turn.ms for turn in load.turns]
    reading = [turn.ms for turn in load.turns if turn.reads_database]
    return RoundFigures(
        turns=len(every),
        p50_ms=round(percentile(every, 50), 1),
        p95_ms=round(percentile(every, 95), 1),
        p99_ms=round(percentile(every, 99), 1),
        database_p50_ms=round(percentile(reading, 50), 1),
        turns_per_s=round(len(every) / load.seconds, 1),
        cpu_ms_per_turn=round(cpu_s * 1000 / len(every), 1),
        others_cpu=round(others_cpu, 2),
    )


def over_rounds(rounds: Sequence[RoundFigures]) -> dict[str, Any]:
    """The median of each figure over the rounds, the turns of all rounds together, and the rounds themselves."""
    every = [asdict(one) for one in rounds]
    medians = {name: round(median(one[name] for one in every), 2) for name in every[0]}
    return {**medians, "turns": sum(one["turns"] for one in every), "rounds": every}


def ratio(ours: Sequence[RoundFigures], theirs: Sequence[RoundFigures], name: str) -> Optional[float]:
    """Median over the rounds of ours divided by theirs, each round's two measured one right after the other."""
    pairs = [(getattr(our, name), getattr(their, name)) for our, their in zip(ours, theirs)]
    return round(median(our / their for our, their in pairs), 2) if pairs and all(their for _, their in pairs) else None
