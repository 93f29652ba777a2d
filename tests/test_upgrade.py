"""The product's data are replaced by those of another version: the shop's own folder stays, and still holds."""

import shutil
from pathlib import Path

import pytest

from actions.dialogue import Dialogue
from base.layers import Layers
from base.settings import ROOT, Register
from check.checker import check
from check.code import FOLDERS
from desk.replies import load_replies
from engine.laid_out import lay_out, nlu_of
from shop.desk_rules import DeskRules
from shop.questions import FILE, read_questions
from switchboard.live_texts import LiveTexts

OWN = {
    "responses/testi.yml": 'responses:\n  utter_goodbye:\n  - text: "A presto da Casa Lume!"\n',
    "dialogue.yml": "close:\n  most: 2\n",
    "desk.yml": 'hours:\n  sunday: ["10:00-12:00"]\n',
    "replies.yml": 'replies:\n- title: "Ritiro"\n  text: "Si ritira da noi."\n',
    "nlu/frasi.yml": "nlu:\n- intent: say_goodbye\n  examples: |\n    - ci si rivede in bottega\n",
    FILE: 'domande:\n- domande: ["c\'è un parcheggio?", "dove parcheggio?"]\n  risposta: "Davanti."\n',
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, content in OWN.items():
        (tmp_path / "home" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "home" / name).write_text(content, encoding="utf-8")
    return tmp_path / "home"


@pytest.fixture
def product(tmp_path: Path) -> Path:
    folder = tmp_path / "product"
    for name in ("data", "tests/nlu", "tests/conversations", *FOLDERS):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def upgraded(product: Path) -> None:
    """Another version: other words, hours, sentences and parameters in the product's own files."""
    for name, before, after in (
        ("responses/general.yml", "A presto!", "Arrivederci e a presto!"),
        ("responses/general.yml", 'utter_greet:\n  - text: "', 'utter_greet:\n  - text: "Novità! '),
        ("dialogue.yml", "described_by_words: ", "described_by_words: 1"),
        ("desk.yml", 'monday: ["09:00', 'monday: ["08:00'),
        ("replies.yml", '- title: "Altro?"', '- title: "Serve altro?"'),
        ("nlu/general.yml", "    - ciao a tutti\n", "    - ciao a tutti quanti\n"),
    ):
        file = product / "data" / name
        text = file.read_text(encoding="utf-8")
        assert before in text, (name, before)
        file.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_another_version_of_the_product_leaves_the_shops_folder_alone_and_it_still_holds(
    product: Path, home: Path, tmp_path: Path
) -> None:
    layers = Layers(product, home)
    before = Dialogue.load(layers.files("dialogue.yml"))

    upgraded(product)

    assert {name: (home / name).read_text(encoding="utf-8") for name in OWN} == OWN
    assert {file for file in home.rglob("*") if file.is_file()} == {home / name for name in OWN}
    texts = LiveTexts(layers.responses, Register.TU)
    assert texts.variant("utter_goodbye", "t")["text"] == "A presto da Casa Lume!"
    assert texts.responses["utter_greet"][0]["text"].startswith("Novità!")
    rules = DeskRules.load(layers.files("desk.yml"))
    assert (f"{rules.week[6][0][0]:%H:%M}", f"{rules.week[0][0][0]:%H:%M}") == ("10:00", "08:00")
    assert Dialogue.load(layers.files("dialogue.yml")).described_by_words > before.described_by_words
    assert [one.title for one in load_replies(layers.files("replies.yml"))][-2:] == ["Serve altro?", "Ritiro"]
    lines = [line for content in nlu_of(layers) for block in content["nlu"] for line in str(block).split("\\n")]
    assert any("ci si rivede in bottega" in line for line in lines)
    assert any("ciao a tutti quanti" in line for line in lines)
    assert [one.answer for one in read_questions(layers.files(FILE))] == ["Davanti."]
    assert [str(fault) for fault in check(layers) if fault.file.startswith(str(home))] == []


def test_training_from_both_writes_nothing_into_the_shops_folder(product: Path, home: Path, tmp_path: Path) -> None:
    home_before = {file: file.stat().st_mtime_ns for file in home.rglob("*")}
    (tmp_path / "laid").mkdir()

    lay_out(Layers(product, home), tmp_path / "laid")

    assert {file: file.stat().st_mtime_ns for file in home.rglob("*")} == home_before
