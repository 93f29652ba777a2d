"""What a set of labels changes, on the product's own files and on a shop's folder; and their diff."""

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from base.layers import Layers
from base.settings import ROOT
from check.checker import check
from check.project import Project
from cli.init import init_command
from engine.laid_out import nlu_of
from labels.changes import Plan, PlanRefused, plan
from labels.label import Label
from labels.lines import REMOVED, Line
from labels.words import words
from tests.labels.product import ORDERS, small_product, write

LEARNT = Label("il paccozzo mio [104233](order_number) che fine ha fatto", "track_order")
KEPT_ASIDE = Label("del paccozzo non si sa più niente", "track_order", held_out=True)
SYLLABLES = [f"{a}{b}{c}o" for a in "bcdfglmnpr" for b in "aeiou" for c in ("zz", "rbl", "nfr", "lv", "sq")]
OF_PRODUCT, OTHER = "controlla meglio", "report_missing_parcel"  # a sentence of track_order in the product


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_command(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def layers(home: Path, tmp_path: Path) -> Layers:
    """A small product with a shop's folder."""
    return Layers(small_product(tmp_path / "product"), home)


def learnt(layers: Layers, text: str) -> list[str]:
    """The intents under which a model is taught a sentence."""
    return [
        block["intent"]
        for content in nlu_of(layers)
        for block in content.get("nlu") or []
        if "intent" in block and f"- {text}" in block["examples"].splitlines()
    ]


def only_refusal(planned: Plan) -> str:
    assert (planned.changes, planned.accepted) == ((), ())
    return planned.refused[0].message


def test_sentences_go_into_the_shops_files_of_the_intents_topic(home: Path) -> None:
    planned = plan(Layers(home=home), [LEARNT, KEPT_ASIDE])

    assert (planned.root, planned.of_product, planned.refused, planned.there) == (home, False, (), ())
    assert {change.name: (change.before, change.added, change.dropped) for change in planned.changes} == {
        "nlu/orders.yml": (None, (Line(LEARNT.intent, LEARNT.text),), ()),
        "tests/nlu/orders.yml": (None, (Line(KEPT_ASIDE.intent, KEPT_ASIDE.text),), ()),
    }
    write(planned)
    assert check(Layers(home=home)) == ()


def test_they_go_where_the_shop_has_sentences_of_that_intent_already(home: Path, layers: Layers) -> None:
    for file in (home / "nlu" / "frasi.yml", home / "tests" / "nlu" / "prove.yml"):
        text = f"siete in fondo al corso di {file.stem}?"
        file.write_text(f'version: "3.1"\nnlu:\n- intent: find_store\n  examples: |\n    - {text}\n')

    planned = plan(
        layers,
        [Label("ma siete dietro la chiesa?", "find_store"), Label("dietro il duomo?", "find_store", True)],
    )

    assert [change.name for change in planned.changes] == ["nlu/frasi.yml", "tests/nlu/prove.yml"]


def test_a_sentence_that_is_there_changes_nothing_however_it_is_spelt(home: Path, layers: Layers) -> None:
    there = Label("  CONTROLLA\nmeglio!! ", "track_order")

    planned = plan(layers, [there])

    assert (planned.changes, planned.there, planned.refused) == ((), (there,), ())


def test_one_of_the_product_with_another_intent_is_removed_there_and_written_here(home: Path, layers: Layers) -> None:

    write(plan(layers, [Label(OF_PRODUCT, OTHER)]))

    assert learnt(layers, OF_PRODUCT) == [OTHER]


def test_one_that_goes_back_to_the_products_intent_leaves_nothing_behind(home: Path, layers: Layers) -> None:
    write(plan(layers, [Label(OF_PRODUCT, OTHER), LEARNT]))

    write(plan(layers, [Label(OF_PRODUCT, "track_order")]))

    assert learnt(layers, OF_PRODUCT) == ["track_order"]
    own = YAML(typ="safe").load((home / "nlu" / "orders.yml").read_text(encoding="utf-8"))
    assert own == {"version": "3.1", "nlu": [{"intent": LEARNT.intent, "examples": f"- {LEARNT.text}\n"}]}


@pytest.mark.parametrize("held_out", [False, True])
def test_one_of_the_shops_moves_to_its_new_intent(layers: Layers, held_out: bool) -> None:
    text = "il paccozzo non si vede"
    write(plan(layers, [Label(text, "track_order", held_out)]))

    planned = plan(layers, [Label(text, OTHER, held_out)])

    (change,) = planned.changes
    assert (change.added, change.dropped) == ((Line(OTHER, text),), (Line("track_order", text),))
    write(planned)
    project = Project.read(layers)
    every = project.held_out if held_out else project.trained
    assert [sentence.intent for sentence in every if sentence.text == text] == [OTHER]


def test_one_that_stands_under_two_intents_stays_under_the_right_one(home: Path, layers: Layers) -> None:
    (home / "nlu" / "frasi.yml").write_text(
        "nlu:\n- intent: find_store\n  examples: |\n    - ciao\n    - siete in centro?\n", encoding="utf-8"
    )

    (change,) = plan(layers, [Label("ciao", "greet")]).changes

    assert (change.name, change.added, change.dropped) == ("nlu/frasi.yml", (), (Line("find_store", "ciao"),))


def test_what_is_kept_aside_is_never_learnt_nor_the_other_way_round(home: Path, layers: Layers) -> None:
    write(plan(layers, [KEPT_ASIDE, LEARNT]))

    aside = plan(layers, [Label(KEPT_ASIDE.text.upper(), KEPT_ASIDE.intent)])
    asked = plan(layers, [Label(LEARNT.text, LEARNT.intent, held_out=True)])
    product = plan(layers, [Label("notizie del pacco", "track_order")])

    assert [only_refusal(one).partition(" (")[0] for one in (aside, asked, product)] == [
        "c'è già tra le frasi tenute da parte",
        "si impara già",
        "c'è già tra le frasi tenute da parte",
    ]


def test_a_held_out_sentence_of_the_product_cannot_get_another_intent(home: Path, layers: Layers) -> None:
    planned = plan(layers, [Label("notizie del pacco?", OTHER, held_out=True)])

    assert "è tenuta da parte dal prodotto" in only_refusal(planned)


def test_of_two_labels_for_one_sentence_the_second_is_refused_unless_it_says_the_same(
    home: Path, layers: Layers
) -> None:
    again, other, aside = (
        Label(LEARNT.text, LEARNT.intent),
        Label(LEARNT.text, OTHER),
        Label(LEARNT.text, LEARNT.intent, True),
    )

    planned = plan(layers, [LEARNT, again, other, aside])

    assert (planned.accepted, planned.there) == ((LEARNT,), (again,))
    assert [refusal.label for refusal in planned.refused] == [other, aside]


@pytest.mark.parametrize(
    ("text", "intent", "said"),
    [
        ("ho il [104233 in mano", "track_order", "annotazione rotta"),
        ("ho il [104233](order_numer) in mano", "track_order", "order_numer"),
        ("ho preso [il 104233](order_number) in mano]", "track_order", "annotazione rotta"),
        (" \n ", "track_order", "non c'è nessuna parola"),
        ("paccozzo " * 300, "track_order", "troppo lunga"),
        ("il paccozzo", "chiede_paccozzo", "non c'è in domain.yml"),
        ("il paccozzo", "tell_solved", "non si riconosce dalle frasi"),
    ],
)
def test_what_check_would_complain_about_is_refused_and_the_rest_is_written(
    home: Path, layers: Layers, text: str, intent: str, said: str
) -> None:
    planned = plan(layers, [Label(text, intent), LEARNT])

    assert planned.accepted == (LEARNT,)
    assert [said in refusal.message for refusal in planned.refused] == [True]
    write(planned)


def test_nearly_the_same_sentence_under_another_intent_is_refused_wherever_the_other_stands(
    home: Path, layers: Layers
) -> None:
    first = Label("dove sta di casa il mio paccozzo arancione con i fiocchi", "track_order")
    near = Label("dove sta di casa il mio paccozzo arancione con i nastri", "find_store")

    planned = plan(layers, [near, first])

    assert len(planned.accepted) == len(planned.refused) == 1


def test_faults_that_are_there_already_do_not_matter_even_when_lines_move(home: Path, layers: Layers) -> None:
    (home / "nlu" / "frasi.yml").write_bytes(
        b'version: "3.1"\r\nnlu:\r\n- intent: find_store\r\n  examples: |\r\n    - a b c d\r\n    - a b c d\r\n'
        b"- intent: greet\r\n  examples: |\r\n    - x y z [w\r\n"
    )

    planned = plan(layers, [Label("siete dietro la chiesa?", "find_store")])

    assert planned.refused == ()
    assert planned.changes[0].after == planned.changes[0].before.replace(
        "- a b c d\r\n- ", "- a b c d\r\n    - siete dietro la chiesa?\r\n- "
    )


def test_what_no_sentence_is_to_blame_for_is_told_and_written(home: Path, layers: Layers) -> None:
    (home / "nlu" / "orders.yml").write_text("\ufeff# Solo un commento, con un segno davanti.\n", encoding="utf-8")

    planned = plan(layers, [LEARNT])

    assert [fault.key for fault in planned.faults] == ["file_bom"]
    assert planned.accepted == (LEARNT,)


def test_a_file_that_cannot_be_read_stops_everything(home: Path, layers: Layers) -> None:
    (home / "nlu" / "altro.yml").write_text("nlu:\n\t- intent: greet\n")

    with pytest.raises(PlanRefused) as refused:
        plan(layers, [LEARNT])

    assert refused.value.fault.message == "la riga comincia con una tabulazione: per i rientri si usano spazi"


def test_a_file_that_takes_no_lines_refuses_its_own_labels_only(home: Path, layers: Layers) -> None:
    (home / "nlu" / "orders.yml").write_text("nlu: [{intent: track_order, examples: [{text: boh boh}]}]\n")

    planned = plan(layers, [LEARNT, Label("siete dietro la chiesa?", "find_store")])

    assert [label.intent for label in planned.accepted] == ["find_store"]
    assert "riga per riga" in planned.refused[0].message


def test_without_a_shops_folder_the_products_files_are_meant(layers: Layers) -> None:
    planned = plan(Layers(layers.product), [LEARNT, KEPT_ASIDE, Label(OF_PRODUCT, OTHER)])

    assert (planned.root, planned.of_product) == (layers.product, True)
    assert [change.name for change in planned.changes] == ["data/nlu/orders.yml", "tests/nlu/orders.yml"]
    assert (
        planned.changes[0].after
        == ORDERS.replace("    - controlla meglio\n", "").replace(
            "(order_number)\n", f"(order_number)\n    - {LEARNT.text}\n"
        )
        + "    - controlla meglio\n"
    )


@pytest.mark.parametrize("program", [["git", "apply"], ["patch", "-p1", "-s"]])
@pytest.mark.parametrize("style", ["unix", "windows", "no_last_end"])
def test_the_diff_does_what_the_plan_does(home: Path, layers: Layers, program: list[str], style: str) -> None:
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    own = 'version: "3.1"\nnlu:\n- intent: find_store\n  examples: |\n    - siete in fondo al corso?\n'
    own = {"unix": own, "windows": own.replace("\n", "\r\n"), "no_last_end": own.rstrip("\n")}[style]
    (home / "nlu" / "frasi.yml").write_bytes(own.encode())
    planned = plan(
        layers,
        [LEARNT, KEPT_ASIDE, Label(OF_PRODUCT, OTHER), Label("dietro la chiesa, è vero?", "find_store")],
    )

    subprocess.run(program, cwd=home, input=planned.diff.encode(), check=True, capture_output=True)

    assert planned.diff.count("new file mode") == 2
    assert {change.name: (home / change.name).read_bytes().decode() for change in planned.changes} == {
        change.name: change.after for change in planned.changes
    }


def test_removed_lines_are_copied_as_the_product_has_them(layers: Layers) -> None:
    written = "a che punto è il [104233](order_number)"

    planned = plan(layers, [Label("a che punto è il 104233", OTHER)])

    assert Line("track_order", written, REMOVED) in planned.changes[0].added
    write(planned)
    assert (learnt(layers, written), learnt(layers, "a che punto è il 104233")) == ([], [OTHER])


def test_two_hundred_labels_leave_every_other_line_of_the_products_files_as_it_is(tmp_path: Path) -> None:
    """On the real files: every line that a label did not ask for is where it was."""
    chance = random.Random(7)
    project = Project.read(Layers())
    intents = sorted({sentence.intent for sentence in project.trained})
    labels = [
        Label(f"{a} {b} {c}", chance.choice(intents), chance.random() < 0.3)
        for a, b, c in zip(*(chance.sample(SYLLABLES, 200) for _ in range(3)))
    ]
    moved = chance.sample([s for s in project.trained if "[" not in s.written], 10)
    labels += [Label(s.written, chance.choice([i for i in intents if i != s.intent])) for s in moved]

    planned = plan(Layers(), labels)

    assert len(planned.accepted) + len(planned.refused) == len(labels)
    assert len(planned.accepted) >= 200
    for change in planned.changes:
        old, new = change.before.split("\n"), change.after.split("\n")
        for line in change.dropped:
            old.remove(f"    - {line.written}")
        for line in change.added:
            new.remove(f"    - {line.written}")
        assert old == new


def test_every_text_is_used() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "labels").glob("*.py"))

    keys = {re.sub("_(one|many)$", "", key) for key in words().texts}

    unused = [key for key in keys if f'"{key.partition("_")[2]}"' not in source and f'"{key}"' not in source]

    assert [key for key in unused if not key.startswith("refused_not_editable_")] == []
