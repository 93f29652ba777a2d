"""What the staff read of a customer's request."""

from datetime import datetime, timezone

import pytest

from base.database import Database
from cli.requests import requests_command
from cli.say import Problem
from switchboard.staff_requests import close, note_once, open_for_conversation
from tests.switchboard.helpers import say

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def configured(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("SPORTELLO_SECRET", "s" * 32)
    monkeypatch.setenv("SPORTELLO_ENGINE_SECRET", "e" * 32)


def opened(database: Database, text: str, reason: str = "asked") -> int:
    with database.writing() as session:
        accepted = say(session, text, NOW)
        about = {"order_number": "104233"}
        return open_for_conversation(session, accepted.conversation_id, accepted.message_id, reason, about, NOW)


def test_an_open_request_is_listed_with_its_reason_in_italian(
    database: Database, capsys: pytest.CaptureFixture
) -> None:
    number = opened(database, "voglio una persona")

    requests_command(None)

    (line,) = capsys.readouterr().out.splitlines()
    assert line == f"n. {number}  23/11/2026 10:30  chiede una persona  order_number 104233"


def test_a_closed_request_is_not_listed(database: Database, capsys: pytest.CaptureFixture) -> None:
    number = opened(database, "voglio una persona")
    with database.writing() as session:
        close(session, number, NOW)

    requests_command(None)

    assert capsys.readouterr().out == "Nessuna richiesta aperta.\n"


def test_one_request_shows_the_whole_conversation_in_order(database: Database, capsys: pytest.CaptureFixture) -> None:
    opened(database, "dov'è il mio ordine?")
    number = opened(database, "voglio una persona", reason="intent:track_order")

    requests_command(number)

    texts = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()[2:]]
    assert texts == ["Sono un assistente automatico.", "dov'è il mio ordine?", "voglio una persona"]


def test_a_message_cannot_command_the_terminal(database: Database, capsys: pytest.CaptureFixture) -> None:
    number = opened(database, "ciao\n n. 99 \x1b[2J\u202e")

    requests_command(number)

    shown = capsys.readouterr().out
    assert "\x1b" not in shown and "\u202e" not in shown
    assert len(shown.splitlines()) == 4


def test_a_request_without_a_conversation_says_so(database: Database, capsys: pytest.CaptureFixture) -> None:
    with database.writing() as session:
        number = note_once(session, "key", "probed_number", {}, NOW)

    requests_command(number)

    assert capsys.readouterr().out.splitlines()[1] == "Non nasce da una conversazione."


def test_an_unknown_number_is_refused(database: Database) -> None:
    with pytest.raises(Problem) as refusal:
        requests_command(4)

    assert refusal.value.values == {"number": 4}


def test_a_request_that_is_done_leaves_the_list_once(database: Database, capsys: pytest.CaptureFixture) -> None:
    number = opened(database, "voglio una persona")

    requests_command(number, done=True)
    with pytest.raises(Problem) as again:
        requests_command(number, done=True)
    requests_command(None)

    assert again.value.key == "requests_not_open"
    assert capsys.readouterr().out == f"La richiesta {number} è risolta.\nNessuna richiesta aperta.\n"


def test_what_is_done_has_a_number(database: Database) -> None:
    with pytest.raises(Problem) as problem:
        requests_command(None, done=True)

    assert problem.value.exit_code == 2
