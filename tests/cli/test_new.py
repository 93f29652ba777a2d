"""`sportello new-…`: the pieces to fill in, put where they belong, with nothing that was there changed."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from base.layers import Layers
from base.settings import ROOT
from check.checker import check
from check.code import FOLDERS
from cli import new
from cli.init import init_command
from cli.new import new_conversation_command, new_intent_command, new_response_command
from cli.pieces import NoPlaceForIt, with_piece
from cli.say import Problem

INTENT = "ask_parking"
SENTENCES = [
    "dove si lascia la macchina?", "c'è da pagare la sosta davanti?", "avete posti auto?", "il piazzale è vostro?",
    "vengo col furgone, ci sto?", "parcheggio coperto ce l'avete?", "si posteggia facile da voi?",
    "quanto posso stare nel parcheggio?", "devo cercare posto in strada?", "il parcheggio è custodito?",
    "è difficile trovare posto il sabato?", "ci sono strisce blu lì davanti?", "la sosta è a tempo?",
    "c'è un autosilo vicino?", "posso fermarmi davanti a caricare?", "con il camper si entra?",
    "il posteggio è gratis?", "serve il disco orario?", "avete posti per disabili?", "il parcheggio è grande?",
]  # fmt: skip
HELD_OUT = ["vengo in auto: dove la metto?", "c'è posto per parcheggiare?", "la sosta costa?", "parcheggio sì o no?"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    init_command(tmp_path / "home")
    monkeypatch.setenv("SPORTELLO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the product, where there is no shop's folder."""
    for folder in ("data", "tests/nlu", "tests/conversations", *FOLDERS):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / file, tmp_path / file)
    monkeypatch.setattr(new, "data_layers", lambda: Layers(tmp_path))
    return tmp_path


def files_of(folder: Path) -> dict[Path, str]:
    return {file: file.read_text(encoding="utf-8") for file in folder.rglob("*.yml")}


def fill(file: Path, sentences: list[str]) -> None:
    """Write what a trainer would in the place of the mark."""
    lines = file.read_text(encoding="utf-8").split("\n")
    place = next(n for n, line in enumerate(lines) if "DA SCRIVERE" in line)
    lines[place : place + 1] = [f"    - {sentence}" for sentence in sentences]
    file.write_text("\n".join(lines), encoding="utf-8")


def put(file: Path, words: str) -> None:
    before, mark, after = file.read_text(encoding="utf-8").partition("DA SCRIVERE")
    assert mark
    file.write_text(before + words + after[after.index('"') :], encoding="utf-8")


def test_a_new_intent_that_was_filled_in_is_right_and_check_names_every_line_until_then(home: Path) -> None:
    new_intent_command("negozi", INTENT)
    unfilled = [fault for fault in check(Layers(home=home)) if fault.key == "to_fill"]
    assert {Path(fault.file).relative_to(home).as_posix() for fault in unfilled} == {
        "nlu/negozi.yml",
        "tests/nlu/negozi.yml",
        "responses/negozi.yml",
        "responses/intents.yml",
        "tests/conversations/negozi.yml",
    }

    fill(home / "nlu" / "negozi.yml", SENTENCES)
    fill(home / "tests" / "nlu" / "negozi.yml", HELD_OUT)
    put(home / "responses" / "negozi.yml", "Davanti al negozio ci sono sei posti.")
    put(home / "responses" / "intents.yml", "Il parcheggio")
    put(home / "tests" / "conversations" / "negozi.yml", "posso parcheggiare da voi?")

    assert [str(fault) for fault in check(Layers(home=home))] == []


def test_the_products_files_get_the_pieces_where_there_is_no_folder_of_the_shop(product: Path) -> None:
    before = files_of(product)

    new_intent_command("people", INTENT)

    after = files_of(product)
    changed = {file.relative_to(product).as_posix() for file in after if after[file] != before.get(file)}
    assert changed == {
        "domain.yml",
        "data/nlu/people.yml",
        "data/rules/people.yml",
        "data/responses/people.yml",
        "data/responses/intents.yml",
        "tests/nlu/people.yml",
        "tests/conversations/people.yml",
    }
    for file, text in before.items():
        assert_only_added(text, after[file])
    keys = {fault.key for fault in check(Layers(product))}
    assert keys == {"to_fill", "intent_few_sentences", "intent_few_held_out"}


def assert_only_added(before: str, after: str) -> None:
    """Every line of before is there, in order."""
    lines = iter(after.split("\n"))
    assert all(line in lines for line in before.rstrip("\n").split("\n"))


@pytest.mark.parametrize(
    "command",
    [
        lambda: new_intent_command("negozi", INTENT),
        lambda: new_intent_command("orders", "track_order"),
        lambda: new_response_command("general", "utter_goodbye"),
        lambda: new_conversation_command("negozi", "chiede del parcheggio"),
    ],
)
def test_what_is_there_already_is_told_with_its_place_and_nothing_is_written(home: Path, command) -> None:
    new_intent_command("negozi", INTENT)
    new_response_command("general", "utter_goodbye")
    new_conversation_command("negozi", "chiede del parcheggio")
    before = files_of(home)

    with pytest.raises(Problem) as told:
        command()

    assert told.value.key.endswith("_there") and told.value.values["line"]
    assert files_of(home) == before


