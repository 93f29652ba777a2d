"""The shop's own questions among what customers write."""

import asyncio
import threading
from datetime import date
from pathlib import Path
from typing import Any, Optional, Sequence

import numpy as np
import pytest

from base.layers import Layers
from components.encoder.sentence_encoder import encoder_folder, load_question_encoder
from components.encoder.weights import EncoderUnavailable
from components.normalise import italian_words, written_out
from engine.cut_evidence import ParseData
from engine.question_index import Nearness, QuestionIndex
from engine.question_scores import BIAS, QuestionScores, QuestionScoresUnreadable, clues
from engine.remembered_vectors import Encode, RememberedVectors
from engine.shop_questions import QuestionRules, QuestionRulesUnreadable, ShopQuestions, recognised, shop_questions
from engine.topics import Topics, TopicsUnreadable
from shop.questions import LiveQuestions, Question

TOPICS = Topics.load()
QUESTIONS = (
    Question("Parcheggio", ("c'è un parcheggio per i clienti?", "dove lascio la macchina quando vengo?"), "Sì."),
    Question("Bici", ("c'è una rastrelliera per le biciclette?", "dove lego la bici quando vengo?"), "Sì."),
    Question("Regali", ("fate il pacchetto regalo?", "me lo incartate?"), "Sì.", valid_until=date(2026, 12, 24)),
)
RULES = QuestionRules(0.75, 0.2, 0.8, 0.9, 0.5, 2, frozenset({"thank"}))
TITLES = ["a", "b", "c"]
NOTHING = {"margin": 0.0, "same_topics": 0.0, "request": 0.0}
FIRST_ONLY = QuestionScores({**NOTHING, BIAS: -10.0, "first": 10.0}, {**NOTHING, BIAS: -5.0, "first": 10.0})
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="session")
def encode() -> Encode:
    encoder = load_question_encoder(encoder_folder())
    return lambda texts: encoder.encode([written_out(text, italian_words()) for text in texts])


def nearness(*scores: float, same_topics: float = 0.0) -> Nearness:
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    return Nearness(tuple(order), np.array(scores), same_topics)


def parsed(text: str, intent: str = "out_of_scope", confidence: float = 0.9) -> dict[str, Any]:
    one = {"name": intent, "confidence": confidence}
    return {"text": text, "intent": one, "intent_ranking": [one], "entities": []}


@pytest.fixture
def questions(encode: Encode) -> ShopQuestions:
    live = LiveQuestions(tuple)
    live.all = lambda: QUESTIONS  # type: ignore[method-assign]
    made = ShopQuestions(live, TOPICS, encode, RULES, QuestionScores.load())
    made.warm_up()
    return made


async def test_one_of_the_questions_becomes_the_request_with_its_title(questions: ShopQuestions) -> None:
    found = await questions.recognise(parsed("C'è un parcheggio per i clienti"), TODAY, may_ask=True)

    assert found["intent"]["name"] == "ask_shop_question" and found["intent"]["confidence"] >= RULES.shown_at
    assert [(entity["entity"], entity["value"]) for entity in found["entities"]] == [("question", "Parcheggio")]


async def test_a_question_is_known_by_its_meaning(questions: ShopQuestions) -> None:
    found = await questions.recognise(parsed("avete un posteggio?"), TODAY, may_ask=True)

    assert found["entities"][0]["value"] == "Parcheggio"


@pytest.mark.parametrize("text", ["", "   "])
async def test_nothing_is_no_question(questions: ShopQuestions, text: str) -> None:
    said = parsed(text)

    assert await questions.recognise(said, TODAY, may_ask=True) is said


async def test_an_entry_that_is_over_is_not_used(questions: ShopQuestions) -> None:
    said = parsed("fate il pacchetto regalo?")

    today = await questions.recognise(said, TODAY, may_ask=True)
    over = await questions.recognise(said, date(2026, 12, 25), may_ask=True)

    assert today["intent"]["name"] == "ask_shop_question" and over["intent"]["name"] != "ask_shop_question"
    assert "Regali" not in over.get("questions", ())


async def test_thanks_are_no_question_whatever_they_name(questions: ShopQuestions) -> None:
    said = parsed("c'è un parcheggio per i clienti, grazie", "thank", 0.95)

    assert await questions.recognise(said, TODAY, may_ask=True) is said


