"""`sportello evaluate` as it is called: wrong input is one line, right input one JSON object."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

import pytest

from base.settings import ROOT

FIGURES = (
    "intent_accuracy macro_f1 entity_precision entity_recall entity_f1 oos_recall false_rejections ms_p50 ms_p95"
).split()
OF_THE_SHOP = [
    ("dov'è il mio ordine 104233?", "track_order", [("order_number", "104233")]),
    ("ciao", "greet", []),
    ("vorrei parlare con una persona", "ask_human", []),
    ("grazie mille", "thank", []),
    ("chi ha vinto il mondiale del 1982?", "out_of_scope", []),
]
COLOURS, DAYS = ("rossa", "verde", "gialla", "bianca", "nera", "blu"), ("lunedì", "martedì", "giovedì", "sabato")
EASY = [
    *((f"accendi la luce {colour} per favore", "light/on", [("colour", colour)]) for colour in COLOURS),
    *((f"spegni la luce {colour} adesso", "light/off", [("colour", colour)]) for colour in COLOURS),
    *((f"svegliami presto {day} mattina", "alarm [set]", [("day", day)]) for day in DAYS),
]

Sentence = tuple[str, str, list[tuple[str, str]]]
Evaluate = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    """Runs the command in an empty folder, with the project's models."""
    folder = tmp_path / "here"
    folder.mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SPORTELLO_MODELS": os.environ.get("SPORTELLO_MODELS") or str(ROOT / "models"),
        "SPORTELLO_ENGINE_SECRET": os.environ["SPORTELLO_ENGINE_SECRET"],
    }

    def run(*arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "cli.main", "evaluate", *map(str, arguments)]
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)

    return run


def written(file: Path, sentences: Sequence[Sentence]) -> Path:
    lines = [json.dumps(labelled(*sentence), ensure_ascii=False) for sentence in sentences]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def labelled(text: str, intent: str, entities: list[tuple[str, str]]) -> dict[str, Any]:
    spans = [{"entity": e, "start": text.index(v), "end": text.index(v) + len(v), "value": v} for e, v in entities]
    return {"id": "1", "text": text, "intent": intent, "entities": spans}


@pytest.mark.parametrize(
    "arguments", [(), ("--train", "a"), ("--test", "a"), ("a", "--test", "b"), ("a", "--train", "b", "--test", "c")]
)
def test_a_file_or_two_are_needed(evaluate: Evaluate, arguments: tuple[str, ...]) -> None:
    result = evaluate(*arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert "--train" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("--curve",), ("--stock", "--train", "--test")])
def test_what_cannot_go_together_is_said(evaluate: Evaluate, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = written(tmp_path / "good.jsonl", OF_THE_SHOP)
    given = [word for name in arguments for word in ((name, file) if name in ("--train", "--test") else (name,))]

    result = evaluate(*given, *(() if "--train" in arguments else (file,)))

    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "non c'è"),
        ("", "non contiene frasi"),
        ("ciao", "riga 2"),
        ('{"text": "ciao"}', "intent"),
        ('{"intent": "greet"}', "text"),
        ('{"text": "ciao", "intent": "greet", "entities": [{"entity": "x", "start": 0, "end": 5}]}', "fuori"),
    ],
)
@pytest.mark.parametrize("way", ["file", "train", "test"])
def test_a_wrong_file_is_one_line_and_leaves_nothing(
    evaluate: Evaluate, tmp_path: Path, content: Optional[str], said: str, way: str
) -> None:
    good, bad, report = written(tmp_path / "good.jsonl", OF_THE_SHOP), tmp_path / "bad.jsonl", tmp_path / "report"
    if content is not None:
        bad.write_text(f"\n{content}\n", encoding="utf-8")
    arguments = {"file": [bad], "train": ["--train", bad, "--test", good], "test": ["--train", good, "--test", bad]}

    result = evaluate(*arguments[way], "--report", report)

    assert (result.returncode, result.stdout) == (1, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not report.exists()


def test_a_report_that_cannot_be_written_is_said_at_once(evaluate: Evaluate, tmp_path: Path) -> None:
    file = written(tmp_path / "good.jsonl", OF_THE_SHOP)

    result = evaluate("--train", file, "--test", file, "--report", file)

    assert (result.returncode, result.stdout) == (1, "")
    assert str(file) in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.model
def test_the_figures_of_the_project_s_model(evaluate: Evaluate, tmp_path: Path) -> None:
    result = evaluate(written(tmp_path / "shop.jsonl", OF_THE_SHOP))

    figures = json.loads(result.stdout)
    assert result.returncode == 0
    assert list(figures) == FIGURES
    assert figures.pop("ms_p50") <= figures.pop("ms_p95")
    assert set(figures.values()) == {1.0, 0.0}
    assert figures["false_rejections"] == 0.0
    assert len(result.stderr.splitlines()) <= 1


@pytest.mark.model
def test_any_data_set_is_learnt_and_reported(evaluate: Evaluate, tmp_path: Path) -> None:
    train = written(tmp_path / "train.jsonl", EASY[:-1] * 2)
    test = written(tmp_path / "test.jsonl", [*EASY, ("chi ha vinto ieri?", "question", [])])
    report = tmp_path / "new" / "report"

    result = evaluate("--train", train, "--test", test, "--report", report, "--curve")

    figures = json.loads(result.stdout)
    whole = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert result.returncode == 0
    assert figures["intent_accuracy"] == len(EASY) / (len(EASY) + 1)
    assert figures["entity_f1"] > 0.9
    assert (figures["oos_recall"], figures["false_rejections"]) == (None, 0.0)
    assert whole["figures"] == figures
    assert whole["intents"]["light/on"]["support"] == len(COLOURS)
    assert whole["curve"][-1]["intent_accuracy"] == figures["intent_accuracy"]
    assert whole["questions"]["asked"] == 0.0  # nobody can be asked about what has no name in data/responses
    files = ["calibration.svg", "confusions.svg", "curve.svg", "report.json"]
    assert sorted(file.name for file in report.iterdir()) == files
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.model
def test_a_folder_of_annotated_sentences_is_read_too(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "nlu").mkdir()
    file = tmp_path / "nlu" / "general.yml"
    file.write_text('version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - ciao\n', encoding="utf-8")

    assert json.loads(evaluate(tmp_path / "nlu").stdout)["intent_accuracy"] == 1.0


@pytest.mark.model
def test_what_is_unsure_is_rejected_where_something_is_labelled_so(evaluate: Evaluate, tmp_path: Path) -> None:
    outside = [("quanto dura un volo per Tokyo", "out_of_scope", []), ("chi era Garibaldi", "out_of_scope", [])]

    result = evaluate(
        "--train",
        written(tmp_path / "train.jsonl", [*EASY, *outside]),
        "--test",
        written(tmp_path / "test.jsonl", [*EASY, *outside]),
    )

    assert json.loads(result.stdout)["oos_recall"] == 1.0


@pytest.mark.model
def test_sentences_that_teach_nothing_are_said_so_and_leave_no_report(evaluate: Evaluate, tmp_path: Path) -> None:
    train = written(tmp_path / "train.jsonl", [("\u200b", "greet", [])])

    result = evaluate("--train", train, "--test", train, "--report", tmp_path / "report")

    assert (result.returncode, result.stdout) == (1, "")
    assert str(train) in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert list((tmp_path / "report").iterdir()) == []
