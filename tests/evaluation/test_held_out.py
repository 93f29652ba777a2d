"""Which sentences are held out of training, which are learnt, and that the curve of them is drawn once."""

from pathlib import Path
from typing import Any

import pytest

from base.layers import Layers
from evaluation.groups import HOUSE, SHOP, STRANGERS
from evaluation.held_out import held_out, training_sentences
from evaluation.kept_curve import curve_of
from evaluation.labelled import Labelled, Span
from evaluation.several import SeveralRequests, several_figures, several_requests
from tests.evaluation.planted import outcome

NLU = 'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n    - {text}\n'
TWO = """version: "3.1"
two:
- text: "dov'è il 104206 e ciao"
  requests: [track_order, greet]
one:
- text: "ciao e grazie"
"""


def written(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    product, home = tmp_path / "product", tmp_path / "home"
    written(product / "tests/nlu/general.yml", NLU.format(intent="greet", text="ciao a [Modena](place)"))
    written(product / "tests/nlu/two_requests.yml", TWO)
    written(product / "tests/nlu/strangers/ciro.yml", NLU.format(intent="greet", text="uè"))
    written(home / "tests/nlu/negozi.yml", NLU.format(intent="ask_parking", text="c'è posto?"))
    return Layers(product, home)


def test_sentences_of_the_house_of_strangers_and_of_the_shop_are_told_apart(layers: Layers) -> None:
    assert [(one.group, one.sentence.text) for one in held_out(layers)] == [
        (HOUSE, "ciao a Modena"),
        (STRANGERS, "uè"),
        (SHOP, "c'è posto?"),
    ]
    assert held_out(layers)[0].sentence.entities == {Span("place", 7, 13)}


def test_messages_with_several_requests_and_look_alikes_are_counted_apart(layers: Layers) -> None:
    messages = several_requests(layers)

    assert messages == (
        SeveralRequests("dov'è il 104206 e ciao", ("track_order", "greet")),
        SeveralRequests("ciao e grazie", ()),
    )
    as_meant = several_figures(messages, [("track_order", "greet"), ("greet", "thank")])
    assert as_meant == {"several_as_meant": 1.0, "look_alikes_cut": 1.0}
    assert several_figures((), []) == {"several_as_meant": None, "look_alikes_cut": None}


def test_what_the_shop_has_removed_is_not_learnt(tmp_path: Path) -> None:
    home = tmp_path / "home"
    product = training_sentences(Layers())
    bare = next(one for one in product if not one.entities and one.intent == "greet")
    removed = f"removed:\n- intent: greet\n  examples: |\n    - {bare.text}\n"
    written(home / "nlu/own.yml", removed + "nlu:\n- intent: greet\n  examples: |\n    - bella a tutti voi\n")

    own = {(one.intent, one.text) for one in training_sentences(Layers(home=home))}

    assert ("greet", bare.text) not in own and ("greet", "bella a tutti voi") in own


def test_the_curve_is_drawn_once_for_the_same_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path))
    sentences, trainings = [Labelled("ciao", "greet", frozenset())], []

    def trained(_lines: Path, test: Any) -> Any:
        trainings.append(test)
        return [outcome(one, "greet") for one in test]

    assert curve_of(sentences, sentences, None) == ()
    drawn = curve_of(sentences, sentences, trained)

    assert drawn and curve_of(sentences, sentences, None) == drawn == curve_of(sentences, sentences, trained)
    assert len(trainings) == 1
    assert curve_of(sentences * 2, sentences, None) == ()
