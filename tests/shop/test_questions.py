"""`domande.yml`: read, followed, and refused where it cannot be used."""

import logging
from datetime import date
from pathlib import Path

import pytest

from base.settings import Register
from shop.questions import LOOK_S, LiveQuestions, Question, QuestionsUnreadable, read_questions

WHOLE = """
domande:
- domande: ["C'è un parcheggio?", "dove lascio la macchina?"]
  titolo: "Parcheggio"
  risposta: "Sì, puoi usare quello davanti."
  lei: "Sì, può usare quello davanti."
  valida_fino: 2026-12-24
  argomento: negozi
- domande: ["Avete il wifi?"]
  risposta: "No."
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "domande.yml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


class Watch:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def test_an_entry_has_its_questions_answer_title_day_and_topic(file: Path) -> None:
    parking, wifi = read_questions([file])

    assert parking == Question(
        "Parcheggio",
        ("C'è un parcheggio?", "dove lascio la macchina?"),
        "Sì, puoi usare quello davanti.",
        "Sì, può usare quello davanti.",
        date(2026, 12, 24),
        "negozi",
    )
    assert (wifi.title, wifi.valid_until) == ("Avete il wifi?", None)


def test_the_answer_is_said_in_the_shops_register(file: Path) -> None:
    parking, wifi = read_questions([file])

    assert parking.said(Register.TU).startswith("Sì, puoi") and parking.said(Register.LEI).startswith("Sì, può")
    assert wifi.said(Register.LEI) == "No."


def test_an_entry_holds_on_its_last_day_and_not_after(file: Path) -> None:
    parking, wifi = read_questions([file])

    assert parking.holds_on(date(2026, 12, 24)) and not parking.holds_on(date(2026, 12, 25))
    assert wifi.holds_on(date(2099, 1, 1))


@pytest.mark.parametrize("content", ["", "# niente\n", "domande:\n", "domande: []\n"])
def test_a_file_without_entries_has_none(file: Path, content: str) -> None:
    file.write_text(content)

    assert read_questions([file]) == ()


@pytest.mark.parametrize(
    "broken",
    [
        "domande: 5",
        "- domande",
        'domande: "',
        "domande:\n- domande: [a, b]\n",
        "domande:\n- domande: []\n  risposta: si\n",
        "domande:\n- domande: [5]\n  risposta: si\n",
        "domande:\n- domande: [a]\n  risposta: [b]\n",
        "domande:\n- domande: [a]\n  risposta: b\n  titolo: 5\n",
        "domande:\n- domande: [a]\n  risposta: b\n  valida_fino: domani\n",
        "domande:\n- a\n",
    ],
)
def test_what_is_no_entry_is_refused_with_the_files_name(file: Path, broken: str) -> None:
    file.write_text(broken)

    with pytest.raises(QuestionsUnreadable, match="domande.yml"):
        read_questions([file])


def test_an_edit_counts_after_a_second_and_a_broken_one_not_at_all(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch()
    questions = LiveQuestions(lambda: [file], watch)
    assert len(questions.all()) == 2

    file.write_text(WHOLE + '- domande: ["Siete aperti?"]\n  risposta: "Sì."\n', encoding="utf-8")
    assert len(questions.all()) == 2
    watch.now += LOOK_S
    assert len(questions.all()) == 3

    file.write_text('domande:\n- domande: ["')
    watch.now += LOOK_S
    with caplog.at_level(logging.ERROR, logger="shop.questions"):
        assert len(questions.all()) == 3
    assert [record.message for record in caplog.records] == ["changed questions are not used: domande.yml: not YAML"]


def test_a_file_that_comes_later_is_read_and_one_that_goes_is_forgotten(tmp_path: Path) -> None:
    file, watch = tmp_path / "domande.yml", Watch()
    questions = LiveQuestions(lambda: [one for one in [file] if one.is_file()], watch)
    assert questions.all() == ()

    file.write_text(WHOLE, encoding="utf-8")
    watch.now += LOOK_S
    assert len(questions.all()) == 2

    file.unlink()
    watch.now += LOOK_S
    assert questions.all() == ()


def test_an_entry_is_found_by_its_title_while_it_holds(file: Path) -> None:
    questions = LiveQuestions(lambda: [file])

    assert questions.titled("Parcheggio", date(2026, 12, 1))
    assert questions.titled("Parcheggio", date(2027, 1, 1)) is None
    assert questions.titled("Wifi", date(2026, 12, 1)) is None