async def test_conversations_that_ask_together_share_one_index(questions: ShopQuestions) -> None:
    said = parsed("c'è una rastrelliera per le biciclette?")

    found = await asyncio.gather(*(questions.recognise(said, TODAY, may_ask=True) for _ in range(5)))

    assert {one["intent"]["name"] for one in found} == {"ask_shop_question"}


async def test_without_entries_nothing_changes(encode: Encode) -> None:
    said, none = parsed("c'è un parcheggio?"), LiveQuestions(tuple)

    assert await ShopQuestions(none, TOPICS, encode, RULES, FIRST_ONLY).recognise(said, TODAY, may_ask=True) is said


def test_the_nearest_is_answered_when_it_is_likely_enough() -> None:
    assert recognised(nearness(0.2, 1.3, 0.9), parsed("…"), TITLES, RULES, FIRST_ONLY).shown == "b"


def test_else_it_is_asked_which_of_the_nearest() -> None:
    found = recognised(nearness(0.2, 1.05, 0.9), parsed("…"), TITLES, RULES, FIRST_ONLY)

    assert found.shown is None and found.between == ("b", "c")


def shown(near: Nearness, said: ParseData) -> Optional[str]:
    found = recognised(near, said, TITLES, RULES, FIRST_ONLY)
    return found.shown if found else None


def test_of_several_only_those_that_are_nearly_as_near_are_offered() -> None:
    near = nearness(2.0, 3.5, 1.9, 2.1)

    assert near.candidates(4) == (1, 3, 0)
    assert near.candidates(2) == (1, 3)
    assert nearness(3.5, 0.1, 0.2).candidates(4) == (0, 2)
    assert nearness(3.5).candidates(4) == (0,)


def test_what_is_not_near_is_none_of_them() -> None:
    assert recognised(nearness(0.2, 0.3, 0.1), parsed("…"), TITLES, RULES, FIRST_ONLY) is None


def test_beside_a_request_that_is_clear_only_the_likely_are_asked_about() -> None:
    near, clear = nearness(0.2, 0.45, 0.3), parsed("…", "find_store", 0.9)

    assert recognised(near, parsed("…", "find_store", 0.5), TITLES, RULES, FIRST_ONLY)
    assert recognised(near, clear, TITLES, RULES, FIRST_ONLY) is None
    assert recognised(nearness(0.2, 0.7, 0.3), clear, TITLES, RULES, FIRST_ONLY)


def test_beside_a_request_that_is_clear_only_the_surest_is_answered() -> None:
    clear = parsed("…", "find_store", 0.9)
    near, nearer = nearness(0.2, 1.15, 0.3), nearness(0.2, 1.25, 0.3)

    assert shown(near, parsed("…", "find_store", 0.5)) == shown(nearer, clear) == TITLES[1]
    assert shown(near, clear) is None


async def test_where_nothing_may_be_asked_what_was_parsed_stays(questions: ShopQuestions) -> None:
    said = parsed("dove la posso lasciare mentre compro?")
    assert (await questions.recognise(said, TODAY, may_ask=True)).get("questions")

    assert await questions.recognise(said, TODAY, may_ask=False) is said


def test_a_shop_without_a_folder_has_no_questions() -> None:
    assert shop_questions(Layers()) is None


def test_an_entry_is_found_by_its_topic_where_no_word_is_the_same(encode: Encode) -> None:
    car = Question("Ricarica", ("si ricarica l'auto elettrica?", "ho la macchina elettrica, dove la carico?"), "Sì.")

    found = QuestionIndex((*QUESTIONS, car), TOPICS, encode).nearness(encode(["c'è una colonnina?"])[0])

    assert found.order[0] == len(QUESTIONS)


def test_what_no_entry_is_about_shares_few_topics_with_the_nearest(encode: Encode) -> None:
    index = QuestionIndex(QUESTIONS, TOPICS, encode)

    jobs, park = (index.nearness(encode([text])[0]) for text in ("assumete commesse?", "c'è un parcheggio?"))

    assert jobs.same_topics < 0.4 < park.same_topics


def test_topics_survive_being_written(tmp_path: Path) -> None:
    rows = np.eye(3, 384, dtype=np.float32)

    TOPICS.write(tmp_path / "topics.npz")
    again = Topics.load(tmp_path / "topics.npz")

    assert again.source == TOPICS.source and np.allclose(again.likely(rows), TOPICS.likely(rows), atol=1e-3)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not numbers"])
