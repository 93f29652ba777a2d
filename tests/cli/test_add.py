"""`sportello add-conversation`: what is wrong with it is told line by line, and nothing is written then."""

import io
from pathlib import Path

import pytest

from cli.add import STDIN, add_conversation_command
from cli.say import Problem

RIGHT = """- conversation: "chiede del parcheggio di notte"
  turns:
  - customer: "dov'è il mio ordine 104206?"
    intent: track_order
    bot: [utter_ask_order_status_form_email]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("SPORTELLO_HOME", str(folder))
    return folder


def read_from(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    class Stdin:
        buffer = io.BytesIO(text.encode("utf-8"))

    monkeypatch.setattr("sys.stdin", Stdin)


def test_it_is_added_after_what_was_there_and_only_once(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "tests" / "conversations" / "orders.yml"
    read_from(monkeypatch, RIGHT)
    add_conversation_command("orders", STDIN, only_check=True)
    assert not file.exists() and "È a posto" in capsys.readouterr().out

    read_from(monkeypatch, RIGHT)
    add_conversation_command("orders", STDIN, only_check=False)
    assert file.read_text() == RIGHT

    read_from(monkeypatch, RIGHT)
    with pytest.raises(Problem):
        add_conversation_command("altro", STDIN, only_check=False)
    assert "c'è già" in capsys.readouterr().out
    assert [one.name for one in file.parent.iterdir()] == ["orders.yml"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RIGHT.replace("104206", "••••••"), "riga 3: qui c'è un valore nascosto"),
        (RIGHT.replace("utter_ask", "utter_axk"), "riga 5: manca la risposta utter_axk_order_status_form_email"),
        (RIGHT.replace("track_order", "trackorder"), "riga 4: "),
        (RIGHT + RIGHT, "riga 1: ci vuole una conversazione sola"),
        (RIGHT.replace('notte"', "notte"), "non è YAML"),
        ("", "riga 1: ci vuole una conversazione sola"),
        ("conversation: una\n", "riga 1: ci vuole una conversazione sola"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    file = tmp_path / "piece.yml"
    file.write_text(text)

    with pytest.raises(Problem) as problem:
        add_conversation_command("orders", file, only_check=False)

    assert problem.value.key == "add_not_written" and told in capsys.readouterr().out
    assert list(home.rglob("*.yml")) == []


def test_a_file_that_is_not_there_and_a_topic_that_is_none_are_told(home: Path, tmp_path: Path) -> None:
    for topic, file in (("orders", tmp_path / "none.yml"), ("../orders", STDIN)):
        with pytest.raises(Problem):
            add_conversation_command(topic, file, only_check=False)
