"""The figures of `sportello bench` as lines of text, Sportello beside the stock Rasa."""

from statistics import median
from typing import Any, Iterator, Optional, Sequence

from bench.run import ONE_LONG, OPEN_LOOP
from cli.say import say

FIGURES = ("p50_ms", "p95_ms", "p99_ms", "database_p50_ms", "turns_per_s", "cpu_ms_per_turn")
LABEL, COLUMN = 44, 16
BUSY = 0.1  # from this share of the processors on, what others do is worth a line
SHOWN_TEXT = 100

Report = dict[str, Any]


def table_lines(report: Report) -> Iterator[str]:
    """The whole table: a block for each load, then memory, start, training and parse."""
    sides = report["sides"]
    yield ""
    yield _row("", [say(f"bench_side_{name}") for name in sides], say("bench_ratio") if report["ratios"] else "")
    for load in report["sides"]["sportello"]["loads"]:
        yield load_title(load, report["plan"]["rate"])
        for figure in FIGURES:
            values = [side["loads"][load][figure] for side in sides.values()]
            yield _row(say(f"bench_figure_{figure}"), _numbers(values), _ratio(report, load, figure))
    yield say("bench_memory")
    for name, side in sides.items():
        for process in side["memory_mib"]:
            own = [process["pss"] if other == name else None for other in sides]
            yield _row(f"{process['name']}", _numbers(own))
    yield _row(say("bench_memory_sum"), _numbers([memory_sum(side) for side in sides.values()]))
    yield say("bench_times")
    yield _row(say("bench_ready"), _numbers([side["ready_s"] for side in sides.values()]))
    for figure in ("from_nothing_s", "after_an_edit_s"):
        values = [(side["training"] or {}).get(figure) for side in sides.values()]
        if any(values):
            yield _row(say(f"bench_training_{figure}"), _numbers(values))
    yield from _parse_lines(report["parse"])
    yield _row(say("bench_turns"), [str(side["turns"]) for side in sides.values()])
    yield _row(say("bench_wrong"), [str(side["wrong"] + side["missing"]) for side in sides.values()])
    yield ""
    others = others_cpu(report)
    if others >= BUSY:
        yield say("bench_busy", percent=round(others * 100))


def fault_lines(report: Report) -> Iterator[str]:
    """What was said, which answer was expected, and what came, for the faults the report keeps."""
    for name, side in report["sides"].items():
        for fault in side["faults"]:
            got = " ".join(fault["got"].split())[:SHOWN_TEXT]
            yield say(
                f"bench_fault_{fault['kind']}",
                side=say(f"bench_side_{name}"),
                said=fault["said"],
                expected=fault["expected"],
                got=got,
            )


def load_title(load: str, rate: float) -> str:
    """What a load is called."""
    if load == OPEN_LOOP:
        return say("bench_load_open", rate=number(rate))
    if load == ONE_LONG:
        return say("bench_load_long")
    return say("bench_load_alone") if load == "1" else say("bench_load_closed", customers=load)


def memory_sum(side: Report) -> float:
    """MiB of all processes of a side."""
    return round(sum(process["pss"] for process in side["memory_mib"]), 1)


def others_cpu(report: Report) -> float:
    """The share of the processors that others used while it was measured, the median of all rounds."""
    sides = report["sides"].values()
    return median(one["others_cpu"] for side in sides for load in side["loads"].values() for one in load["rounds"])


def number(value: float, places: int = 1) -> str:
    """As it is written in Italian."""
    return f"{value:.{places}f}".replace(".", ",")


def _parse_lines(parse: Report) -> Iterator[str]:
    for figure in ("p50_ms", "p95_ms"):
        yield _row(say(f"bench_parse_{figure}"), [number(parse[figure], places=2)])
    shape, ms = max(parse["longest_ms"].items(), key=lambda one: one[1])
    yield _row(say("bench_parse_longest", shape=shape.strip()), [number(ms)])


def _row(label: str, values: Sequence[str], ratio: str = "") -> str:
    return f"  {label:<{LABEL}}{''.join(f'{value:>{COLUMN}}' for value in values)}{ratio:>{COLUMN}}".rstrip()


def _numbers(values: Sequence[Optional[float]]) -> list[str]:
    return ["" if value is None else number(value) for value in values]


def _ratio(report: Report, load: str, figure: str) -> str:
    value = (report["ratios"] or {}).get(load, {}).get(figure)
    return "" if value is None else number(value, places=2)
