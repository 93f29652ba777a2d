"""From single turns to the figures that are shown."""

from bench.figures import RoundFigures, over_rounds, ratio, round_figures
from bench.load import Load, TimedTurn


def figures(p50_ms: float) -> RoundFigures:
    return RoundFigures(10, p50_ms, 0.0, 0.0, 0.0, 1.0, 1.0, 0.5)


def test_a_round_tells_turns_that_read_the_database_apart() -> None:
    turns = tuple(TimedTurn(ms, ms > 10, None) for ms in (1.0, 2.0, 30.0, 40.0))

    found = round_figures(Load(turns, seconds=2.0), cpu_s=0.1, others_cpu=0.256)

    assert found == RoundFigures(4, 2.0, 40.0, 40.0, 30.0, 2.0, 25.0, 0.26)


def test_one_odd_round_does_not_move_what_is_shown() -> None:
    shown = over_rounds([figures(10.0), figures(500.0), figures(11.0)])

    assert (shown["p50_ms"], shown["turns"], len(shown["rounds"])) == (11.0, 30, 3)


def test_ratios_compare_rounds_that_were_neighbours() -> None:
    ours, theirs = [figures(10.0), figures(40.0)], [figures(20.0), figures(80.0)]

    assert ratio(ours, theirs, "p50_ms") == 0.5


def test_there_is_no_ratio_to_a_figure_of_zero() -> None:
    assert ratio([figures(10.0)], [figures(0.0)], "p50_ms") is None
