"""What `sportello train` says while it goes on, and what was worked out anew at the end."""

import pytest

from cli.train import Shown, told_at_the_end
from engine.training_steps import Count, Moment

COUNTS = {"words": Count(12, 12, 9_723), "vectors": Count(12, 12, 9_788), "left_out": Count(0, 0, 9_723)}


def test_a_line_comes_when_the_step_is_another_and_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shown()
    for seconds, steps in ((1, "reading"), (2, "reading"), (3, "vectors"), (4, "vectors"), (13, "vectors")):
        shown(Moment(seconds, (steps,), {"vectors": Count(256, 800, 9_788)}))

    assert capsys.readouterr().err.splitlines() == [
        "… 1 s: si leggono i file",
        "… 3 s: vettori delle frasi nuove, 256 di 800 (9.788 in tutto)",
        "… 13 s: vettori delle frasi nuove, 256 di 800 (9.788 in tutto)",
    ]


def test_two_steps_at_once_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Shown()(Moment(1.0, ("classifier", "tagger"), {}))

    assert capsys.readouterr().err == "… 1 s: si imparano gli intenti e si imparano le entità\n"


def test_at_the_end_it_says_what_is_new_what_was_kept_and_how_long_it_took() -> None:
    assert list(told_at_the_end(Moment(19.6, ("packing",), COUNTS))) == [
        "Frasi nuove o cambiate: 12 su 9.723.",
        "Vettori calcolati: 12; tenuti da prima: 9.776.",
        "Convalida incrociata: tenuta da prima, sono cambiate poche frasi.",
        "In 19 s.",
    ]
    anew = Moment(90.0, ("packing",), {"left_out": Count(9_723, 9_723, 9_723)})
    assert list(told_at_the_end(anew)) == ["Convalida incrociata: rifatta.", "In 90 s."]
