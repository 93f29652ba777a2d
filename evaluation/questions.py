"""Learns when a message is a question of the shop's own: `python -m evaluation.questions` writes engine/questions.json.

It learns from the invented shops (`question_shops/`), whole and with every fifth entry left out, and from the house's
held-out sentences, which are requests of the product. The shop of tests/questions is only measured.
"""

import asyncio
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterator, Sequence

import numpy as np
from dotenv import load_dotenv
from sklearn.linear_model import LogisticRegression

from base.clock import FixedClock
from base.layers import Layers
from base.settings import ROOT
from components.encoder.sentence_encoder import encoder_folder, load_question_encoder
from engine.cut_evidence import ParseData
from engine.models import usable_model
from engine.parsing import Parser
from engine.question_index import QuestionIndex
from engine.question_scores import NOT_OF_THE_SHOP, WEIGHTS, QuestionScores, clues
from engine.shop_questions import QuestionRules
from engine.topics import Topics
from evaluation.examples import read_examples
from evaluation.question_measure import AskedShop, Parse, encode_with, measure

SHOPS = Path(__file__).with_name("question_shops")
MEASURED = ROOT / "tests" / "questions"
HOUSE, STRANGERS = ROOT / "tests" / "nlu", ROOT / "tests" / "nlu" / "strangers"
FOLDS = 5
MOST = 4  # entries among which the right one may be
WEIGHT_OF_REQUESTS, WEIGHT_OF_FOLDS = 0.15, 0.25  # there are many of them, and they are alike
WHEN = datetime(2026, 11, 25, tzinfo=timezone.utc)

Row = tuple[dict[str, float], bool, bool, float]
"""Clues, whether the first entry is right, whether the right one is among the first, weight."""


def main() -> None:
    """Learn, write the file, print what it is worth."""
    load_dotenv(ROOT / ".env")  # the secret that our models are sealed with
    parser = Parser.load(usable_model(ROOT / "models").path, FixedClock(WHEN))
    parse, encode = remembered(parser.agent.parse_message), encode_with(load_question_encoder(encoder_folder()))
    layers = Layers(ROOT)
    topics = Topics.load()
    shops = {folder.name: AskedShop.read(folder) for folder in sorted(SHOPS.iterdir()) if folder.is_dir()}
    requests = _requests(HOUSE)

    async def rows_of(shop: AskedShop, weight: float) -> list[Row]:
        index, found = QuestionIndex(shop.questions, topics, encode), []
        texts = [*shop.asked, *((text, None) for text in (*shop.absent, *requests))]
        for text, right in texts:
            nearness = index.nearness(encode([text])[0])
            is_request = WEIGHT_OF_REQUESTS if text in requests else weight if right is not None else 1.0
            seen = clues(nearness, {**await parse(text), "text": text})
            found.append((seen, nearness.order[0] == right, right in nearness.order[:MOST], is_request))
        return found

    async def all_rows() -> list[Row]:
        found = []
        for shop in shops.values():
            found += await rows_of(shop, 1.0)
            for fold in range(FOLDS):
                found += await rows_of(shop.without(lambda place, fold=fold: place % FOLDS == fold), WEIGHT_OF_FOLDS)
        return found

    rows = asyncio.run(all_rows())
    scores = QuestionScores(_learnt(rows, [row[1] for row in rows]), _learnt(rows, [row[2] for row in rows]))
    scores.write(WEIGHTS)
    rules = QuestionRules.load(layers.files("dialogue.yml"))
    shops["measured"] = AskedShop.read(MEASURED)
    for name, shop in shops.items():
        strangers = _requests(STRANGERS)
        figures = asyncio.run(measure(shop, strangers, topics, parse, encode, rules, scores))
        sys.stdout.write(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in asdict(figures).items()) + "\n")


def remembered(parse: Parse) -> Parse:
    """The same, asked once for each text."""
    known: dict[str, ParseData] = {}

    async def parsed(text: str) -> ParseData:
        if text not in known:
            known[text] = await parse(text)
        return known[text]

    return parsed


def _learnt(rows: Sequence[Row], wanted: Sequence[bool]) -> dict[str, float]:
    names = list(rows[0][0])
    values = np.array([[row[0][name] for name in names] for row in rows])
    model = LogisticRegression(fit_intercept=False, C=10.0, max_iter=1000)
    model.fit(values, np.array(wanted), sample_weight=np.array([row[3] for row in rows]))
    return {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0])}


def _requests(folder: Path) -> tuple[str, ...]:
    return tuple(_of_the_product(folder))


def _of_the_product(folder: Path) -> Iterator[str]:
    for example in read_examples(folder):
        if example.intent not in NOT_OF_THE_SHOP:
            yield example.text


if __name__ == "__main__":
    main()
