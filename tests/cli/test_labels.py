"""`sportello labels …` as it is typed: what is shown, what is written, how a command ends."""

import contextlib
import io
import json
from pathlib import Path

import pytest

from base.layers import Layers
from cli import labels
from cli.labels import add_command, apply_command, history_command, measure_command, patch_command, undo_command
from cli.say import Problem, say
from engine.models import ModelMissing
from tests.labels.product import small_product

NEW = "il paccozzo [104233](order_number) dov'è"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop's folder over a small product; nothing else is checked than what is written there."""
    (tmp_path / "home").mkdir()
    layers = Layers(small_product(tmp_path / "product"), tmp_path / "home")
    monkeypatch.setattr(labels, "data_layers", lambda: layers)
    monkeypatch.setattr(labels, "check", lambda *_: ())
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SPORTELLO_MODELS", str(tmp_path / "models"))
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = f'{{"text": "{NEW}", "intent": "track_order"}}\n{{"text": "ciao", "intent": "greet"}}\n'
    (tmp_path / "labels.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path / "labels.jsonl"


def problem(error: "pytest.ExceptionInfo[Problem]") -> str:
    return say(error.value.key, **error.value.values)


def test_a_sentence_is_shown_as_a_diff_written_told_about_and_taken_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_command("track_order", NEW, held_out=False, into_product=False)

    shown = capsys.readouterr().out
    assert "+++ b/nlu/orders.yml\n" in shown and f"+    - {NEW}\n" in shown
    assert shown.endswith(
        "Frasi scritte: 1, in nlu/orders.yml. Valgono dopo «sportello train». "
        "Per tornare indietro: sportello labels undo 1\n"
    )
    assert f"    - {NEW}\n" in (home / "nlu" / "orders.yml").read_text(encoding="utf-8")

    undo_command(None)
    history_command()

    assert not (home / "nlu" / "orders.yml").exists()
    undone, line = capsys.readouterr().out.splitlines()
    assert undone == "Annullata la modifica 1: nlu/orders.yml."
    assert line.startswith("1  ") and line.endswith("  riga di comando  frasi 1: nlu/orders.yml (annullata)")


def test_a_file_of_sentences_is_written_and_what_is_there_already_is_told(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply_command(file, into_product=False)

    assert "C'è già in greet: ciao\n" in capsys.readouterr().out


def test_what_cannot_be_written_is_told_with_the_reason_and_the_rest_is_written(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "labels.yml"
    file.write_text(f"- {{text: 'ho il [104233', intent: track_order}}\n- text: \"{NEW}\"\n  intent: track_order\n")

    with pytest.raises(Problem) as error:
        apply_command(file, into_product=False)

    assert problem(error) == "Frasi non scritte: 1. Il perché è qui sopra."
    assert "Non scritta: ho il [104233\n  annotazione rotta" in capsys.readouterr().out
    assert NEW in (home / "nlu" / "orders.yml").read_text(encoding="utf-8")


def test_a_patch_alone_is_on_standard_output_and_nothing_is_written(
    home: Path, file: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    patch_command(file)

    shown = capsysbinary.readouterr()
    assert shown.out.startswith(b"diff --git a/nlu/orders.yml b/nlu/orders.yml\n")
    assert shown.out.endswith(f"+    - {NEW}\n".encode())
    assert "C'è già in greet: ciao\n".encode() in shown.err
    assert list(home.iterdir()) == []


def test_without_a_shops_folder_only_a_patch_is_made_unless_the_product_is_meant(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "data_layers", lambda: Layers(tmp_path / "product"))
    orders = tmp_path / "product" / "data" / "nlu" / "orders.yml"
    before = orders.read_bytes()

    with pytest.raises(Problem) as error:
        add_command("track_order", NEW, held_out=False, into_product=False)

    assert "SPORTELLO_HOME" in problem(error) and orders.read_bytes() == before
    add_command("track_order", NEW, held_out=False, into_product=True)
    assert NEW.encode() in orders.read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "non contiene frasi"),
        ("boh\n", "labels.jsonl, riga 1: servono righe JSON"),
        ('{"text": "a"}\n', "labels.jsonl, voce 1: servono «text» e «intent»"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(home: Path, file: Path, content: str, said: str) -> None:
    file.write_text(content)

    for command in (patch_command, lambda one: apply_command(one, False), lambda one: measure_command(one, False)):
        with pytest.raises(Problem) as error:
            command(file)
        assert said in problem(error)


def test_programs_are_told_how_a_measurement_goes_on_while_a_training_has_the_output() -> None:
    output = io.StringIO()
    show = labels._json_lines(output)

    with contextlib.redirect_stdout(io.StringIO()):  # as `engine.training.quiet_rasa` does
        for stage, done, count in (("training", 7, 0), ("before", 1, 50), ("before", 20, 50), ("after", 50, 50)):
            show(stage, done, count)

    assert [json.loads(line) for line in output.getvalue().splitlines()] == [
        {"stage": "training", "done": 7, "count": 0},
        {"stage": "before", "done": 20, "count": 50},
        {"stage": "after", "done": 50, "count": 50},
    ]


def test_nothing_is_measured_where_nothing_changes_or_no_model_is_there(home: Path, file: Path) -> None:
    with pytest.raises(ModelMissing):
        measure_command(file, as_json=True)

    apply_command(file, into_product=False)

    with pytest.raises(Problem) as error:
        measure_command(file, as_json=True)
    assert problem(error) == "Queste frasi non cambiano niente: non c'è niente da misurare."
