import pytest

from actions.context import Context
from actions.proof import RecordRef
from actions.quotes import ValidateQuoteStatusForm
from shop.records import QuoteState
from tests.actions.helpers import TEXTS, Said, tracker, turn_of, user


async def tell(number: str, chosen: Context) -> Said:
    turn, said = turn_of(tracker(user()), chosen)
    await ValidateQuoteStatusForm().tell(turn, RecordRef("quote", number))
    return said


@pytest.mark.parametrize("number", [f"P-30{place:02d}" for place in (*range(1, 8), 10)])
async def test_every_quote_is_told_with_who_follows_it(number: str, reading_context: Context) -> None:
    said = await tell(number, reading_context)

    assert number in said.words and "Carla Verdi" in said.words and "  " not in said.words
    assert [card["title"] for card in said.cards] == [f"Preventivo {number}"]


async def test_a_quote_that_is_overdue_names_no_day_as_if_it_were_still_to_come(reading_context: Context) -> None:
    said = await tell("P-3007", reading_context)

    assert said.responses == ["utter_quote_preparing", "utter_quote_overdue"]
    assert "È promesso" not in said.words


def test_every_state_has_its_words() -> None:
    assert {f"utter_quote_{state.value}" for state in QuoteState} <= set(TEXTS.responses)
