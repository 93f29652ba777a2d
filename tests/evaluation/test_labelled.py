"""Labelled lines are read as they are written, and the first wrong one is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.labelled import Labelled, LabelledFileInvalid, Span, read_labelled

GOOD = {"text": "perché l'ordine 104233", "intent": "track_order"}


def written(tmp_path: Path, *lines: Any) -> Path:
    file = tmp_path / "frasi.jsonl"
    file.write_bytes(b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines))
    return file


def entities(*spans: Any) -> dict[str, Any]:
    return {**GOOD, "entities": [{"entity": "order_number", "start": start, "end": end} for start, end in spans]}


def test_offsets_count_characters(tmp_path: Path) -> None:
    text = GOOD["text"]
    start = text.index("104233")

    (sentence,) = read_labelled(written(tmp_path, {**entities((start, len(text))), "id": "7"}, b""))

    assert sentence == Labelled(text, "track_order", frozenset({Span("order_number", 16, 22)}))


def test_a_sentence_may_have_no_entities_and_a_separator_inside(tmp_path: Path) -> None:
    file = written(tmp_path, {"text": "uno\u2028due", "intent": " greet "}, b"  ", json.dumps(GOOD).encode() + b"\r")

    first, second = read_labelled(file)

    assert first == Labelled("uno\u2028due", "greet", frozenset())
    assert second.entities == frozenset()


def test_half_an_emoji_is_read_as_a_turn_reads_it(tmp_path: Path) -> None:
    (sentence,) = read_labelled(written(tmp_path, b'{"text": "ciao \\ud83d", "intent": "greet"}'))

    assert sentence.text == "ciao ?"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"ciao", "not_json"),
        (b"\xff", "not_json"),
        (b"[" * 100_000, "not_json"),
        (["text"], "not_json"),
        ({"intent": "greet"}, "no_text"),
        ({"text": " ", "intent": "greet"}, "no_text"),
        ({"text": "ciao"}, "no_intent"),
        ({"text": "ciao", "intent": None}, "no_intent"),
        ({"text": "ciao", "intent": ""}, "no_intent"),
        ({**GOOD, "entities": None}, "entities"),
        ({**GOOD, "entities": ["order_number"]}, "entities"),
        ({**GOOD, "entities": [{"start": 0, "end": 1}]}, "entities"),
        (entities(("0", 6)), "entities"),
        (entities((True, 6)), "entities"),
        (entities((0, None)), "entities"),
        (entities((-1, 6)), "span"),
        (entities((6, 6)), "span"),
        (entities((16, 23)), "span"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: Any, code: str) -> None:
    with pytest.raises(LabelledFileInvalid) as caught:
        read_labelled(written(tmp_path, GOOD, b"", line))

    assert (caught.value.code, caught.value.line) == (code, 3)


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_a_file_without_sentences_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LabelledFileInvalid) as caught:
        read_labelled(written(tmp_path, content))

    assert (caught.value.code, caught.value.line) == ("empty", 0)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelledFileInvalid) as caught:
        read_labelled(tmp_path / "nessuno.jsonl")

    assert caught.value.code == "missing"
