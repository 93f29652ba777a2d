"""The verdict on a model is kept as it was given, and a damaged one is not taken for any other."""

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from evaluation.verdict import (
    FILE,
    Differing,
    Verdict,
    VerdictBroken,
    read_verdict,
    verdict_folder,
    write_verdict,
)

VERDICT = Verdict(
    model_sha256="ab" * 32,
    compared_sha256=None,
    made_at=datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc),
    passed=False,
    reasons=("Una conversazione non è andata come scritto.",),
    figures={"intent_accuracy": 0.97, "entity_f1": None},
    compared_figures=None,
    better=0,
    worse=0,
    conversations=2,
    conversations_failed=("chiede dov'è l'ordine",),
    differing=(Differing("dov'è il ••••••?", 2, "track_order", 0.9, ("order_number",), "out_of_scope", 0.4, ()),),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return verdict_folder(tmp_path, VERDICT.model_sha256)


def test_it_is_read_as_it_was_written(folder: Path) -> None:
    write_verdict(folder, VERDICT)

    assert read_verdict(folder) == VERDICT


def test_a_later_one_takes_its_place_and_leaves_nothing_else(folder: Path) -> None:
    write_verdict(folder, VERDICT)
    later = replace(VERDICT, passed=True, reasons=(), compared_sha256="cd" * 32, compared_figures={"macro_f1": 0.9})

    write_verdict(folder, later)

    assert read_verdict(folder) == later
    assert [file.name for file in folder.iterdir()] == [FILE]


def test_a_model_that_was_never_tested_has_none(folder: Path) -> None:
    assert read_verdict(folder) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"passed": true}', '{"made_at": 1}'])
def test_a_damaged_one_is_not_read(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / FILE).write_text(text, encoding="utf-8")

    with pytest.raises(VerdictBroken, match=FILE):
        read_verdict(folder)
