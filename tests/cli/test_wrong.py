"""What whoever writes data reads of answers that were called wrong at the desk."""

import pytest

from base.clock import FixedClock
from base.database import Database
from cli.wrong import wrong_command
from switchboard import turns, wrong
from switchboard.body import Reply
from tests.switchboard.helpers import claim, say


@pytest.fixture(autouse=True)
def configured(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("SPORTELLO_SECRET", "s" * 32)
    monkeypatch.setenv("SPORTELLO_ENGINE_SECRET", "e" * 32)


def test_what_was_called_wrong_is_listed_oldest_first_without_personal_data(
    database: Database, clock: FixedClock, capsys: pytest.CaptureFixture
) -> None:
    with database.writing() as session:
        for text, meant in (("sono Ugo Segreti, la fattura del 104211", "request_invoice"), ("boh", None)):
            conversation_id = say(session, text, clock.now()).conversation_id
            turn = claim(session, conversation_id, clock.now())
            assert turn
            understood = {"intent": "track_order", "confidence": 0.9}
            turns.complete(session, turn, [Reply("È in viaggio.")], [], clock.now(), understood)
            wrong.mark(session, conversation_id, turn.id, meant, clock.now())

    wrong_command(1)
    last = capsys.readouterr().out.splitlines()
    wrong_command(50)

    lines = capsys.readouterr().out.splitlines()
    assert len(last) == 2 and len(lines) == 4
    assert "23/11/2026 10:30  «sono ••• •••••••, la fattura del ••••••»" in lines
    assert "  capito track_order, era request_invoice" in lines and "  capito track_order, era un'altra cosa" in lines


def test_nothing_called_wrong_is_said(database: Database, capsys: pytest.CaptureFixture) -> None:
    wrong_command(50)

    assert capsys.readouterr().out.splitlines() == ["Nessuna risposta segnata come sbagliata finora."]
