"""Numbers in what people read: one thing is told as one, many as many."""

import re
from pathlib import Path

import pytest
import yaml

from base.settings import ROOT
from base.words import WordsOf

FILES = sorted(file for file in ROOT.glob("*/it.yml"))
NUMBER_AND_NOUN = re.compile(
    r"\{(\w+)\} (?:capit|conversazion|frasi|cifr|client|giorn|intent|messagg|minut|more|ore|pacchett|perse|person"
    r"|punti|rispost|secondi|turni|ver[ei]|volt|nuov|aggiornat|guadagnat|allegati|caratter)\w*"
)
NEVER_ONE = {
    # Limits and constants that are more than one, and counts that are told only where they are.
    "board_last_days", "trend_hint", "trend_too_early", "trend_tile_resolved", "ago_days", "error_too_long",
    "error_too_many_in_one", "refused_long", "doctor_packages_good", "doctor_telegram_waiting_bad", "publish_too_long",
    "evaluate_plot_most_confused", "bench_trend_first", "bench_trend_later", "bench_load_closed",
    "shop_file_max_length", "desk_not_a_name", "desk_password_length", "route_fact_handoffs", "check_good",
    "button_long", "look_long", "question_long_answer", "question_long_title",
}  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_a_number_before_a_noun_is_told_as_one_or_as_many(file: Path) -> None:
    texts = yaml.safe_load(file.read_text(encoding="utf-8"))

    wrong = [
        key
        for key, text in texts.items()
        if NUMBER_AND_NOUN.search(text) and key not in NEVER_ONE and not key.endswith("_many")
    ]

    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_what_is_counted_has_words_for_one_and_for_many(file: Path) -> None:
    keys = yaml.safe_load(file.read_text(encoding="utf-8")).keys()

    many = {key[: -len("_many")] for key in keys if key.endswith("_many")}

    assert [key for key in sorted(many) if f"{key}_one" not in keys] == []


def test_one_is_told_as_one_and_nothing_as_many() -> None:
    words = WordsOf({"it_one": "1 frase", "it_many": "{count} frasi"})

    assert [words.count("it", number) for number in (0, 1, 2)] == ["0 frasi", "1 frase", "2 frasi"]
