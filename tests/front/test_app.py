"""The front as a process: what it needs to start, and what it says when it lacks it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from base.settings import ROOT, Register
from connectors.web_protocol import REFUSALS
from front.parts import OWN_TEXTS
from switchboard.texts import Texts

SECRETS = {"SPORTELLO_SECRET": "s" * 40, "SPORTELLO_ENGINE_SECRET": "e" * 40}


def _front(tmp_path: Path, **env: str) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"], "SPORTELLO_VAR": str(tmp_path), **env}
    return subprocess.run(
        [sys.executable, "-m", "front"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize("key", sorted(set(OWN_TEXTS)))
def test_everything_the_front_itself_says_is_written(key: str) -> None:
    texts = Texts.load(ROOT / "data" / "responses", Register.TU)

    numbers = {"order_number": "104233", "code": "123456", "minutes": 10, "megabytes": 10, "count": 2}
    desk = {
        "name": "Giulia",
        "told": "Parte oggi.",
        "due": "domani",
        "since": "10:30",
        "department": "Vendite",
        "opens": "domani alle 9:00",
        "link": "https://shop.example",
        "number": "1",
        "email": "a•••@example.it",
        "words": "Eccomi.",
        "files": 1,
        "days": 3,
        "lines": "…",
    }
    assert texts.render(key, "turn", {**numbers, **desk}).text


def test_every_refusal_of_the_protocol_has_words() -> None:
    assert {f"utter_error_{code}" for code in REFUSALS} < set(OWN_TEXTS)


def test_without_a_secret_the_front_leaves_with_one_line(tmp_path: Path) -> None:
    ended = _front(tmp_path)

    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == ["front: SPORTELLO_SECRET: secret_missing"]


def test_an_unknown_register_is_refused_with_one_line(tmp_path: Path) -> None:
    ended = _front(tmp_path, **SECRETS, SPORTELLO_REGISTER="voi")

    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == ["front: SPORTELLO_REGISTER: not_a_register voi"]


def test_a_demonstration_is_refused_where_others_could_reach_it(tmp_path: Path) -> None:
    ended = _front(tmp_path, **SECRETS, SPORTELLO_DEV="1", SPORTELLO_HOST="0.0.0.0")

    assert ended.returncode == 1 and "dev_not_loopback" in ended.stderr
