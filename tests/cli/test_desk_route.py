"""`sportello desk route`: where a case would go, by which rule, in words."""

from pathlib import Path

import pytest

from base.clock import FixedClock
from base.database import Database
from cli import desk_route
from cli.desk_route import Asked, route_command
from cli.say import Problem
from shop.importer import import_shop
from shop.shop_file import read_shop_file
from switchboard.models import Handoff
from tests.actions.conftest import SHOP
from tests.departments import ADDED, shop_folder
from tests.switchboard.desk import agent, hand_over


@pytest.fixture(autouse=True)
def environment(migrated_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: FixedClock) -> None:
    secrets = {"SPORTELLO_SECRET": "s" * 40, "SPORTELLO_ENGINE_SECRET": "e" * 40}
    for name, value in {**secrets, "DATABASE_URL": migrated_url, "SPORTELLO_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SPORTELLO_HOME", str(shop_folder(tmp_path)))
    monkeypatch.setattr(desk_route, "clock_for", lambda *_: clock)


def place(folder: Path, name: str) -> str:
    """Where the rule of this name stands."""
    lines = enumerate(ADDED.read_text(encoding="utf-8").splitlines(), 1)
    line = next(number for number, line in lines if f'rule: "{name}"' in line)
    return f"{folder}/home/desk.yml:{line}"


def test_each_rule_that_was_tried_is_told_with_its_line_and_what_follows(
    database: Database, clock: FixedClock, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    with database.writing() as session:
        agent(session, "Giulia", clock.now(), departments=["vendite"], live=True)

    route_command(Asked(intent="request_quote", words="parlo con l'avvocato"), None)

    assert capsys.readouterr().out.splitlines() == [
        "Il caso: motivo asked, vuole request_quote, tipo quote.",
        f"{place(tmp_path, 'Preventivi di cucine')}: «Preventivi di cucine» non vale, per la condizione sector.",
        f"{place(tmp_path, 'Preventivi')}: «Preventivi» vale.",
        "Va al reparto Vendite.",
        "Adesso si proporrebbe a Giulia; gli altri lo vedono comunque.",
        "Se in 5 minuti nessuno accetta, lo si chiede al reparto Assistenza.",
        "L'avviso va a vendite@shop.example.",
        f"{place(tmp_path, 'Parla di avvocati')}: «Parla di avvocati» lo fa passare avanti, come se"
        " aspettasse da 60 minuti in più.",
    ]


def test_a_department_that_is_closed_says_when_it_opens(capsys: pytest.CaptureFixture) -> None:
    route_command(Asked(province="Novara"), None)

    told = capsys.readouterr().out
    assert "Va al reparto Magazzino." in told and "entra in coda il 28/11/2026 09:00" in told


def test_a_real_conversation_is_read_and_stays_where_it_is(
    database: Database, clock: FixedClock, capsys: pytest.CaptureFixture
) -> None:
    with database.writing() as session:
        import_shop(session, read_shop_file(SHOP), clock.now())
        conversation_id = hand_over(session, clock.now(), quote_number="P-3003")

    route_command(Asked(), conversation_id)

    told = capsys.readouterr().out
    assert "settore Sedie" in told and "importo 1800.00 €" in told and "«Preventivi di cucine» vale." in told
    assert "Meglio se risponde chi sa: Cucine." in told
    with database.reading() as session:
        assert session.query(Handoff).one().department is None


def test_where_no_rule_holds_everybody_sees_the_customer(capsys: pytest.CaptureFixture) -> None:
    route_command(Asked(channel="web"), None)

    assert "Nessuna regola vale: aspetta nella coda di tutti." in capsys.readouterr().out


def test_without_departments_there_is_one_queue(
    database: Database, clock: FixedClock, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPORTELLO_HOME")

    route_command(Asked(), None)

    assert capsys.readouterr().out.splitlines() == [
        "Il caso: motivo asked.",
        "In data/desk.yml non ci sono reparti: la coda è una sola, per tutti.",
    ]


@pytest.mark.parametrize(
    ("asked", "conversation_id", "problem"),
    [
        (Asked(kind="parcel"), None, "route_cannot_be"),
        (Asked(province="Atlantide"), None, "route_cannot_be"),
        (Asked(amount="tanto"), None, "route_cannot_be"),
        (Asked(), "cv_nowhere", "route_no_conversation"),
    ],
)
def test_what_cannot_be_is_refused(asked: Asked, conversation_id: str, problem: str) -> None:
    with pytest.raises(Problem) as refused:
        route_command(asked, conversation_id)

    assert refused.value.key == problem
