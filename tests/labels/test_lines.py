"""Sentences put into one file: where they go, and that nothing else moves."""

import difflib
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from base.settings import ROOT
from labels.lines import NLU, REMOVED, Line, NotEditable, edited
from tests.labels.files import INTENTS, files, sentences

ROWS = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")

LINES = st.builds(Line, st.sampled_from(INTENTS), sentences(), st.sampled_from([NLU, NLU, REMOVED]))

ORDERS = """version: "3.1"
# Ordini.
nlu:
- intent: track_order   # esempio
  examples: |
    - dov'è il pacco
    - quando arriva

# Resi.
- intent: request_return
  examples: |
    - voglio fare un reso
"""


def rows(text: str) -> list[str]:
    return [row for row in ROWS.findall(text) if row]


def bodies(text: str) -> list[str]:
    return [row.rstrip("\r\n") for row in rows(text)]


def sentences_of(text: str, section: str = NLU) -> list[tuple[str, str]]:
    """Intents and sentences as Rasa reads them."""
    found = []
    for block in (YAML(typ="safe").load(text) or {}).get(section) or []:
        examples = block.get("examples") or ""
        if isinstance(examples, str):
            lines = [line[1:].strip() for line in examples.splitlines() if line.startswith("-")]
        else:
            lines = [one["text"].strip() for one in examples]
        found += [(block["intent"], line) for line in lines]
    return found


def only_added(before: str, after: str) -> list[str]:
    """The rows that are new; the others have to be as they were, byte by byte, except for a missing end of the last."""
    old, new = rows(before), rows(after)
    if old and not old[-1].endswith(("\r", "\n")) and after.endswith(("\r", "\n")):
        old[-1] += next((row[len(row.rstrip("\r\n")) :] for row in old if row.endswith(("\r", "\n"))), "\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    assert {tag for tag, *_ in matcher.get_opcodes()} <= {"equal", "insert"}
    return [row for tag, _, _, start, end in matcher.get_opcodes() if tag == "insert" for row in new[start:end]]


def test_a_sentence_is_one_line_more_after_the_last_one_of_its_intent() -> None:
    after = edited(ORDERS, [Line("track_order", "e il mio pacco?")])

    assert after == ORDERS.replace("    - quando arriva\n", "    - quando arriva\n    - e il mio pacco?\n")


def test_an_intent_that_is_missing_gets_a_block_as_far_apart_as_the_others() -> None:
    after = edited(ORDERS, [Line("greet", "ehilà"), Line("greet", "salve a voi")])

    assert after == ORDERS + "\n- intent: greet\n  examples: |\n    - ehilà\n    - salve a voi\n"


def test_a_new_file_has_a_version_and_the_comment() -> None:
    after = edited("", [Line("greet", "ehilà")], header="# Nota.\n")

    assert after == 'version: "3.1"\n# Nota.\nnlu:\n- intent: greet\n  examples: |\n    - ehilà\n'


def test_a_file_of_comments_alone_keeps_them() -> None:
    template = (ROOT / "cli" / "home" / "nlu" / "frasi.yml").read_text(encoding="utf-8")

    after = edited(template, [Line("greet", "ehilà")])

    assert after == template + 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - ehilà\n'


def test_a_sentence_of_the_product_is_named_under_removed() -> None:
    after = edited(ORDERS, [Line("greet", "ciao", REMOVED)])

    assert after == ORDERS + "removed:\n- intent: greet\n  examples: |\n    - ciao\n"


def test_a_new_section_comes_after_what_is_added_to_the_last_one() -> None:
    after = edited(ORDERS, [Line("greet", "ciao", REMOVED), Line("greet", "ehilà")])

    assert sentences_of(after) == [*sentences_of(ORDERS), ("greet", "ehilà")]
    assert sentences_of(after, REMOVED) == [("greet", "ciao")]


def test_the_last_sentence_of_an_intent_takes_its_block_along_and_the_last_block_its_section() -> None:
    without_one = edited(ORDERS, [], [Line("request_return", "voglio fare un reso")])
    without_any = edited(without_one, [], [Line("track_order", "dov'è il pacco"), Line("track_order", "quando arriva")])

    assert without_one == ORDERS[: ORDERS.index("- intent: request_return")]
    assert without_any == 'version: "3.1"\n# Ordini.\n\n# Resi.\n'


def test_a_sentence_moves_in_one_go_even_where_it_was_the_only_one() -> None:
    moved = Line("request_return", "voglio fare un reso")

    after = edited(ORDERS, [Line("track_order", moved.written), Line("request_return", "posso rendere?")], [moved])

    assert after == ORDERS.replace("- voglio fare un reso", "- posso rendere?").replace(
        "    - quando arriva\n", "    - quando arriva\n    - voglio fare un reso\n"
    )


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("last", ["", "\n"])
@pytest.mark.parametrize("first", ["", "\ufeff"])
def test_line_ends_are_those_of_the_file(end: str, last: str, first: str) -> None:
    text = first + (ORDERS.rstrip("\n") + last).replace("\n", end)

    after = edited(text, [Line("track_order", "a"), Line("request_return", "b"), Line("greet", "c")])

    assert set(re.findall(r"\r\n|\r|\n", after)) == {end}
    assert [row.strip() for row in only_added(text, after)] == [
        "- a",
        "- b",
        "",
        "- intent: greet",
        "examples: |",
        "- c",
    ]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_last_line_without_an_end_gets_that_of_the_others(end: str) -> None:
    text = ORDERS.rstrip("\n").replace("\n", end)

    assert edited(text, [Line("request_return", "b")]) == f"{text}{end}    - b{end}"


def test_examples_written_as_a_list_get_an_item() -> None:
    text = "nlu:\n- intent: greet\n  examples:\n    - text: |\n        ciao\n      metadata: {a: 1}\n  # fine\n"

    after = edited(text, [Line("greet", 'di\' "ciao": #1')])

    assert after == text.replace("  # fine", '    - text: "di\' \\"ciao\\": #1"\n  # fine')


@pytest.mark.parametrize("examples", [">\n    - a\n    - b", "[{text: a}]", '"- a\\n- b"', ""])
def test_examples_that_take_no_line_are_left_alone_and_a_block_is_added(examples: str) -> None:
    text = f"nlu:\n- intent: greet\n  examples: {examples}\n"

    assert edited(text, [Line("greet", "c")]) == f"{text}- intent: greet\n  examples: |\n    - c\n"


def test_an_intent_written_twice_gets_it_where_there_is_room() -> None:
    text = "nlu:\n- intent: greet\n  examples: >\n    - a\n- intent: greet\n  examples: |\n    - b\n"

    assert edited(text, [Line("greet", "c")]) == f"{text}    - c\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- uno\n- due\n", "form"),
        ("{nlu: []}\n", "form"),
        ("nlu: []\n", "form"),
        ("nlu:\n\t- intent: greet\n", "unreadable"),
        ("nlu:\n- intent: 'x\n", "unreadable"),
        ("nlu:\n- intent: greet\n  examples: &a |\n    - a\n- intent: x\n  examples: *a\n", "differs"),
        ('version: "3.1"\n...\n', "unreadable"),
        ("nlu:\n- intent: x\n  examples: |\n    - a\n---\nnlu:\n", "unreadable"),
    ],
)
def test_what_cannot_be_written_safely_is_refused(text: str, reason: str) -> None:
    with pytest.raises(NotEditable) as refused:
        edited(text, [Line("greet", "ciao")])

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "line", [Line("greet", "mai scritta"), Line("greet", "voglio fare un reso"), Line("x", "y", REMOVED)]
)
def test_what_is_not_there_cannot_be_taken_out(line: Line) -> None:
    with pytest.raises(NotEditable, match="gone"):
        edited(ORDERS, [], [line])