def test_topics_that_cannot_be_read_are_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "topics.npz").write_bytes(content)

    with pytest.raises(TopicsUnreadable):
        Topics.load(tmp_path / "topics.npz")


def test_one_entry_is_enough(encode: Encode) -> None:
    found = QuestionIndex(QUESTIONS[:1], TOPICS, encode).nearness(encode(["c'è un parcheggio per i clienti?"])[0])

    assert found.order == (0,) and found.margin == found.first


def test_a_surer_request_makes_a_question_less_likely() -> None:
    scores, near = QuestionScores.load(), nearness(1.0, 0.4)

    unsure, sure = (clues(near, parsed("…", "find_store", confidence)) for confidence in (0.2, 0.99))

    assert scores.probability_right(unsure) > scores.probability_right(sure)
    assert scores.probability_among(unsure) > scores.probability_among(sure)


@pytest.mark.parametrize("content", ["", "{}", '{"right": 5, "among": 6}'])
def test_weights_that_cannot_be_read_are_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "questions.json").write_text(content)

    with pytest.raises(QuestionScoresUnreadable):
        QuestionScores.load(tmp_path / "questions.json")


def test_rules_that_lack_something_are_told(tmp_path: Path) -> None:
    (tmp_path / "dialogue.yml").write_text("questions: {shown_at: 0.7}\n")

    with pytest.raises(QuestionRulesUnreadable, match="dialogue.yml"):
        QuestionRules.load(tmp_path / "dialogue.yml")


async def test_an_edit_has_only_what_is_new_encoded(encode: Encode) -> None:
    encoded: list[str] = []

    def counting(texts: Sequence[str]) -> np.ndarray:
        encoded.extend(texts)
        return encode(texts)

    live, remembered = LiveQuestions(tuple), RememberedVectors(counting)
    questions = ShopQuestions(live, TOPICS, encode, RULES, QuestionScores.load(), remembered)
    live.all = lambda: QUESTIONS  # type: ignore[method-assign]
    questions.warm_up()
    before = len(encoded)

    live.all = lambda: (*QUESTIONS, Question("Wifi", ("c'è il wifi?",), "Sì."))  # type: ignore[method-assign]
    found = await questions.recognise(parsed("c'è il wifi?"), TODAY, may_ask=True)

    assert before == len(set(encoded[:before])) and len(encoded) - before == 3
    assert found["entities"][0]["value"] == "Wifi"


async def test_a_message_is_read_without_questions_that_are_not_ready(
    encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()

    def slowly(texts: Sequence[str]) -> np.ndarray:
        held.wait(30)
        return encode(texts)

    live = LiveQuestions(tuple)
    live.all = lambda: QUESTIONS  # type: ignore[method-assign]
    questions = ShopQuestions(live, TOPICS, encode, RULES, QuestionScores.load(), RememberedVectors(slowly))
    monkeypatch.setattr("engine.shop_questions.WAIT_S", 0.01)
    said = parsed("c'è un parcheggio per i clienti?")

    at_first = await questions.recognise(said, TODAY, may_ask=True)
    held.set()
    monkeypatch.setattr("engine.shop_questions.WAIT_S", 60.0)
    later = await questions.recognise(said, TODAY, may_ask=True)

    assert at_first is said and later["entities"][0]["value"] == "Parcheggio"


async def test_without_the_encoder_for_questions_a_message_stays_what_it_is(encode: Encode) -> None:
    def unavailable(_texts: Sequence[str]) -> np.ndarray:
        raise EncoderUnavailable("no room")

    live = LiveQuestions(tuple)
    live.all = lambda: QUESTIONS  # type: ignore[method-assign]
    questions = ShopQuestions(live, TOPICS, encode, RULES, QuestionScores.load(), RememberedVectors(unavailable))
    said = parsed("c'è un parcheggio per i clienti?")

    questions.warm_up()

    assert await questions.recognise(said, TODAY, may_ask=True) is said


def test_a_shop_without_entries_loads_no_encoder_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("engine.shop_questions.load_question_encoder", asked.append)

    made = shop_questions(Layers(home=tmp_path))
    assert made is not None
    made.warm_up()

    assert asked == []
