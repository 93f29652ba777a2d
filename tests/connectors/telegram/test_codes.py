"""A one-time code typed on Telegram: checked before it is stored, like on the web."""

import pytest
from sqlalchemy import select

from base.clock import FixedClock
from base.database import Database
from connectors.telegram import inbox
from connectors.telegram.inbox import Front
from connectors.telegram.updates import Incoming, Words
from switchboard import codes, email_proofs, people
from switchboard.log import InboundMessage
from switchboard.models import Message, Turn
from switchboard.notices import Notices
from switchboard.people import Sender
from switchboard.turns import Taken
from tests.switchboard.helpers import WELCOME
from tests.switchboard.test_codes import ANNA, CODES

CUSTOMER = Sender("telegram", "telegram", "11", "key-11", "address-11")
FRONT = Front("front-1", lambda _conversation, _turn: None, Notices(), CODES)


def _says(database: Database, clock: FixedClock, text: str, for_assistant: bool = True) -> Taken:
    own_id = f"{len(text)}.{text[:8]}"
    inbound = InboundMessage(CUSTOMER, f"tg:11:{own_id}", text, for_assistant=for_assistant)
    incoming = Incoming("11", "11", own_id, Words(text), for_assistant=for_assistant)
    with database.writing() as session:
        return inbox._take(session, inbound, incoming, WELCOME, FRONT, clock.now())


@pytest.mark.parametrize("for_assistant", [True, False])  # an edited message and a caption are notes
def test_a_code_is_checked_and_never_stored(for_assistant: bool, database: Database, clock: FixedClock) -> None:
    asked = _says(database, clock, "mandami il codice").accepted
    with database.writing() as session:
        people.lock_conversation(session, asked.conversation_id)
        challenge_id = codes.request(session, asked.conversation_id, asked.message_id, ANNA, clock.now())
    code = CODES.code_of(str(challenge_id))

    typed = _says(database, clock, f"il codice è {code}", for_assistant).accepted

    with database.reading() as session:
        owners = email_proofs.proved_emails(session, asked.conversation_id, clock.now())
        bodies = [body["text"] for body in session.execute(select(Message.body)).scalars()]
        turn = session.get(Turn, typed.message_id)
    assert [owner.email for owner in owners] == [ANNA]
    assert bodies[-1] == "il codice è ••••••"
    assert (turn.button if turn else None) == ({"intent": "give_details", "entities": {}} if for_assistant else None)


def test_esci_is_understood_without_understanding(database: Database, clock: FixedClock) -> None:
    said = _says(database, clock, "Esci").accepted

    with database.reading() as session:
        assert session.get(Turn, said.message_id).button == {"intent": "cancel_task", "entities": {}}