@settings(max_examples=150)
@example("nlu:\n- intent: greet\n  examples:\n  - text: |\n      ehi", [Line("greet", "ehilà")])
@given(files(), st.lists(LINES, min_size=1, max_size=5))
def test_any_file_keeps_every_line_and_reads_as_before_with_these_sentences_besides(text: str, new: list[Line]) -> None:
    after = edited(text, new)

    for section in (NLU, REMOVED):
        added = [(line.intent, line.written) for line in new if line.section == section]
        assert sorted(sentences_of(after, section)) == sorted([*sentences_of(text, section), *added])
    if text:
        only_added(text, after)


@settings(max_examples=100)
@given(files(), st.data())
def test_what_is_taken_out_is_gone_and_nothing_else(text: str, data: st.DataObject) -> None:
    there = sentences_of(text)
    gone = data.draw(st.lists(st.sampled_from(there), max_size=3, unique=True)) if there else []

    try:
        after = edited(text, [], [Line(*one) for one in gone])
    except NotEditable as refused:
        assert refused.reason == "gone"  # it is written in brackets, or in one line with others
        return

    left = list(there)
    for one in gone:
        left.remove(one)
    assert sentences_of(after) == left
    kept = difflib.SequenceMatcher(None, rows(text), rows(after), autojunk=False)
    assert {tag for tag, *_ in kept.get_opcodes()} <= {"equal", "delete"}


@given(st.text(max_size=60), st.lists(sentences(), min_size=1, max_size=2))
def test_no_text_whatever_is_damaged(text: str, new: list[str]) -> None:
    try:
        after = edited(text, [Line("greet", one) for one in new])
    except (NotEditable, YAMLError):
        return

    assert [("greet", one) for one in new] == sentences_of(after)[-len(new) :]
