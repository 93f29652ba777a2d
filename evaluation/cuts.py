"""Learns where messages are cut, and writes engine/cuts.json: `python -m evaluation.cuts`, about ten minutes.

It learns from training sentences that were left out, as they are and joined in pairs (`evaluation/joined.py`), and from
one half of the messages in cuts.yml; the other half is only counted in the report, which is printed. To be run again
when many sentences, or intents, are new: what is learnt are weights of words and of confidences, which stay good for
long.
"""

import asyncio
import json
import random
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Iterable, Iterator, Mapping, Sequence

import numpy as np
import yaml
from dotenv import load_dotenv
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from base.settings import ROOT
from engine.boundaries import Boundaries
from engine.clauses import Clauses
from engine.cuts import BIAS, WEIGHTS, CutScores
from engine.models import usable_model
from evaluation.cut_material import Looked, Message, folds, looked_at, looked_at_left_out, messages, written
from evaluation.joined import Joins

FILE = Path(__file__).with_suffix(".yml")
DIALOGUE, SENTENCES = ROOT / "data" / "dialogue.yml", ROOT / "data" / "nlu"
SEED = 1
FOR_WORDS = (9000, 1500)  # joined messages with two requests and with one, from which the words are learnt
OF_FOLD = (1100, 350)  # and of each fold, from which both sides are
WRITTEN_WEIGHT = 3.0  # of a message of cuts.yml
WORDS_C, SIDES_C = 0.5, 0.3
WORTH_PARSING = -4.5  # log odds; 95 of 100 true cuts lie above
MOST_SINGLE_CUT = 0.01  # share of left-out single sentences that may be cut; with more hardly more requests are found
NEVER = float("inf")


def main() -> None:
    """Learn, write the file, print what it is worth."""
    load_dotenv(ROOT / ".env")  # the secret that our models are sealed with
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    joins, nothing_learnt = Joins.of(content["joins"]), CutScores({BIAS: 0.0}, {BIAS: 0.0}, WORTH_PARSING, NEVER)
    clauses = Clauses.load(DIALOGUE, nothing_learnt)
    parts = folds(SENTENCES)
    everything = [sentence for part in parts for sentence in part.left_out]
    for_words = messages(everything, joins, clauses, *FOR_WORDS, random.Random(SEED))
    scores = replace(nothing_learnt, words=learn_words(clauses.boundaries, for_words))
    left_out = []
    for number, part in enumerate(parts):
        some = messages(part.left_out, joins, clauses, *OF_FOLD, random.Random(SEED + number))
        left_out += asyncio.run(looked_at_left_out(part, replace(clauses, scores=scores), some))
    model = usable_model(ROOT / "models").path
    to_choose, to_check = (
        asyncio.run(looked_at(model, replace(clauses, scores=scores), half)) for half in written(content)
    )
    scores = replace(scores, sides=learn_sides(left_out, to_choose))
    scores = replace(scores, cuts_at=threshold(scores, left_out))
    write(scores, WEIGHTS)
    for name, some in (("left out", left_out), ("to choose", to_choose), ("to check", to_check)):
        sys.stdout.write("\n  ".join([name, *report(scores, some)]) + "\n")


def learn_words(boundaries: Boundaries, some: Iterable[Message]) -> dict[str, float]:
    """Log odds of each clue of a boundary, from messages whose second request is known."""
    clues, is_true = [], []
    for message in some:
        for boundary in boundaries.among(message.text):
            clues.append(dict.fromkeys(boundary.clues, 1))
            second = message.second
            is_true.append(second is not None and boundary.end < second <= boundary.start)
    names = DictVectorizer(dtype=np.float32)
    found: csr_matrix = names.fit_transform(clues)
    learnt = LogisticRegression(C=WORDS_C, penalty="l1", solver="liblinear", random_state=SEED).fit(found, is_true)
    weights = dict(zip(names.get_feature_names_out(), learnt.coef_[0]))
    kept = {name: float(weight) for name, weight in weights.items() if weight}
    return {BIAS: float(learnt.intercept_[0]), **kept}


def learn_sides(left_out: Sequence[Looked], to_choose: Sequence[Looked]) -> dict[str, float]:
    """Log odds of each piece of evidence, per unit."""
    rows: list[Mapping[str, float]] = []
    is_true, weights = [], []
    for some, weight in ((left_out, 1.0), (to_choose, WRITTEN_WEIGHT)):
        for looked in some:
            if looked.message.requests and not any(map(looked.is_true, looked.cuts)):
                continue  # its requests are not understood, wherever it is cut
            cuts = [cut for cut in looked.cuts if cut.evidence is not None]
            rows += [cut.evidence for cut in cuts if cut.evidence]
            is_true += [looked.is_true(cut) for cut in cuts]
            weights += [weight] * len(cuts)
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    mean, scale = values.mean(axis=0), values.std(axis=0)
    scale[scale < 1e-6] = 1.0
    learnt = LogisticRegression(C=SIDES_C, max_iter=2000).fit((values - mean) / scale, is_true, sample_weight=weights)
    each = learnt.coef_[0] / scale
    return {BIAS: float(learnt.intercept_[0] - each @ mean), **dict(zip(names, map(float, each)))}


def threshold(scores: CutScores, left_out: Sequence[Looked]) -> float:
    """Log odds under which all single sentences but `MOST_SINGLE_CUT` lie."""
    single = [likelihood(scores, one) for one in left_out if one.message.second is None and not one.message.kind]
    return float(np.quantile(single, 1 - MOST_SINGLE_CUT))


def likelihood(scores: CutScores, looked: Looked) -> float:
    """Log odds of the likeliest place."""
    return max((scores.by_sides(cut.evidence) for cut in looked.cuts if cut.evidence), default=-NEVER)


def report(scores: CutScores, some: Sequence[Looked]) -> Iterator[str]:
    """By manner of writing: how many are cut, and of those with two requests how many as they should be."""
    counts: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    for looked in some:
        message = looked.message
        best = max(looked.cuts, key=lambda cut: scores.by_sides(cut.evidence) if cut.evidence else -NEVER, default=None)
        several = bool(message.requests) or message.second is not None
        is_cut = bool(likelihood(scores, looked) >= scores.cuts_at)
        counts[message.kind, several].update(
            {"all": 1, "cut": is_cut, "as meant": is_cut and best is not None and looked.is_true(best)}
        )
    for (kind, several), count in counts.items():
        meant = f", as meant {count['as meant']}" if several else ""
        yield f"{'two' if several else 'one'} {kind or 'single'}: cut {count['cut']} of {count['all']}{meant}"


def write(scores: CutScores, file: Path) -> None:
    """The same weights give the same file."""
    said = {
        "worth_parsing": scores.worth_parsing,
        "cuts_at": round(scores.cuts_at, 3),
        "sides": {name: round(weight, 3) for name, weight in scores.sides.items()},
        "words": {name: round(weight, 2) for name, weight in sorted(scores.words.items())},
    }
    file.write_text(json.dumps(said, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
