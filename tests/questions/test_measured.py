"""The shop's own questions measured: 200 that customers ask of a file of 40 entries, 100 that it does not answer.

domande.yml, asked.yml and absent.yml were written apart; when a question counts as one of the entries was chosen on two
other shops (`python -m evaluation.questions`). The floors lie a little under what was measured.
"""

from pathlib import Path
from typing import Any, Iterator

import pytest

from base.layers import Layers
from base.settings import ROOT
from check.repeats import bare
from components.encoder.adapter import Adapter
from components.encoder.sentence_encoder import encoder_folder, load_question_encoder
from engine.question_scores import QuestionScores
from engine.shop_questions import QuestionRules
from engine.topics import Topics
from evaluation.question_measure import AskedShop, QuestionFigures, encode_with, measure
from evaluation.ways import read_entries, read_ways, source_of
from tests.deep import more, some
from tests.nlu.sentences import STRANGERS, sentences

FOLDER = Path(__file__).parent
TUNED_ON = ROOT / "evaluation" / "question_shops"
OUTSIDE = ("out_of_scope",)
LEAST_WAYS = 5  # for a topic
LEAST_RIGHT, LEAST_REACHED = 0.50, 0.88
MOST_WRONG = 0.02
MOST_ABSENT_ANSWERED = 0.06
MOST_REQUESTS_TAKEN, MOST_REQUESTS_ASKED = 0.01, 0.14  # of strangers, who are often not clear


@pytest.fixture(scope="module")
def measured_shop() -> AskedShop:
    return AskedShop.read(FOLDER)


def texts_of(folder: Path) -> Iterator[str]:
    """Everything customers ask of a shop, answered or not."""
    shop = AskedShop.read(folder)
    yield from (text for text, _ in shop.asked)
    yield from shop.absent


def test_there_are_as_many_as_is_said(measured_shop: AskedShop) -> None:
    assert (len(measured_shop.questions), len(measured_shop.asked), len(measured_shop.absent)) == (40, 200, 100)


def test_no_question_that_is_measured_was_written_anywhere_else(measured_shop: AskedShop) -> None:
    measured = {bare(text) for text in texts_of(FOLDER)}
    tuned = [text for folder in TUNED_ON.iterdir() if folder.is_dir() for text in texts_of(folder)]
    written = [way for one in measured_shop.questions for way in one.ways]
    learnt = {bare(way) for ways in read_ways().values() for way in ways}
    learnt |= {bare(way) for entry in read_entries().values() for way in (entry.title, *entry.ways)}

    assert len(measured) == 300
    assert not measured & {bare(way) for way in written}
    assert not {bare(text) for text, _ in measured_shop.asked} & learnt
    assert len(measured & set(map(bare, tuned))) <= 12  # of what is not there, some is the same in every shop


def test_what_was_learnt_was_learnt_from_the_files_as_they_are() -> None:
    ways, entries = read_ways(), read_entries()

    source = source_of(ways, entries)
    assert Adapter.load().source == source, "`python -m evaluation.adapting` learns it again"
    assert Topics.load().source == source, "`python -m evaluation.topics` learns them again"
    assert list(ways) == list(entries)
    assert min(map(len, ways.values())) >= LEAST_WAYS
    assert len({bare(way) for texts in ways.values() for way in texts}) == sum(map(len, ways.values()))


@more
@pytest.mark.model
async def test_the_right_entry_is_found_and_hardly_ever_a_wrong_one(parser: Any, measured_shop: AskedShop) -> None:
    requests = some([one.text for one in sentences(STRANGERS) if one.intent not in OUTSIDE], 3)
    layers = Layers()

    figures: QuestionFigures = await measure(
        measured_shop,
        requests,
        Topics.load(),
        parser.agent.parse_message,
        encode_with(load_question_encoder(encoder_folder())),
        QuestionRules.load(layers.files("dialogue.yml")),
        QuestionScores.load(),
    )

    assert figures.right >= LEAST_RIGHT and figures.right + figures.offered >= LEAST_REACHED, figures
    assert figures.wrong <= MOST_WRONG and figures.absent_answered <= MOST_ABSENT_ANSWERED, figures
    assert figures.requests_taken <= MOST_REQUESTS_TAKEN and figures.requests_asked <= MOST_REQUESTS_ASKED, figures
