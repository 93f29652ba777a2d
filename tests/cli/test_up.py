"""What `sportello up` checks and makes before it starts anything."""

import os
import socket
from pathlib import Path
from typing import Iterator

import pytest
from sqlalchemy import func, select

from base.database import Database
from base.settings import Settings, load_settings
from cli.lock import only_one
from cli.ports import wanted_ports
from cli.say import Problem
from cli.screen import Screen
from cli.up import check_ports, children, make_writable, prepare_database, up_command
from engine.models import ModelBroken
from shop.models import OrderRow

SECRETS = {"SPORTELLO_SECRET": "s" * 32, "SPORTELLO_ENGINE_SECRET": "e" * 32}


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """Whatever a start sets, the next test has this one."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def settings_in(var: Path, **more: str) -> Settings:
    return load_settings(env_in(var, **more))


def env_in(var: Path, **more: str) -> dict[str, str]:
    with socket.socket() as front, socket.socket() as engine, socket.socket() as actions:
        for one in (front, engine, actions):
            one.bind(("127.0.0.1", 0))
        ports = {
            "SPORTELLO_PORT": str(front.getsockname()[1]),
            "SPORTELLO_ENGINE_PORT": str(engine.getsockname()[1]),
            "SPORTELLO_ACTIONS_PORT": str(actions.getsockname()[1]),
        }
    return {**SECRETS, **ports, "SPORTELLO_VAR": str(var), **more}


def test_free_ports_are_fine(tmp_path: Path) -> None:
    check_ports(settings_in(tmp_path))


def test_a_port_in_use_names_the_process_and_the_variable(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, SPORTELLO_ACTIONS="process")
    with socket.socket() as server:
        server.bind(("127.0.0.1", settings.actions_port))
        server.listen()

        with pytest.raises(Problem) as refusal:
            check_ports(settings)

    assert refusal.value.key == "port_busy"
    assert refusal.value.values["variable"] == "SPORTELLO_ACTIONS_PORT"
    assert str(os.getpid()) in refusal.value.values["who"]


def test_actions_have_a_process_and_a_port_only_where_they_are_asked_to(tmp_path: Path) -> None:
    inside, apart = settings_in(tmp_path), settings_in(tmp_path, SPORTELLO_ACTIONS="process")

    assert [child.name for child in children(inside)] == ["engine", "front"]
    assert [child.name for child in children(apart)] == ["actions", "engine", "front"]
    assert len(wanted_ports(inside)) == 2 and len(wanted_ports(apart)) == 3


def test_a_second_start_in_the_same_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        **SECRETS,
        "SPORTELLO_VAR": str(tmp_path),
        "SPORTELLO_MODELS": str(tmp_path / "models"),
    }.items():
        monkeypatch.setenv(name, value)
    with only_one(tmp_path, dev=False), pytest.raises(Problem) as refusal:
        up_command(demo=False)

    assert refusal.value.key == "up_already_running"
    assert refusal.value.values["pid"] == os.getpid()


def test_what_a_start_makes_is_readable_by_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    var, models = tmp_path / "var", tmp_path / "models"
    for name, value in env_in(var, SPORTELLO_MODELS=str(models)).items():
        monkeypatch.setenv(name, value)
    models.mkdir()
    (models / "current.json").write_text("non è un modello")  # the start ends here, before any process

    with pytest.raises(ModelBroken):
        up_command(demo=False)

    made = [var, *var.rglob("*")]
    assert {"log", "sportello.db"} <= {path.name for path in made}
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"

    make_writable(folder)

    assert list(folder.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    with pytest.raises(Problem) as refusal:
        make_writable(tmp_path / "var")

    assert refusal.value.key == "up_not_writable"


def test_the_demo_shop_is_loaded_once(tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture) -> None:
    settings = settings_in(tmp_path, DATABASE_URL=database_url)

    prepare_database(settings, demo=True, screen=Screen())
    first = len(capsys.readouterr().out.splitlines())
    prepare_database(settings, demo=True, screen=Screen())
    second = len(capsys.readouterr().out.splitlines())

    assert (first, second) == (2, 0)


def test_without_demo_the_shop_stays_empty(tmp_path: Path, database_url: str) -> None:
    prepare_database(settings_in(tmp_path, DATABASE_URL=database_url), demo=False, screen=Screen())

    database = Database(database_url)
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(OrderRow)).scalar() == 0
    database.close()


@pytest.mark.parametrize(
    ("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]")]
)
def test_the_front_is_asked_where_it_answers(tmp_path: Path, host: str, asked: str) -> None:
    settings = settings_in(tmp_path, SPORTELLO_HOST=host)

    (health,) = (child.health for child in children(settings) if child.name == "front")

    assert health == f"http://{asked}:{settings.port}/health"