@pytest.mark.parametrize("name", ["AskParking", "ask parking", "perché", "../x", "test_x", "ask__x", "_x", ""])
def test_what_can_be_no_name_is_refused(home: Path, name: str) -> None:
    before = files_of(home)

    for command in (new_intent_command, new_response_command):
        for arguments in (("negozi", name), (name, INTENT)):
            with pytest.raises(Problem) as told:
                command(*arguments)
            assert told.value.exit_code == 2

    assert files_of(home) == before


def test_a_response_is_named_as_one(home: Path) -> None:
    with pytest.raises(Problem, match="new_response_name"):
        new_response_command("negozi", "goodbye")


def test_a_response_of_the_product_is_copied_to_be_rewritten(home: Path) -> None:
    new_response_command("general", "utter_goodbye")

    read = YAML(typ="safe").load((home / "responses" / "general.yml").read_text(encoding="utf-8"))
    product = YAML(typ="safe").load((ROOT / "data" / "responses" / "general.yml").read_text(encoding="utf-8"))
    assert read["responses"] == {"utter_goodbye": product["responses"]["utter_goodbye"]}
    assert check(Layers(home=home)) == ()


def test_every_response_of_the_product_can_be_copied_as_it_is(home: Path) -> None:
    file = ROOT / "data" / "responses" / "orders.yml"
    product = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["responses"]

    for name in list(product)[:6]:
        new_response_command("orders", name)

    own = YAML(typ="safe").load((home / "responses" / "orders.yml").read_text(encoding="utf-8"))["responses"]
    assert own == {name: product[name] for name in list(product)[:6]}


def test_a_file_that_cannot_be_read_is_told_first(home: Path) -> None:
    (home / "nlu" / "frasi.yml").write_text('nlu:\n- intent: "greet\n', encoding="utf-8")

    with pytest.raises(Problem) as told:
        new_intent_command("negozi", INTENT)

    assert told.value.key == "new_unreadable" and "frasi.yml:2" in told.value.values["fault"]
    assert not (home / "rules" / "negozi.yml").exists()


def test_a_list_in_brackets_is_left_alone_and_nothing_is_written(home: Path) -> None:
    (home / "domain.yml").write_text("intents: []\nentities: [a]\n", encoding="utf-8")
    before = files_of(home)

    with pytest.raises(Problem, match="new_no_place"):
        new_intent_command("negozi", INTENT)

    assert files_of(home) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'version: "3.1"\nnlu:\n- new\n'),
        ("# what can be written\n", "# what can be written\nnlu:\n- new\n"),
        ("nlu:\n- old\n", "nlu:\n- old\n- new\n"),
        ("nlu:\n- old", "nlu:\n- old\n- new\n"),
        ("nlu:\n  - old\n", "nlu:\n  - old\n  - new\n"),
        ("nlu:\n- a\n\n- b\n\nremoved:\n- c\n", "nlu:\n- a\n\n- b\n\n- new\n\nremoved:\n- c\n"),
        ("nlu:\n# later\nremoved:\n- c\n", "nlu:\n- new\n# later\nremoved:\n- c\n"),
        ("removed:\n- c\n", "removed:\n- c\nnlu:\n- new\n"),
        ("nlu:\n- a  # why\n  # of a\n\n# the end\n", "nlu:\n- a  # why\n  # of a\n- new\n\n# the end\n"),
        ("nlu:\n- e: |\n    x\n\n# the end\n", "nlu:\n- e: |\n    x\n- new\n\n# the end\n"),
    ],
)
def test_a_piece_comes_last_in_its_section_and_comments_stay_where_they_are(before: str, after: str) -> None:
    assert with_piece(before, "nlu", "- new\n") == after


@pytest.mark.parametrize("text", ["nlu: [a]\n", "nlu: word\n", "- a\n"])
def test_a_section_that_is_none_has_no_place(text: str) -> None:
    with pytest.raises(NoPlaceForIt):
        with_piece(text, "nlu", "- new\n")


SCALARS = st.text("abcà :#'-", min_size=1, max_size=12)
COMMENTS = st.sampled_from(["", "# note\n", "\n", "\n# note\n\n"])


@given(st.lists(st.tuples(SCALARS, COMMENTS), max_size=4), COMMENTS, st.booleans(), st.sampled_from(["", "  "]))
def test_whatever_is_in_a_file_only_the_piece_is_added(
    things: list[tuple[str, str]], top: str, more: bool, column: str
) -> None:
    written = "".join(f"{column}- examples: |\n{column}    - {words}\n{comment}" for words, comment in things)
    text = f"{top}nlu:\n{written}" + ("removed:\n- x\n" if more else "")
    before = YAML(typ="safe").load(text)

    after = with_piece(text, "nlu", "- intent: new\n  examples: |\n    - word\n")

    read = YAML(typ="safe").load(after)
    added = {"intent": "new", "examples": "- word\n"}
    assert [one["examples"].rstrip() if "examples" in one else one for one in (read["nlu"] or [])[:-1]] == [
        one["examples"].rstrip() for one in before["nlu"] or []
    ]
    assert {**read["nlu"][-1], "examples": read["nlu"][-1]["examples"].rstrip("\n") + "\n"} == added
    assert read.get("removed") == before.get("removed")
    assert_only_added(text, after)
