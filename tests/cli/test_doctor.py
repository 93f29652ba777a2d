"""What doctor finds, and that every bad finding is found."""

import os
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from base.clock import write_shift
from base.migrations import migrate
from cli.doctor import examine
from cli.findings import Finding
from cli.lock import only_one

Env = dict[str, str]


@pytest.fixture
def env(tmp_path: Path) -> Env:
    ports = []
    for _ in range(3):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(str(free.getsockname()[1]))
    return {
        "SPORTELLO_VAR": str(tmp_path),
        "SPORTELLO_SECRET": "s" * 32,
        "SPORTELLO_ENGINE_SECRET": "e" * 32,
        "SPORTELLO_PORT": ports[0],
        "SPORTELLO_ENGINE_PORT": ports[1],
        "SPORTELLO_ACTIONS_PORT": ports[2],
    }


def found(env: Env, file: Path, word: str) -> Finding:
    """The one finding about `word`."""
    (finding,) = (finding for finding in examine(env, file) if word in finding.line)
    return finding


def test_a_healthy_installation_has_only_its_model_left_to_train(
    env: Env, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPORTELLO_MODELS", str(tmp_path / "models"))
    migrate(f"sqlite:///{tmp_path / 'sportello.db'}")

    bad = [finding.line for finding in examine(env, tmp_path / ".env") if not finding.good]

    assert len(bad) == 1
    assert "sportello train" in bad[0]


def test_a_database_that_was_not_migrated_is_found(env: Env, tmp_path: Path) -> None:
    (tmp_path / "sportello.db").touch()

    assert not found(env, tmp_path / ".env", "sportello migrate").good


def test_a_migrated_database_is_good(env: Env, tmp_path: Path, database_url: str) -> None:
    migrate(database_url)

    assert found({**env, "DATABASE_URL": database_url}, tmp_path / ".env", "ed è aggiornato").good


def test_the_clock_of_the_database_server_is_compared(env: Env, tmp_path: Path, database_url: str) -> None:
    assert found({**env, "DATABASE_URL": database_url}, tmp_path / ".env", "L'orologio").good


def test_secrets_that_others_can_read_are_found(env: Env, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SPORTELLO_SECRET=x\n")
    file.chmod(0o640)

    assert not found(env, file, "chmod 600").good


def test_a_var_folder_that_others_can_read_is_found(env: Env, tmp_path: Path) -> None:
    before = found(env, tmp_path / ".env", f"{tmp_path} è leggibile")

    tmp_path.chmod(0o755)

    assert before.good
    assert not found(env, tmp_path / ".env", f"chmod -R go-rwx {tmp_path}.").good


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "good"), [(0o755, 0o644, False), (0o755, 0o600, True), (0o700, 0o644, True)]
)
def test_an_sqlite_file_elsewhere_that_others_can_read_is_found(
    env: Env, tmp_path: Path, folder_mode: int, file_mode: int, good: bool
) -> None:
    file = tmp_path / "altrove" / "negozio.db"
    file.parent.mkdir(mode=folder_mode)
    file.touch()
    file.chmod(file_mode)
    env["DATABASE_URL"] = f"sqlite:///{file}"

    assert found(env, tmp_path / ".env", str(file)).good == good


def test_an_address_that_is_none_is_told_once(env: Env, tmp_path: Path) -> None:
    assert not found({**env, "DATABASE_URL": "pippo"}, tmp_path / ".env", "DATABASE_URL").good


def test_a_missing_secret_is_found(env: Env, tmp_path: Path) -> None:
    env["SPORTELLO_SECRET"] = ""

    assert not found(env, tmp_path / ".env", "SPORTELLO_SECRET").good


def test_a_port_in_use_is_found_with_who_uses_it(env: Env, tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", int(env["SPORTELLO_ENGINE_PORT"])))
        server.listen()

        finding = found(env, tmp_path / ".env", "SPORTELLO_ENGINE_PORT")

    assert not finding.good
    assert str(os.getpid()) in finding.line


def test_ports_of_a_running_sportello_are_no_problem(env: Env, tmp_path: Path) -> None:
    with only_one(tmp_path, dev=False):
        assert found(env, tmp_path / ".env", "in funzione").good


def test_a_moved_clock_is_told(env: Env, tmp_path: Path) -> None:
    write_shift(tmp_path, timedelta(hours=3))

    with only_one(tmp_path, dev=True):
        assert "dev clock real" in found(env, tmp_path / ".env", "Orologio spostato").line
