import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.settings import Register
from switchboard.body import ButtonMeaning
from switchboard.texts import TextMissing, Texts, TextsUnreadable, parse_payload, write_payload

NAMES = st.sampled_from(["a", "b", "order_number"])
RESPONSES = """
version: "3.1"
responses:
  utter_greet:
  - text: "Ciao!"
  - text: "Buongiorno!"
  - text: "Salve!"
  utter_help:
  - text: "Scegli qui sotto."
    channel: "web"
  - text: "Scrivimi che cosa ti serve."
  utter_state:
  - text: "È pagato."
    condition:
    - type: slot
      name: state
      value: "Paid"
  - text: "Non è pagato."
  utter_order:
  - text: "L'ordine {order_number} è in viaggio."
    buttons:
    - title: "Segui {order_number}"
      lei: "Segua {order_number}"
      payload: '/track_order{"order_number": "{order_number}"}'
    - title: "Parla con una persona"
      payload: /ask_human
    metadata: {lei: "Il suo ordine {order_number} è in viaggio."}
  utter_request:
  - text: "La tua richiesta è la n. {request_number}, {name}."
"""


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    (tmp_path / "general.yml").write_text(RESPONSES, encoding="utf-8")
    return Texts.load(tmp_path, Register.TU)


def test_a_repeated_turn_says_the_same_words(texts: Texts) -> None:
    said = {texts.render("utter_greet", "ms_1").text for _ in range(20)}

    assert len(said) == 1


def test_every_variant_has_its_turn(texts: Texts) -> None:
    said = {texts.render("utter_greet", f"ms_{number}").text for number in range(60)}

    assert said == {"Ciao!", "Buongiorno!", "Salve!"}


def test_a_variant_of_the_channel_comes_first(texts: Texts) -> None:
    assert texts.render("utter_help", "ms_1", channel="web").text == "Scegli qui sotto."
    assert texts.render("utter_help", "ms_1", channel="telegram").text == "Scrivimi che cosa ti serve."
    assert texts.render("utter_help", "ms_1").text == "Scrivimi che cosa ti serve."


def test_a_variant_whose_condition_holds_comes_first(texts: Texts) -> None:
    assert texts.render("utter_state", "ms_1", {"state": "paid"}).text == "È pagato."
    assert texts.render("utter_state", "ms_1", {"state": None}).text == "Non è pagato."


def test_placeholders_of_text_and_buttons_are_filled(texts: Texts) -> None:
    reply = texts.render("utter_order", "ms_1", {"order_number": 104233})

    assert reply.text == "L'ordine 104233 è in viaggio."
    assert reply.buttons == (
        ButtonMeaning("Segui 104233", "track_order", {"order_number": "104233"}),
        ButtonMeaning("Parla con una persona", "ask_human", {}),
    )


def test_a_formal_shop_says_the_formal_words_where_there_are_some(texts: Texts, tmp_path: Path) -> None:
    formal = Texts.load(tmp_path, Register.LEI)

    reply = formal.render("utter_order", "ms_1", {"order_number": 104233})

    assert reply.text == "Il suo ordine 104233 è in viaggio."
    assert reply.buttons == (
        ButtonMeaning("Segua 104233", "track_order", {"order_number": "104233"}),
        ButtonMeaning("Parla con una persona", "ask_human", {}),
    )
    for turn_id in ("ms_1", "ms_2", "ms_3"):
        assert formal.render("utter_greet", turn_id) == texts.render("utter_greet", turn_id)


