from datetime import timedelta
from typing import Optional

import pytest

from actions.context import Context
from actions.proof import RecordRef, prove
from actions.turn import Turn
from base.clock import FixedClock
from shop.errors import RecordNotFound, ShopUnavailable, TooManyAttempts
from shop.sql_shop import SqlShop
from switchboard import proofs
from tests.actions.helpers import message_in_log, tracker, turn_of, use_context, user

ANNA, BRUNO = "anna.rossi@example.it", "bruno.bianchi@example.it"
OF_ANNA, OF_BRUNO, UNKNOWN = (RecordRef("order", number) for number in ("104206", "104233", "999999"))


class Silent(SqlShop):
    """A shop that cannot say now."""

    async def email_of(self, kind: str, number: str) -> Optional[str]:
        raise ShopUnavailable()


class Customer:
    """Somebody who writes message after message in one conversation."""

    def __init__(self, chosen: Context, session_id: str = "ws_anna") -> None:
        self._context, self._session_id, self._messages = chosen, session_id, 0

    def turn(self) -> Turn:
        self._messages += 1
        text = f"messaggio {self._messages}"
        conversation_id, turn_id = message_in_log(self._context.database, self._context.clock, text, self._session_id)
        turn, _ = turn_of(tracker(user(text, turn_id=turn_id), conversation_id=conversation_id), self._context)
        return turn

    async def proves(self, ref: RecordRef, email: Optional[str]) -> bool:
        return await prove(self.turn(), ref, email)


async def test_number_and_email_of_a_record_prove_it_for_the_conversation(shop_context: Context) -> None:
    anna = Customer(shop_context)

    assert await anna.proves(OF_ANNA, ANNA)

    assert await anna.proves(OF_ANNA, None)


async def test_what_one_proved_is_not_proved_by_another(shop_context: Context) -> None:
    assert await Customer(shop_context).proves(OF_ANNA, ANNA)

    assert not await Customer(shop_context, "ws_bruno").proves(OF_ANNA, None)


@pytest.mark.parametrize("ref", [OF_BRUNO, UNKNOWN, RecordRef("return", "R-99999"), RecordRef("quote", "P-3010")])
async def test_unknown_numbers_and_records_of_others_end_alike(ref: RecordRef, shop_context: Context) -> None:
    anna = Customer(shop_context)

    with pytest.raises(RecordNotFound):
        await anna.proves(ref, ANNA)

    assert await _tries_left(anna.turn()) == 4


async def test_another_record_of_a_proved_email_needs_no_email(shop_context: Context) -> None:
    anna = Customer(shop_context)
    await anna.proves(OF_ANNA, ANNA)

    assert await anna.proves(RecordRef("return", "R-20804"), None)


async def test_a_record_of_another_email_is_compared_in_silence_and_counted(shop_context: Context) -> None:
    anna = Customer(shop_context)
    await anna.proves(OF_ANNA, ANNA)

    proved = await anna.proves(OF_BRUNO, None)

    assert not proved
    assert await _tries_left(anna.turn()) == 4


async def test_the_fifth_wrong_try_pauses_for_a_quarter_of_an_hour(shop_context: Context, clock: FixedClock) -> None:
    anna = Customer(shop_context)
    for _ in range(4):
        with pytest.raises(RecordNotFound):
            await anna.proves(OF_ANNA, BRUNO)

    with pytest.raises(TooManyAttempts):
        await anna.proves(OF_ANNA, BRUNO)
    with pytest.raises(TooManyAttempts):
        await anna.proves(OF_ANNA, ANNA)

    clock.move(timedelta(minutes=15, seconds=1))
    assert await anna.proves(OF_ANNA, ANNA)


async def test_a_repeated_turn_counts_once(shop_context: Context) -> None:
    anna = Customer(shop_context)
    turn = anna.turn()
    for _ in range(3):
        with pytest.raises(RecordNotFound):
            await prove(turn, OF_ANNA, BRUNO)

    assert await _tries_left(turn) == 4


async def test_a_last_try_that_was_interrupted_may_be_made_again(shop_context: Context) -> None:
    anna = Customer(shop_context)
    for _ in range(proofs.MAX_FAILURES - 1):
        with pytest.raises(RecordNotFound):
            await anna.proves(OF_BRUNO, ANNA)
    turn = anna.turn()
    await turn.context.database.write(proofs.reserve_try, turn.id, OF_ANNA.kind, OF_ANNA.number, turn.now)

    assert await prove(turn, OF_ANNA, ANNA)


async def test_a_shop_that_cannot_say_costs_no_try(shop_context: Context, clock: FixedClock) -> None:
    silent = use_context(shop_context.database, clock, Silent(shop_context.database))
    anna = Customer(silent)

    with pytest.raises(ShopUnavailable):
        await anna.proves(OF_ANNA, ANNA)

    assert await _tries_left(anna.turn()) == 5


async def _tries_left(turn: Turn) -> int:
    return await turn.context.database.read(proofs.attempts_left, turn.id, turn.now)
