"""The command line as people type it: Italian, one line for what goes wrong, an exit code that scripts can use."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from base.settings import ROOT

Sportello = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def sportello(tmp_path: Path) -> Sportello:
    """Runs the command with a var folder and a models folder of its own, and nothing else set."""
    env = {
        "PATH": os.environ["PATH"],
        "SPORTELLO_VAR": str(tmp_path / "var"),
        "SPORTELLO_MODELS": str(tmp_path / "models"),
        "SPORTELLO_SECRET": "s" * 32,
        "SPORTELLO_ENGINE_SECRET": "e" * 32,
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "cli.main", *arguments]
        return subprocess.run(command, cwd=ROOT, env={**env, **more}, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("arguments", [(), ("--help",), ("dev",), ("parse", "--help")])
def test_help_is_italian(sportello: Sportello, arguments: tuple[str, ...]) -> None:
    result = sportello(*arguments)

    assert result.returncode == 0
    assert "Uso: sportello" in result.stdout
    assert not any(english in result.stdout for english in ("Usage", "Options", "Commands", "Show this"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("pippo",),
        ("up", "--pippo"),
        ("up", "pippo"),
        ("import",),
        ("requests", "pippo"),
        ("dev", "pippo"),
        ("dev", "clock"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(sportello: Sportello, arguments: tuple[str, ...]) -> None:
    result = sportello(*arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert "--help" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SPORTELLO_PORT": "abc"}, "SPORTELLO_PORT"),
        ({"SPORTELLO_PORT": "70000"}, "SPORTELLO_PORT"),
        ({"SPORTELLO_PORT": "5005", "SPORTELLO_ENGINE_PORT": "5005"}, "SPORTELLO_ENGINE_PORT"),
        ({"SPORTELLO_SECRET": "corta"}, "SPORTELLO_SECRET"),
        ({"SPORTELLO_MESSAGES_PER_MINUTE": "0"}, "SPORTELLO_MESSAGES_PER_MINUTE"),
        ({"SPORTELLO_DEV": "1", "SPORTELLO_HOST": "0.0.0.0"}, "SPORTELLO_DEV"),
        ({"SPORTELLO_HOST": "192.0.2.1"}, "SPORTELLO_HOST"),
        ({"SPORTELLO_VAR": "/proc/no"}, "/proc/no"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    sportello: Sportello, environment: dict[str, str], named: str
) -> None:
    result = sportello("up", **environment)

    assert result.returncode == 1
    assert named in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "url", ["pippo", "mysql://x/y", "postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/no/x.db"]
)
def test_a_database_that_cannot_be_used_is_one_line(sportello: Sportello, url: str) -> None:
    result = sportello("migrate", DATABASE_URL=url)

    assert result.returncode == 1
    assert "DATABASE_URL" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_no_database_is_left_alone(sportello: Sportello, tmp_path: Path) -> None:
    file = tmp_path / "appunti.db"
    file.write_text("non sono un database")

    result = sportello("migrate", DATABASE_URL=f"sqlite:///{file}")

    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert file.read_text() == "non sono un database"


def test_a_database_of_a_newer_version_is_left_alone(sportello: Sportello, tmp_path: Path) -> None:
    assert sportello("migrate").returncode == 0
    with sqlite3.connect(tmp_path / "var" / "sportello.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    result = sportello("migrate")

    assert result.returncode == 1
    assert "più nuova" in result.stderr


def test_a_var_folder_is_made_for_its_owner_only(sportello: Sportello, tmp_path: Path) -> None:
    sportello("migrate")

    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


def test_migrating_twice_does_nothing_the_second_time(sportello: Sportello) -> None:
    first, second = sportello("migrate"), sportello("migrate")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout != second.stdout


def test_requests_of_a_new_shop_are_none(sportello: Sportello) -> None:
    sportello("migrate")

    result = sportello("requests")

    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 1


def test_requests_of_a_database_without_tables_say_what_to_do(sportello: Sportello, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()

    result = sportello("requests")

    assert result.returncode == 1
    assert "sportello migrate" in result.stderr


def test_doctor_fails_without_a_model_and_says_what_to_do(sportello: Sportello) -> None:
    result = sportello("doctor")

    assert result.returncode == 1
    assert any(line.startswith("✖") and "sportello train" in line for line in result.stdout.splitlines())


def test_doctor_makes_nothing(sportello: Sportello, tmp_path: Path) -> None:
    sportello("doctor")

    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_error(sportello: Sportello) -> None:
    command = f"{sys.executable} -m cli.main --help | head -n 1"

    result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.stderr == ""
