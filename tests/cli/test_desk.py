"""`sportello desk`: accounts, from the command line as an operator types it."""

import io
import sys
from pathlib import Path

import pytest

from base.clock import FixedClock
from base.database import Database
from cli import desk
from cli.say import Problem
from desk.passwords import is_right
from switchboard import agents
from switchboard.models import Agent, AgentSession
from tests.departments import shop_folder

EMAIL, PASSWORD = "giulia@shop.example", "quattro parole a caso"


@pytest.fixture(autouse=True)
def environment(migrated_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    secrets = {"SPORTELLO_SECRET": "s" * 40, "SPORTELLO_ENGINE_SECRET": "e" * 40}
    for name, value in {**secrets, "DATABASE_URL": migrated_url, "SPORTELLO_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)


def typed(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))


def test_an_account_is_made_with_a_hash_and_no_password(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    typed(monkeypatch)

    desk.add_user_command("Giulia@Shop.example", "Giulia", "admin")

    with database.reading() as session:
        stored = session.query(Agent).one()
    assert (stored.email, stored.name, stored.role) == (EMAIL, "Giulia", "admin")
    assert stored.password.startswith("$argon2id$") and is_right(stored.password, PASSWORD)
    assert "http://127.0.0.1:5005/desk/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("email", "name", "role", "password", "problem"),
    [
        ("no e-mail", "Giulia", "agent", PASSWORD, "desk_not_an_email"),
        (EMAIL, "  ", "agent", PASSWORD, "desk_not_a_name"),
        (EMAIL, "x" * 61, "agent", PASSWORD, "desk_not_a_name"),
        (EMAIL, "Giulia\n", "boss", PASSWORD, "desk_not_a_role"),
        (EMAIL, "Giulia", "agent", "corta", "desk_password_length"),
    ],
)
def test_what_cannot_be_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch, email: str, name: str, role: str, password: str, problem: str
) -> None:
    typed(monkeypatch, password)

    with pytest.raises(Problem) as refused:
        desk.add_user_command(email, name, role)

    assert refused.value.key == problem
    with database.reading() as session:
        assert session.query(Agent).count() == 0


def test_an_email_is_one_person(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch)
    desk.add_user_command(EMAIL, "Giulia", "agent")
    typed(monkeypatch)

    with pytest.raises(Problem, match="desk_known_email"):
        desk.add_user_command(EMAIL, "Un'altra", "agent")


def test_a_new_password_ends_sessions_and_a_closed_account_is_gone_from_the_list(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    typed(monkeypatch)
    desk.add_user_command(EMAIL, "Giulia", "agent")
    with database.writing() as session:
        agents.begin_session(session, session.query(Agent).one().id, "token", clock.now())
    typed(monkeypatch, "un'altra parola lunga")
    desk.password_command(EMAIL)
    with database.reading() as session:
        assert session.query(AgentSession).count() == 0
        assert is_right(session.query(Agent).one().password, "un'altra parola lunga")
    capsys.readouterr()

    desk.users_command()
    listed = capsys.readouterr().out
    desk.disable_command(EMAIL)
    capsys.readouterr()
    desk.users_command()

    assert listed == "Giulia  giulia@shop.example  risponde\n"
    assert EMAIL not in capsys.readouterr().out
    with pytest.raises(Problem, match="desk_unknown_user"):
        desk.disable_command(EMAIL)


@pytest.fixture
def shop_with_departments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPORTELLO_HOME", str(shop_folder(tmp_path)))


def test_who_takes_part_in_which_department_is_said_of_an_account_and_changed(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    shop_with_departments: None,
) -> None:
    typed(monkeypatch)
    desk.add_user_command(EMAIL, "Giulia", "agent", ["vendite", "assistenza"], ["cucine"])
    capsys.readouterr()
    desk.users_command()
    added = capsys.readouterr().out
    desk.set_user_command(EMAIL, "supervisor", ["vendite"], None)
    changed = capsys.readouterr().out
    desk.set_user_command(EMAIL, None, [], [])

    assert added.splitlines() == [
        "Giulia  giulia@shop.example  risponde  Vendite, Assistenza  (Cucine)",
        "Nel reparto Magazzino non c'è nessuno: «sportello desk set-user E-MAIL --department magazzino».",
    ]
    assert changed == "Giulia  giulia@shop.example  responsabile  Vendite  (Cucine)\n"
    assert capsys.readouterr().out == "Giulia  giulia@shop.example  responsabile\n"


@pytest.mark.parametrize(
    ("departments", "skills", "problem"), [(["vendita"], [], "desk_not_a_department"), ([], ["x"], "desk_not_a_skill")]
)
def test_departments_and_skills_are_those_of_the_file(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    shop_with_departments: None,
    departments: list[str],
    skills: list[str],
    problem: str,
) -> None:
    typed(monkeypatch)

    with pytest.raises(Problem, match=problem):
        desk.add_user_command(EMAIL, "Giulia", "agent", departments, skills)
    with pytest.raises(Problem, match=problem):
        desk.set_user_command(EMAIL, None, departments, skills)
    with pytest.raises(Problem, match="desk_unknown_user"):
        desk.set_user_command(EMAIL, None, [], [])
