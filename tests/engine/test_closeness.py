from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.settings import ROOT, Register
from engine.closeness import Closeness, ClosenessUnreadable
from switchboard.texts import Texts

FILE = ROOT / "data" / "dialogue.yml"
RESPONSES = Texts.load(ROOT / "data" / "responses", Register.TU).responses
SENTENCE = "le scarpe non vanno bene"


@pytest.fixture(scope="module")
def closeness() -> Closeness:
    return Closeness.load(FILE, RESPONSES)


def ranking(**confidences: float) -> list[dict]:
    return [{"name": name, "confidence": confidence} for name, confidence in confidences.items()]


def test_two_requests_nearly_as_likely_are_close(closeness: Closeness) -> None:
    hesitation = ranking(request_exchange=0.45, request_return=0.4, track_order=0.1)

    assert closeness.among(SENTENCE, hesitation) == ("request_exchange", "request_return")


def test_a_third_one_as_likely_is_offered_too(closeness: Closeness) -> None:
    hesitation = ranking(request_exchange=0.35, request_return=0.3, track_order=0.25, track_return=0.1)

    assert closeness.among(SENTENCE, hesitation) == ("request_exchange", "request_return", "track_order")


@pytest.mark.parametrize(
    "clear",
    [
        ranking(request_exchange=0.61, request_return=0.39),  # sure enough
        ranking(request_exchange=0.55, request_return=0.2),  # far from the second
        ranking(request_exchange=0.2, request_return=0.19, track_order=0.18),  # nothing is likely
        ranking(request_exchange=0.5, thank=0.4),  # the second has no name to be asked by
        ranking(give_details=0.5, request_return=0.4),
        ranking(ask_price=0.45, ask_availability=0.4),  # answered nearly alike
        ranking(request_exchange=1.0),
        [],
    ],
)
def test_what_is_clear_or_cannot_be_asked_is_not_close(clear: list[dict], closeness: Closeness) -> None:
    assert closeness.among(SENTENCE, clear) == ()


def test_those_answered_alike_count_together(closeness: Closeness) -> None:
    hesitation = ranking(request_quote=0.4, ask_price=0.25, ask_product_info=0.2)

    assert closeness.among(SENTENCE, hesitation) == ("ask_price", "request_quote")


def test_a_few_words_that_go_on_are_not_asked_about(closeness: Closeness) -> None:
    assert closeness.among("e in pelle?", ranking(request_exchange=0.45, request_return=0.4)) == ()


@given(st.dictionaries(st.sampled_from(["track_order", "track_return", "ask_price", "thank", "x"]), st.floats(0, 1)))
def test_what_is_offered_is_named_and_never_one_alone(closeness: Closeness, confidences: dict[str, float]) -> None:
    likely = sorted(confidences.items(), key=lambda item: -item[1])

    offered = closeness.among(SENTENCE, ranking(**dict(likely)))

    assert len(offered) != 1 and len(offered) <= closeness.most and closeness.named.issuperset(offered)


def test_a_file_that_lacks_something_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dialogue.yml"
    file.write_text("close: {most: 3}\n", encoding="utf-8")

    with pytest.raises(ClosenessUnreadable, match="dialogue.yml: close"):
        Closeness.load(file, RESPONSES)
