"""Every command that the trainers' pages show can be typed, and does what they say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Optional

import click
import pytest

from cli.main import build
from tests.docs.pages import Step, files_of, steps

FIRST_HOUR, TRAINING = "prima-ora.md", "addestrare.md"
PAGES = (FIRST_HOUR, TRAINING, "andamento.md", "agenti.md")
SPORTELLO = Path(sys.executable).with_name("sportello")
# These need a minute or a running Sportello: tests/e2e/test_trainers_day.py types them as the first hour shows them.
IN_THE_DAY = {("train",), ("test",), ("publish",), ("rollback",), ("models",), ("parse",), ("desk", "add-user")}
FAULTS_ARE_TOLD = {("check",): (0, 1)}  # there is something to fill in, and it says so
WAIT_S = 120

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("step", [one for page in PAGES for one in steps(page) if one.words], ids=str)
def test_the_command_is_one_and_takes_these_words(step: Step) -> None:
    command, words = build(), list(step.words)
    context: Optional[click.Context] = None
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(click.Context(command), name)
        assert found, f"{step}: there is no «{name}»"
        command, context = found, click.Context(command, parent=context)
    command.make_context(command.name, words, parent=context)  # it refuses what it does not know


def test_what_the_recipes_show_does_what_it_says(tmp_path: Path) -> None:
    home, work = tmp_path / "casa-lume", tmp_path / "work"
    work.mkdir()
    (work / "frasi.jsonl").write_text(files_of(TRAINING, ".jsonl"), encoding="utf-8")
    typed = [one for one in steps(TRAINING) if one.words and not _elsewhere(one)]
    assert len(typed) > 10

    for step in typed:
        words = [str(home) if word == "/srv/casa-lume" else word for word in step.words]
        done = _type(words, work, home)
        assert done.returncode in FAULTS_ARE_TOLD.get(_name(step), (0,)), f"{step}\n{done.stdout}{done.stderr}"
        if step.output:
            (work / step.output).write_text(done.stdout, encoding="utf-8")
            _apply(work / step.output, home)

    assert "frasi.patch" in {file.name for file in work.iterdir()}
    assert "fine ha fatto" in "".join(file.read_text(encoding="utf-8") for file in (home / "nlu").iterdir())


def test_every_long_command_is_typed_in_the_first_hour() -> None:
    shown = {_name(one) for one in steps(FIRST_HOUR) if one.words}

    assert shown >= IN_THE_DAY


def _elsewhere(step: Step) -> bool:
    """Whether the first hour types it, or the deep tests because it takes minutes."""
    long = {("check", "--full"), ("labels", "measure")}
    return _name(step) in IN_THE_DAY or any(step.words[: len(one)] == one for one in long)


def _name(step: Step) -> tuple[str, ...]:
    return step.words[:2] if step.words[0] in ("labels", "desk") else step.words[:1]


def _type(words: list[str], work: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    own = {"SPORTELLO_HOME": str(home)} if home.is_dir() else {}
    env = {**os.environ, **own, "SPORTELLO_VAR": str(work / "var")}
    return subprocess.run(
        [SPORTELLO, *words], cwd=work, env=env, capture_output=True, text=True, timeout=WAIT_S, stdin=subprocess.DEVNULL
    )


def _apply(patch: Path, home: Path) -> None:
    if shutil.which("patch") and patch.read_text(encoding="utf-8").strip():
        done = subprocess.run(["patch", "-p1", "-i", str(patch)], cwd=home, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
