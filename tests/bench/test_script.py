"""What the customers of a measurement say fits the demo shop and the responses."""

import json
from pathlib import Path

import pytest
import yaml

from bench.run import RESPONSES
from bench.script import REGISTER, SCRIPT, Line, conversations
from bench.shop import DEMO_SHOP
from switchboard.texts import Texts


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load(RESPONSES, REGISTER)


@pytest.fixture
def status(texts: Texts) -> Line:
    """The line whose answer is the status of an order."""
    return next(line for line in conversations(texts, 1)[0] if "@" in line.say)


def test_every_order_of_the_script_is_its_customers_in_the_demo_shop() -> None:
    shop = json.loads(DEMO_SHOP.read_text(encoding="utf-8"))
    emails = {order["number"]: order["email"] for order in shop["orders"]}

    said = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))["orders"]

    assert said
    assert {order["order"]: order["email"] for order in said}.items() <= emails.items()


def test_most_turns_read_the_database(texts: Texts) -> None:
    lines = conversations(texts, 1)[0]

    assert sum(line.reads_database for line in lines) > len(lines) / 2


def test_orders_are_taken_in_turn(texts: Texts) -> None:
    first, second = conversations(texts, 2)

    assert [line.say for line in first] != [line.say for line in second]
    assert len(first) == len(second)


def test_a_long_conversation_goes_on_without_another_opening(texts: Texts) -> None:
    short, long = conversations(texts, 1)[0], conversations(texts, 1, times=3)[0]

    going_on = (len(long) - len(short)) // 2
    assert long == short + short[-going_on:] * 2
    assert going_on < len(short)


def test_the_right_response_is_recognised_whatever_it_says_of_the_order(texts: Texts, status: Line) -> None:
    values = {"order_number": "104233", "courier": "BRT", "expected": "", "rest": ""}

    said = texts.render(status.answer, "a turn", values).text

    assert status.is_answered_by(said)
    assert status.is_answered_by(f"Ecco.\n{said}\nAltro?")


@pytest.mark.parametrize("other", ["utter_rephrase", "utter_error_generic", "utter_error_record_not_found"])
def test_another_response_is_not_taken_for_it(texts: Texts, status: Line, other: str) -> None:
    assert not status.is_answered_by(texts.responses[other][0]["text"])
    assert not status.is_answered_by("")


def test_a_script_that_names_no_response_is_refused(texts: Texts, tmp_path: Path) -> None:
    script = tmp_path / "script.yml"
    script.write_text(
        "opening: [{say: ciao, answer: utter_nothing}]\ngoing_on: []\norders: [{order: '1'}]", encoding="utf-8"
    )

    with pytest.raises(KeyError, match="utter_nothing"):
        conversations(texts, 1, script=script)
