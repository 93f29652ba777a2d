"""Labels read from a file, as the desk writes them and as people do."""

from pathlib import Path

import pytest

from labels.label import Label
from labels.label_file import LabelFileInvalid, read_labels

BOTH = (Label("dov'è il [104233](order_number)", "track_order"), Label("boh", "greet", held_out=True))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.jsonl",
            '{"text": "dov\'è il [104233](order_number)", "intent": "track_order", "by": "us_1"}\n\n'
            '{"text": "boh", "intent": " greet ", "held_out": true}\n',
        ),
        (
            "a.yml",
            '- {text: "dov\'è il [104233](order_number)", intent: track_order}\n'
            "- text: boh\n  intent: greet\n  held_out: true\n",
        ),
    ],
)
def test_json_lines_and_yaml_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert read_labels(tmp_path / name) == BOTH


@pytest.mark.parametrize(
    ("name", "content", "code", "place"),
    [
        ("a.jsonl", None, "missing", 0),
        ("a.jsonl", b"\n \n", "empty", 0),
        ("a.jsonl", b"\xff", "not_read", 0),
        ("a.jsonl", b'{"text": "a", "intent": "b"}\nboh\n', "not_read", 2),
        ("a.jsonl", b'{"text": "a", "intent": "b"}\n\n["a"]\n', "no_label", 3),
        ("a.jsonl", b'{"text": 1, "intent": "b"}', "no_label", 1),
        ("a.jsonl", b'{"text": "a"}', "no_label", 1),
        ("a.jsonl", b'{"text": "a", "intent": "b", "held_out": "no"}', "no_label", 1),
        ("a.yml", b"- text: 'a", "not_read", 0),
        ("a.yml", b"text: a\n", "not_read", 0),
        ("a.yml", b"# niente\n", "empty", 0),
        ("a.yml", b"- {text: a, intent: b}\n- {text: a}\n", "no_label", 2),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_first_wrong_place(
    tmp_path: Path, name: str, content: "bytes | None", code: str, place: int
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(LabelFileInvalid) as error:
        read_labels(tmp_path / name)

    assert (error.value.code, error.value.place) == (code, place)
