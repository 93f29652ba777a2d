"""Files in the log: sent once, by their owner, and with one request."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.clock import FixedClock
from base.database import Database
from switchboard import attachments, log, turns, uploads
from switchboard.attachments import LONGEST_NAME, MOST_PER_MESSAGE, SEND, UnknownAttachment, clean_name
from switchboard.body import Reply
from switchboard.effects import Effect
from switchboard.leaving import leave, restart
from switchboard.log import InboundMessage
from switchboard.people import IdentityEnded, lock_conversation
from switchboard.sides import file_of
from switchboard.uploads import FileLimits, NewFile, NoRoom
from tests.switchboard.helpers import FRONT, WELCOME, claim, say, sender

LIMITS = FileLimits(per_hour=4, per_conversation=6)


class Customer:
    """One who uploads and sends."""

    def __init__(self, database: Database, clock: FixedClock, session_id: str = "ws_anna") -> None:
        self._database, self._clock, self.sender = database, clock, sender(session_id)

    def upload(self, name: str, limits: FileLimits = LIMITS) -> str:
        new = NewFile(f"{self.sender.identity}:{name}", f"at_{name}{self.sender.identity}", "image/jpeg", name, 9, 4, 3)
        return self._write(uploads.keep, self.sender, new, limits, WELCOME).id

    def send(self, *ids: str, text: str = "", client_id: str = "1") -> log.Accepted:
        inbound = InboundMessage(
            self.sender,
            f"{self.sender.identity}:{client_id}",
            text or "[allegato]",
            attachments=ids,
            wordless=not text,
        )
        return self._write(log.accept, inbound, WELCOME)

    def see(self, id_: str) -> attachments.SentFile:
        with self._database.reading() as session:
            return file_of(session, self.sender, id_, self._clock.now())

    def _write(self, function: Any, *args: Any) -> Any:
        with self._database.writing() as session:
            return function(session, *args, self._clock.now())


@pytest.fixture
def anna(database: Database, clock: FixedClock) -> Customer:
    return Customer(database, clock)


@pytest.fixture
def bruno(database: Database, clock: FixedClock) -> Customer:
    return Customer(database, clock, "ws_bruno")


def test_files_come_in_the_body_in_their_order(anna: Customer) -> None:
    first, second = anna.upload("a"), anna.upload("b")

    row = anna.send(second, first, text="eccole").row

    assert row is not None and row.body["text"] == "eccole" and "wordless" not in row.body
    assert row.body["attachments"] == [
        {"id": second, "type": "image/jpeg", "name": "b", "bytes": 9, "width": 4, "height": 3},
        {"id": first, "type": "image/jpeg", "name": "a", "bytes": 9, "width": 4, "height": 3},
    ]


def test_a_message_of_files_alone_has_its_turn_like_any_other(
    database: Database, clock: FixedClock, anna: Customer
) -> None:
    accepted = anna.send(anna.upload("a"))

    with database.writing() as session:
        turn = claim(session, accepted.conversation_id, clock.now())
    assert turn is not None and turn.text == "[allegato]" and turn.attachments == 1
    assert turn.button == {"intent": SEND, "entities": {}}
    assert accepted.row is not None and accepted.row.body["wordless"] is True


def test_a_message_sent_again_is_the_same_message_with_the_same_files(anna: Customer) -> None:
    photo = anna.upload("a")
    first = anna.send(photo)

    again = anna.send(photo)

    assert again.repeated and (again.message_id, again.seq) == (first.message_id, first.seq)


@pytest.mark.parametrize("ids", [["at_nothing"], ["twice", "twice"], ["sent before"], ["of another"], ["too many"]])
def test_what_cannot_be_sent_leaves_nothing(
    database: Database, anna: Customer, bruno: Customer, ids: list[str]
) -> None:
    sent_before, of_another, own = anna.upload("a"), bruno.upload("b"), anna.upload("c")
    conversation_id = anna.send(sent_before).conversation_id
    meant = {"sent before": [sent_before], "of another": [own, of_another], "twice": [own, own]}
    many = ["at_x"] * (MOST_PER_MESSAGE + 1)

    with pytest.raises(UnknownAttachment):
        anna.send(*({**meant, "too many": many}.get(ids[0], ids)), client_id="2")

    with database.reading() as session:
        assert len(log.rows_since(session, conversation_id, 0)) == 2
        assert attachments.loose_in(session, conversation_id) == 1


def test_the_same_upload_twice_is_one_file(anna: Customer) -> None:
    assert anna.upload("a") == anna.upload("a")


def test_there_is_an_end_to_what_a_customer_may_send(clock: FixedClock, anna: Customer, bruno: Customer) -> None:
    for name in "abcd":
        anna.upload(name)
    with pytest.raises(NoRoom) as hourly:
        anna.upload("e")
    bruno.upload("a")

    clock.move(timedelta(minutes=61))
    for name in "ef":
        anna.upload(name)
    with pytest.raises(NoRoom) as for_good:
        anna.upload("g")

    assert hourly.value.hourly and not for_good.value.hourly


def test_a_new_conversation_has_room_again_but_the_hour_counts_on(
    database: Database, clock: FixedClock, anna: Customer
) -> None:
    anna.send(anna.upload("a"))
    with database.writing() as session:
        restart(session, anna.sender, None, WELCOME, clock.now())

    with pytest.raises(NoRoom):
        anna.upload("b", FileLimits(per_hour=1, per_conversation=1))
    assert anna.upload("b", FileLimits(per_hour=2, per_conversation=1))


def test_only_its_owner_sees_a_file_and_only_until_he_leaves(
    database: Database, clock: FixedClock, anna: Customer, bruno: Customer
) -> None:
    photo = anna.upload("a")
    bruno.upload("b")

    assert anna.see(photo).id == photo
    with pytest.raises(UnknownAttachment):
        bruno.see(photo)
    with database.writing() as session:
        leave(session, anna.sender, Reply("uscita"), clock.now())
    with pytest.raises(IdentityEnded):
        anna.see(photo)
    with database.reading() as session:
        assert attachments.for_staff(session, photo)[0].id == photo


def test_a_file_goes_with_one_request_and_with_the_first(database: Database, clock: FixedClock, anna: Customer) -> None:
    photo = anna.upload("a")
    anna.upload("unsent")
    accepted = anna.send(photo)
    first = _ask(database, clock, accepted.conversation_id, "intent:report_item_problem")
    later = anna.upload("b")
    anna.send(later, client_id="2")
    second = _ask(database, clock, accepted.conversation_id, "intent:request_invoice")

    with database.reading() as session:
        assert [file.id for file in attachments.of_request(session, first)] == [photo]
        assert [file.id for file in attachments.of_request(session, second)] == [later]


def test_the_shop_sends_files_too(database: Database, clock: FixedClock, anna: Customer) -> None:
    label = anna.upload("etichetta")
    conversation_id = anna.send(anna.upload("a")).conversation_id
    with database.writing() as session:
        conversation = lock_conversation(session, conversation_id)
        reply = Reply("Ecco l'etichetta.", attachments=(label,))
        row = log.append_reply(session, conversation, "web", reply, clock.now(), author_kind="agent", author="Giulia")

    assert [file["id"] for file in row.body["attachments"]] == [label]
    assert anna.see(label).name == "etichetta"


def test_what_is_never_sent_is_forgotten_and_nothing_else(
    database: Database, clock: FixedClock, anna: Customer
) -> None:
    sent, unsent = anna.upload("a"), anna.upload("b")
    anna.send(sent)
    clock.move(timedelta(hours=25))
    young = anna.upload("c")

    with database.writing() as session:
        assert attachments.forget_unsent(session, clock.now() - timedelta(days=1)) == [unsent]
        assert attachments.unknown_among(session, [sent, unsent, young]) == [unsent]


def test_erasing_a_conversation_names_the_files_to_be_removed(
    database: Database, clock: FixedClock, anna: Customer, bruno: Customer
) -> None:
    photos = [anna.upload("a"), anna.upload("b")]
    accepted = anna.send(photos[0])
    _ask(database, clock, accepted.conversation_id, "asked")
    others = bruno.upload("c")

    with database.writing() as session:
        assert sorted(attachments.erase_of(session, [accepted.conversation_id])) == photos
        assert attachments.unknown_among(session, [*photos, others]) == photos


@given(st.text(max_size=200))
def test_a_name_is_only_shown_and_says_what_the_file_is(raw: str) -> None:
    name = clean_name(raw, ".jpg")

    if name is not None:
        assert name.endswith(".jpg") and len(name) <= LONGEST_NAME + 4
        assert not set(name) & set("/\\\u202e\u2066\u2028")
        assert not any(ord(character) < 32 for character in name)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("vaso.HEIC", "vaso.jpg"),
        ("C:\\Users\\anna\\vaso rotto.png", "vaso rotto.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("vaso\u202egpj.exe", "vasogpj.jpg"),
        ("4111 1111 1111 1111.jpg", "•••• •••• •••• 1111.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
        ("...", None),
        ("", None),
    ],
)
def test_names_that_would_do_harm_are_harmless(raw: str, shown: str) -> None:
    assert clean_name(raw, ".jpg") == shown


def _ask(database: Database, clock: FixedClock, conversation_id: str, reason: str) -> int:
    """A turn that leaves a request; its number."""
    with database.writing() as session:
        turn = turns.claim_next(session, conversation_id, FRONT, clock.now())
        if turn is None:
            say(session, reason, clock.now(), client_id=reason)
            turn = turns.claim_next(session, conversation_id, FRONT, clock.now())
        assert turn is not None
        effect = Effect("staff_request", {"reason": reason, "about": {}})
        ended = turns.complete(session, turn, [Reply("n. {request_number}")], [effect], clock.now())
    assert ended is not None
    return int(ended.rows[0].body["text"].removeprefix("n. "))
