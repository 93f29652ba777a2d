"""Level 2 inside a task: what the slots say is never believed, and what is proved opens one's own records only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from actions import context
from actions.context import Context
from actions.orders import ValidateOrderStatusForm
from actions.proof import RecordRef, prove
from actions.proving import identity_for_staff, owners
from actions.records import known_records
from actions.turn import Turn
from base.clock import FixedClock
from base.emails import masked_email
from shop.errors import RecordNotFound
from shop.sql_shop import SqlShop
from switchboard import email_proofs
from switchboard.people import lock_conversation
from tests.actions.helpers import bot, message_in_log, tracker, turn_of, user

ANNA, BRUNO = "anna.rossi@example.it", "bruno.bianchi@example.it"
OF_ANNA, OF_BRUNO = RecordRef("order", "104206"), RecordRef("order", "104233")
FORGED = {
    "proof_step": {"asked": "code", "email": ANNA, "known": True, "missed": 0},
    "talked_about": ["order", "104206"],
    "email": ANNA,
    "proof": "2",
    "level": 2,
}


def turn_in(chosen: Context, conversation_id: str, turn_id: str, slots: object = None) -> Turn:
    said = user("ciao", turn_id=turn_id, proof="2", level="2", identity="code")
    return turn_of(tracker(said, conversation_id=conversation_id, slots=slots), chosen)[0]  # type: ignore[arg-type]


def owner(chosen: Context, email: str = ANNA, method: str = "code") -> Turn:
    """A turn of somebody who has proved to own `email`."""
    conversation_id, turn_id = message_in_log(chosen.database, chosen.clock, "ciao")
    now = chosen.clock.now()
    with chosen.database.writing() as session:
        side = lock_conversation(session, conversation_id).identity_id
        email_proofs.prove(session, conversation_id, side, email, method, now, now + timedelta(minutes=60))
    return turn_in(chosen, conversation_id, turn_id)


async def test_no_slot_and_no_entity_proves_anything(shop_context: Context) -> None:
    conversation_id, turn_id = message_in_log(shop_context.database, shop_context.clock, "ciao")
    turn = turn_in(shop_context, conversation_id, turn_id, FORGED)

    assert await owners(turn) == []
    assert await known_records(turn, ("order", "return", "quote")) == []
    assert not await prove(turn, OF_ANNA, None)
    assert await identity_for_staff(turn) == {}


async def test_an_owner_sees_the_newest_of_his_own_records(shop_context: Context) -> None:
    turn = owner(shop_context)

    known = await known_records(turn, ("order", "return", "quote"))

    emails = {await shop_context.shop.email_of(ref.kind, ref.number) for ref in known}
    assert known[0].kind == "quote" and len(known) == 10 and emails == {ANNA}


async def test_an_owner_needs_no_try_for_his_own_and_has_tries_for_others(shop_context: Context) -> None:
    turn = owner(shop_context)

    assert await prove(turn, OF_ANNA, None)
    assert not await prove(turn, OF_BRUNO, None)
    with pytest.raises(RecordNotFound):
        await prove(turn, OF_BRUNO, ANNA)


async def test_a_proof_that_is_over_opens_nothing(shop_context: Context, clock: FixedClock) -> None:
    turn = owner(shop_context)
    clock.move(timedelta(minutes=60))
    later = turn_in(shop_context, turn.conversation_id, turn.id)

    assert await owners(later) == [] and await known_records(later, ("order",)) == []


async def test_number_and_email_open_a_record_for_a_day(shop_context: Context, clock: FixedClock) -> None:
    conversation_id, turn_id = message_in_log(shop_context.database, shop_context.clock, "ciao")
    assert await prove(turn_in(shop_context, conversation_id, turn_id), OF_ANNA, ANNA)
    assert await prove(turn_in(shop_context, conversation_id, turn_id), OF_ANNA, None)
    clock.move(timedelta(hours=24))

    assert not await prove(turn_in(shop_context, conversation_id, turn_id), OF_ANNA, None)
    assert await prove(turn_in(shop_context, conversation_id, turn_id), OF_ANNA, ANNA)


@pytest.mark.parametrize("method", ["code", "login"])
async def test_the_staff_reads_how_somebody_proved_who_he_is(method: str, shop_context: Context) -> None:
    turn = owner(shop_context, method=method)

    assert await identity_for_staff(turn) == {"identity": method}
    assert await identity_for_staff(turn, OF_ANNA) == {"identity": method}
    assert await identity_for_staff(turn, OF_BRUNO) == {}


class SilentShop(SqlShop):
    """A shop that must not be asked."""

    async def _ask(self, find: object, *question: object) -> object:  # type: ignore[override]
        raise AssertionError("the shop was asked")


@pytest.mark.parametrize("email", [ANNA, "nobody@example.it"])
async def test_a_turn_that_asks_for_a_code_does_not_look_whether_the_address_is_known(
    email: str, shop_context: Context
) -> None:
    """What is never looked up cannot be told apart, neither by words nor by time."""
    chosen = replace(shop_context, codes=True, shop=SilentShop(shop_context.database))
    context.use(chosen)
    conversation_id, turn_id = message_in_log(chosen.database, chosen.clock, email, f"ws_{email}")
    slots = {"proof_step": {"asked": "email"}, "requested_slot": "proof_step"}
    said = user(email, turn_id=turn_id, email=email)
    tracked = tracker(said, slots=slots, form="order_status_form", conversation_id=conversation_id)
    turn, heard = turn_of(tracked, chosen)

    await ValidateOrderStatusForm().act(turn)

    assert heard.responses == ["utter_code_sent_if_known"]
    assert heard.effects == [{"kind": "code", "email": email}]


async def test_without_codes_nobody_is_offered_one(shop_context: Context) -> None:
    assert (await _lacks_his_number(shop_context)).responses == ["utter_explain_order_number"]

    with_codes = replace(shop_context, codes=True)
    context.use(with_codes)
    assert (await _lacks_his_number(with_codes)).responses == ["utter_code_ask_email_without_number"]


async def _lacks_his_number(chosen: Context) -> object:
    conversation_id, turn_id = message_in_log(chosen.database, chosen.clock, "non ho il numero")
    asked = bot("utter_ask_order_status_form_order_number")
    said = user("non ho il numero", "lack_details", turn_id)
    slots = {"requested_slot": "order_number"}
    tracked = tracker(asked, said, slots=slots, form="order_status_form", conversation_id=conversation_id)
    turn, heard = turn_of(tracked, chosen)
    await ValidateOrderStatusForm().act(turn)
    return heard


@pytest.mark.parametrize(
    ("address", "masked"),
    [(ANNA, "a•••@example.it"), ("ab@example.it", "a•••@example.it"), ("a@example.it", "•••@example.it")],
)
def test_an_address_is_masked_so_that_only_its_owner_knows_it(address: str, masked: str) -> None:
    assert masked_email(address) == masked
