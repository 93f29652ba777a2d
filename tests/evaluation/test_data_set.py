"""A data set is learnt by the pipeline of config.yml, without what belongs to the shop."""

import pytest
import yaml

from base.settings import ROOT
from evaluation.data_set import configuration

CONFIG = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
TOKENIZER, TAGGER = "components.tokenizer.ItalianTokenizer", "components.tagger.Tagger"
LEARNS = [
    "components.sentence_counts.SentenceCounts",
    "components.sentence_counts.SentenceCounts",
    "components.word_vectors.WordVectors",
    "components.sentence_vectors.SentenceVectors",
    "components.linear_intent.LinearIntent",
]


@pytest.mark.parametrize(
    ("entities", "rejects", "expected"),
    [
        ([], False, [TOKENIZER, *LEARNS]),
        (["date", "time"], False, [TOKENIZER, TAGGER, *LEARNS]),
        (["date"], True, [TOKENIZER, TAGGER, *LEARNS, "FallbackClassifier"]),
    ],
)
def test_only_what_learns_is_kept(entities: list[str], rejects: bool, expected: list[str]) -> None:
    pipeline = configuration(CONFIG, entities, rejects)["pipeline"]

    assert [one["name"] for one in pipeline] == expected


def test_the_tagger_learns_the_entities_of_the_data_set() -> None:
    pipeline = configuration(CONFIG, ["date", "time"], rejects=False)["pipeline"]

    assert pipeline[1] == {"name": TAGGER, "entities": ["date", "time"], "remembers": False}


def test_nothing_is_remembered_of_sentences_that_are_not_the_projects() -> None:
    pipeline = configuration(CONFIG, ["date"], rejects=True)["pipeline"]

    assert {one["name"] for one in CONFIG["pipeline"] if one.get("remembers")} >= {TOKENIZER, TAGGER}
    assert [one["name"] for one in pipeline if one.get("remembers")] == []


def test_settings_stay_as_they_are_and_the_project_unchanged() -> None:
    before = yaml.safe_dump(CONFIG)

    adapted = configuration(CONFIG, ["date"], rejects=True)

    counts = "components.sentence_counts.SentenceCounts"
    assert [one for one in adapted["pipeline"] if one["name"] == counts] == [
        one for one in CONFIG["pipeline"] if one["name"] == counts
    ]
    assert adapted["pipeline"][-1] == CONFIG["pipeline"][-1]
    assert yaml.safe_dump(CONFIG) == before