@given(informal=st.sets(NAMES), formal=st.sets(NAMES), button=st.booleans())
def test_formal_words_hold_the_placeholders_of_the_informal_ones(informal: set, formal: set, button: bool) -> None:
    said, meant = (" ".join(["x", *(f"{{{name}}}" for name in sorted(names))]) for names in (informal, formal))
    variant = {"text": said, "metadata": {"lei": meant}}
    if button:
        variant = {"text": "x", "buttons": [{"title": said, "lei": meant, "payload": "/x"}]}

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.yml").write_text(json.dumps({"responses": {"utter_a": [variant]}}), encoding="utf-8")
        if informal == formal:
            texts = Texts.load(Path(folder), Register.LEI)
            reply = texts.render("utter_a", "", {name: name for name in formal})
            assert (reply.buttons[0].title if button else reply.text) == " ".join(["x", *sorted(formal)])
            return
        for register in Register:
            with pytest.raises(TextsUnreadable) as unreadable:
                Texts.load(Path(folder), register)
            assert unreadable.value.place == "a.yml: utter_a"
            assert all(f"{{{name}}}" in unreadable.value.problem for name in informal ^ formal)


@given(value=st.text())
def test_a_value_may_hold_anything(value: str) -> None:
    texts = Texts({"utter_order": [{"text": "<{a}>", "buttons": [{"title": "{a}", "payload": '/x{"a": "{a}"}'}]}]})

    reply = texts.render("utter_order", "ms_1", {"a": value})

    assert reply.text == f"<{value}>"
    assert reply.buttons[0].entities == {"a": value}


@pytest.mark.parametrize("values", [{}, {"order_number": None}])
def test_a_placeholder_without_value_is_an_error_and_never_shown(texts: Texts, values: dict) -> None:
    with pytest.raises(TextMissing) as missing:
        texts.render("utter_order", "ms_1", values)

    assert (missing.value.key, missing.value.placeholder) == ("utter_order", "order_number")


def test_the_request_number_is_left_for_the_front(texts: Texts) -> None:
    reply = texts.render("utter_request", "ms_1", {"name": "Anna"})

    assert reply.text == "La tua richiesta è la n. {request_number}, Anna."


def test_a_missing_response_is_named(texts: Texts) -> None:
    with pytest.raises(TextMissing) as missing:
        texts.say("utter_label_nothing")

    assert missing.value.key == "utter_label_nothing"


@pytest.mark.parametrize(
    "content",
    [
        "responses: [",
        "responses:\n- a\n",
        "- a",
        "responses:\n  utter_a: ciao\n",
        "responses:\n  utter_a: []\n",
        "responses:\n  utter_a:\n  - text: 12\n",
        "responses:\n  utter_a:\n  - text: a\n    metadata: {lei: 12}\n",
        "responses:\n  utter_a:\n  - text: a\n    metadata: {lei: }\n",
        "responses:\n  utter_a:\n  - text: a\n    metadata: {lei: ''}\n",
        "responses:\n  utter_a:\n  - text: a\n    metadata: lei\n",
        "responses:\n  utter_a:\n  - metadata: {lei: a}\n",
        "responses:\n  utter_a:\n  - text: a\n    buttons:\n    - {title: b, lei: [c], payload: /x}\n",
        "responses:\n  utter_a:\n  - text: a\n  utter_a:\n  - text: b\n",
        "responses:\n  utter_a:\n  - text: a\n    buttons:\n    - title: b\n",
        "responses:\n  utter_a:\n  - text: a\n    buttons:\n    - title: b\n      payload: ciao\n",
        "responses:\n  utter_a:\n  - text: a\n    buttons:\n    - title: b\n      payload: '/x{\"a\"}'\n",
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "orders.yml").write_text(content, encoding="utf-8")

    with pytest.raises(TextsUnreadable) as unreadable:
        Texts.load(tmp_path, Register.TU)

    assert unreadable.value.place.startswith("orders.yml")


def test_a_response_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("responses:\n  utter_a:\n  - text: a\n", encoding="utf-8")

    with pytest.raises(TextsUnreadable) as unreadable:
        Texts.load(tmp_path, Register.TU)

    assert unreadable.value.place == "b.yml: utter_a"


@given(st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), st.dictionaries(st.text(min_size=1), st.text()))
def test_a_payload_is_read_as_it_was_written(intent: str, entities: dict) -> None:
    assert parse_payload(write_payload(ButtonMeaning("", intent, entities))) == (intent, entities)
