"""What whoever writes data reads of sentences that were not clear."""

from datetime import datetime, timezone

import pytest

from base.database import Database
from cli.choices import choices_command
from switchboard.choices import record
from tests.switchboard.helpers import say

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
OFFERED = [{"intent": "request_return", "confidence": 0.41}, {"intent": "request_exchange", "confidence": 0.396}]


@pytest.fixture(autouse=True)
def configured(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("SPORTELLO_SECRET", "s" * 32)
    monkeypatch.setenv("SPORTELLO_ENGINE_SECRET", "e" * 32)


def offered(database: Database, text: str, **answer: object) -> None:
    with database.writing() as session:
        accepted = say(session, text, NOW)
        fields = {"sentence": accepted.message_id, "offered": OFFERED, **answer}
        record(session, accepted.conversation_id, accepted.message_id, fields, NOW)


def test_a_choice_is_shown_with_its_sentence_and_without_personal_data(
    database: Database, capsys: pytest.CaptureFixture
) -> None:
    offered(database, "le scarpe del 104211 a nome di ugo segreti", chosen="request_return", answer="button")

    choices_command(10)

    assert capsys.readouterr().out.splitlines() == [
        "23/11/2026 10:30  «le scarpe del •••••• a nome di ••• •••••••»",
        "  offerti  request_return 41 %, request_exchange 40 %",
        "  scelta   request_return",
    ]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({}, "nessuna risposta"),
        ({"answer": "none"}, "nessuna di queste"),
        ({"answer": "left"}, "ha scritto altro"),
        ({"chosen": "request_return", "answer": "words"}, "request_return (scritta)"),
    ],
)
def test_what_came_of_it_is_said_in_italian(
    answer: dict, shown: str, database: Database, capsys: pytest.CaptureFixture
) -> None:
    offered(database, "le scarpe", **answer)

    choices_command(10)

    assert capsys.readouterr().out.splitlines()[-1] == f"  scelta   {shown}"


def test_with_nothing_to_show_it_says_so(database: Database, capsys: pytest.CaptureFixture) -> None:
    choices_command(10)

    assert capsys.readouterr().out == "Nessuna frase poco chiara finora.\n"
