"""The `.env` that a first start makes."""

import stat
from pathlib import Path

from dotenv import dotenv_values

from base.settings import MIN_SECRET_LENGTH
from cli.env_file import SECRETS, ensure_secrets


def test_a_first_start_makes_secrets_that_are_long_and_different(tmp_path: Path) -> None:
    file, env = tmp_path / ".env", {}

    made = ensure_secrets(file, env)

    assert made == list(SECRETS)
    assert dotenv_values(file) == env
    assert len(set(env.values())) == 2
    assert all(len(secret) >= MIN_SECRET_LENGTH for secret in env.values())


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SPORTELLO_PORT=6005\n")
    file.chmod(0o644)

    ensure_secrets(file, {})

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_start_keeps_the_secrets(tmp_path: Path) -> None:
    file, first, second = tmp_path / ".env", {}, {}
    ensure_secrets(file, first)

    made = ensure_secrets(file, second)

    assert made == []
    assert second == first


def test_what_is_in_the_file_stays_even_without_a_last_newline(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SPORTELLO_PORT=6005")

    ensure_secrets(file, {})

    assert dotenv_values(file)["SPORTELLO_PORT"] == "6005"
    assert set(dotenv_values(file)) == {"SPORTELLO_PORT", *SECRETS}


def test_secrets_of_the_environment_are_not_written_down(tmp_path: Path) -> None:
    file, env = tmp_path / ".env", dict.fromkeys(SECRETS, "x" * MIN_SECRET_LENGTH)

    made = ensure_secrets(file, env)

    assert made == []
    assert not file.exists()


def test_an_empty_variable_is_filled_from_the_file(tmp_path: Path) -> None:
    file, env = tmp_path / ".env", {}
    ensure_secrets(file, env)
    empty = dict.fromkeys(SECRETS, "")

    made = ensure_secrets(file, empty)

    assert made == []
    assert empty == env
