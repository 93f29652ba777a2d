import pytest

from actions.context import Context
from actions.details import email_given, record_answered, record_named
from actions.proof import RecordRef
from tests.actions.helpers import tracker, turn_of, user

BOTH = ("return", "order")


@pytest.mark.parametrize(
    ("text", "entities", "ref"),
    [
        ("il 104.233", {"order_number": "104.233"}, RecordRef("order", "104233")),
        ("R-20871", {"return_number": "R-20871"}, RecordRef("return", "R-20871")),
        ("20871", {}, RecordRef("return", "R-20871")),
        ("mi pare sia 20871", {}, RecordRef("return", "R-20871")),
        ("20871 o 20872", {}, None),
        ("non lo so", {}, None),
        ("40121", {"postal_code": "40121"}, RecordRef("return", "R-40121")),
    ],
)
def test_an_answer_gives_the_record_it_names(text: str, entities: dict, ref: RecordRef, bare_context: Context) -> None:
    turn, _ = turn_of(tracker(user(text, **entities)), bare_context)

    assert record_answered(turn, BOTH) == ref


def test_a_number_that_was_not_asked_for_counts_only_when_it_is_marked(bare_context: Context) -> None:
    turn, _ = turn_of(tracker(user("104233")), bare_context)

    assert record_named(turn, BOTH) is None


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("Anna.Rossi@Example.it", {}),
        ("la mia mail è anna.rossi@example.it!", {}),
        ("eccola", {"email": "anna.rossi@example.it"}),
        ("anna.rossi chiocciola example punto it", {}),
    ],
)
def test_an_email_is_found_however_it_is_written(text: str, entities: dict, bare_context: Context) -> None:
    turn, _ = turn_of(tracker(user(text, **entities)), bare_context)

    assert email_given(turn) == "anna.rossi@example.it"
