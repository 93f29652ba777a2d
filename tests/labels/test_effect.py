"""What a plan does to the figures: what is compared, how it is told, and one measurement as it is really made."""

import fcntl
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from base.clock import FixedClock
from base.layers import Layers
from base.settings import ROOT
from evaluation.figures import Outcome
from evaluation.labelled import Labelled, Span
from labels.changes import Change, Plan
from labels.effect import Effect, MeasuringAlready, OfIntent, chance_of, effect_from, effect_of, measure
from labels.lines import Line
from tests.conftest import NOW
from tests.engine.processes import BOT

PLAN = Plan(Path("/home"), False, (Change("nlu/x.yml", None, "", (Line("b", "f"),), ()),), (), (), (), ())


def outcome(text: str, wanted: str, understood: str, found: bool = True) -> Outcome:
    spans = frozenset({Span("place", 0, 1)})
    return Outcome(Labelled(text, wanted, spans), understood, spans if found else frozenset(), understood, 0.9, 1.0)


BEFORE = [outcome("s", "a", "b"), outcome("t", "b", "b"), outcome("u", "b", "a"), outcome("v", "b", "b")]
AFTER = [outcome("s", "a", "a"), outcome("t", "b", "b", found=False), outcome("u", "b", "c"), outcome("v", "b", "b")]


def test_it_tells_each_sentence_that_is_understood_otherwise_and_the_intents_concerned() -> None:
    effect = effect_of(BEFORE, AFTER, PLAN, stale=True, of_model="x")

    assert [read.text for read in (*effect.better, *effect.worse, *effect.otherwise)] == ["s", "t", "u"]
    assert effect.worse[0].entities == effect.worse[0].entities_before == (("t", "place"),)
    assert effect.worse[0].entities_after == ()
    assert effect.intents == (OfIntent("b", sentences=3, before=2, after=1),)
    assert (effect.figures_before["intent_accuracy"], effect.figures_after["intent_accuracy"]) == (0.5, 0.75)
    assert (effect.sentences, effect.stale, effect.chance, effect.verdict) == (4, True, 1.0, "noise")


def test_it_survives_being_written_as_json() -> None:
    effect = effect_of(BEFORE, AFTER, PLAN, stale=False, of_model="x")

    said = json.loads(effect.as_json())

    assert effect_from(said) == effect
    assert said["summary"] == effect.summary
    assert "1 frase capita in più e 1 in meno, su 4" in said["summary"]


def test_one_sentence_is_told_as_one() -> None:
    same = effect_of(AFTER[:1], AFTER[:1], PLAN, stale=False, of_model="x")
    two = effect_of(BEFORE[:1] * 2, AFTER[:1] * 2, PLAN, stale=False, of_model="x")

    assert same.summary == "Sull'unica frase tenuta da parte non cambia niente."
    assert "2 frasi capite in più e 0 in meno, su 2" in two.summary


@pytest.mark.parametrize(
    ("better", "worse", "chance", "verdict"),
    [
        (0, 0, 1.0, "same"),
        (5, 0, 0.0625, "noise"),
        (6, 0, 0.03125, "better"),
        (0, 6, 0.03125, "worse"),
        (9, 3, 0.146, "noise"),
    ],
)
def test_a_difference_that_may_be_luck_is_called_so(better: int, worse: int, chance: float, verdict: str) -> None:
    ways = [("b", "a")] * better + [("a", "b")] * worse + [("a", "a")]
    before, after = ([outcome(str(n), "a", way[side]) for n, way in enumerate(ways)] for side in (0, 1))

    effect = effect_of(before, after, PLAN, stale=False, of_model="x")

    assert effect.chance == chance_of(better, worse) == pytest.approx(chance, abs=0.001)
    assert effect.verdict == verdict


def test_one_measures_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    with (tmp_path / "labels" / "measuring.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(MeasuringAlready):
            measure(Layers(BOT), PLAN, tmp_path, tmp_path, FixedClock(NOW), lambda *_: None)


MEASURE = """
import json, sys
from pathlib import Path
from base.clock import SystemClock
from base.layers import Layers
from engine.training import train
from labels.changes import plan
from labels.effect import measure
from labels.label import Label

product, home, models, var = map(Path, sys.argv[1:])
layers = Layers(product, home)
train(models, lambda _: None, layers)
before = sorted(file.name for file in models.iterdir())
labels = [Label(text, "thank") for text in ("bravissimi davvero", "siete bravissimi", "ma che bravissimi")]
labels.append(Label("bravissimi tutti", "thank", held_out=True))
stages = []
effect = measure(layers, plan(layers, labels), models, var, SystemClock(), lambda stage, *_: stages.append(stage))
assert before == sorted(file.name for file in models.iterdir())
print(json.dumps([list(dict.fromkeys(stages)), effect.as_json()]))
"""


def test_a_measurement_trains_aside_and_leaves_nothing_behind(tmp_path: Path) -> None:
    product, home, var = tmp_path / "product", tmp_path / "home", tmp_path / "var"
    shutil.copytree(BOT, product)
    (product / "tests" / "nlu").mkdir(parents=True)
    (product / "tests" / "nlu" / "all.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - buongiorno a voi\n', encoding="utf-8"
    )
    (home / "nlu").mkdir(parents=True)
    (var / "labels" / "measuring-left").mkdir(parents=True)
    folders = [str(one) for one in (product, home, tmp_path / "models", var)]

    result = subprocess.run(
        [sys.executable, "-c", MEASURE, *folders], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr
    stages, said = json.loads(result.stdout.splitlines()[-1])
    effect: Effect = effect_from(json.loads(said))
    assert [stage for stage in stages if stage != "training"] == ["before", "after"]
    assert (effect.sentences, effect.stale) == (2, False)
    assert [read.text for read in effect.better] == ["bravissimi tutti"]
    assert effect.intents == (OfIntent("thank", 1, 0, 1),)
    assert [file.name for file in (var / "labels").iterdir()] == ["measuring.lock"]
    assert [file for file in home.rglob("*") if file.is_file()] == []
