"""One-time codes: asked for, typed, counted, limited, and never stored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from typing import Optional

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from base.clock import FixedClock
from base.database import Base, Database
from base.settings import ROOT
from switchboard import codes, email_proofs, jobs, log, ownership, people, proofs
from switchboard.code_words import CodeWords
from switchboard.codes import AGAIN, EXPIRED, MALFORMED, PAUSED, REPLACED, RIGHT, SPENT, TRIES, WRONG, Codes, Outcome
from switchboard.effects import Effect, apply_effects
from switchboard.log import InboundMessage
from switchboard.models import HUMAN, CodeChallenge, CodeTry, Job, Turn
from tests.databases import empty
from tests.switchboard.helpers import WELCOME, sender, texts_of

ANNA, BRUNO = "anna.rossi@example.it", "bruno.bianchi@example.it"
PROOF = timedelta(minutes=60)
CODES = Codes.of("s" * 40, CodeWords.load(ROOT / "data" / "dialogue.yml"), PROOF)
NUMBERS = count(1)


class Customer:
    """Somebody in one web session, at one address."""

    def __init__(self, database: Database, clock: FixedClock, name: str = "anna", address: str = "a1") -> None:
        self._database, self._clock, self._sender = database, clock, sender(f"ws_{name}", address)
        self.conversation_id = self.say("ciao").conversation_id

    def say(self, text: str) -> log.Accepted:
        inbound = InboundMessage(self._sender, f"{self._sender.identity}:{next(NUMBERS)}", text)
        with self._database.writing() as session:
            return log.accept(session, inbound, WELCOME, self._clock.now(), CODES)

    def asks_for_code(self, email: str = ANNA) -> Optional[str]:
        """Ask in a turn; the code that was sent, None when a limit forbade it."""
        turn = self.say("mandami il codice")
        with self._database.writing() as session:
            people.lock_conversation(session, self.conversation_id)
            challenge_id = codes.request(session, self.conversation_id, turn.message_id, email, self._clock.now())
        return CODES.code_of(challenge_id) if challenge_id else None

    def types(self, text: str) -> Optional[Outcome]:
        message = self.say(text)
        with self._database.reading() as session:
            return codes.outcome_of(session, message.message_id)

    def refusal(self, email: str = ANNA) -> Optional[str]:
        turn = self.say("ancora")
        with self._database.reading() as session:
            return codes.refusal(session, self.conversation_id, turn.message_id, email, self._clock.now())

    @property
    def owns(self) -> list[str]:
        with self._database.reading() as session:
            owners = email_proofs.proved_emails(session, self.conversation_id, self._clock.now())
        return [owner.email for owner in owners]


@pytest.fixture
def anna(database: Database, clock: FixedClock) -> Customer:
    return Customer(database, clock)


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**6:06d}"


def test_the_right_code_proves_the_email_for_an_hour(anna: Customer, clock: FixedClock) -> None:
    code = anna.asks_for_code()

    assert anna.types(f"il codice è {code[:3]} {code[3:]}") == Outcome(RIGHT, TRIES)

    assert anna.owns == [ANNA]
    clock.move(PROOF)
    assert anna.owns == []


def test_nothing_but_dots_of_a_code_is_kept(database: Database, anna: Customer) -> None:
    code = anna.asks_for_code()
    typed = [code[:5], wrong(code), f"{code[:3]} {code[3:]}"]
    for text_ in typed:
        anna.types(text_)

    with database.reading() as session:
        stored = texts_of(session, anna.conversation_id)
        rows = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    assert stored[-3:] == ["•••••", "••••••", "•••••••"]
    assert not [row for row in rows for text_ in (*typed, code) if text_ in row]


def test_five_wrong_codes_end_it_also_for_the_right_one(anna: Customer) -> None:
    code = anna.asks_for_code()

    outcomes = [anna.types(wrong(code, by)) for by in range(1, TRIES + 1)]

    assert outcomes == [*(Outcome(WRONG, left) for left in (4, 3, 2, 1)), Outcome(SPENT, 0)]
    assert anna.types(code) == Outcome(SPENT, 0)
    assert anna.owns == []


def test_a_code_counts_for_ten_minutes(anna: Customer, clock: FixedClock) -> None:
    code = anna.asks_for_code()
    clock.move(codes.VALID_FOR)

    assert anna.types(code) == Outcome(EXPIRED, TRIES)
    assert anna.types(wrong(code)) == Outcome(EXPIRED, TRIES)
    assert anna.owns == []


def test_only_the_last_code_counts_and_the_one_before_costs_no_try(anna: Customer, clock: FixedClock) -> None:
    first = anna.asks_for_code()
    clock.move(timedelta(minutes=1))
    second = anna.asks_for_code()

    assert anna.types(first) == Outcome(REPLACED, TRIES)
    assert anna.types(second) == Outcome(RIGHT, TRIES)


def test_a_code_typed_twice_is_no_order_number(anna: Customer) -> None:
    code = anna.asks_for_code()
    anna.types(code)

    assert anna.types(code) == Outcome(AGAIN, TRIES)
    assert anna.types(wrong(code)) is None  # nothing is awaited: an order, perhaps


def test_digits_that_are_no_six_cost_no_try(anna: Customer) -> None:
    code = anna.asks_for_code()

    assert anna.types(code[:5]) == Outcome(MALFORMED, TRIES)
    assert anna.types(code) == Outcome(RIGHT, TRIES)


def test_an_order_is_no_code_while_one_is_awaited(database: Database, anna: Customer) -> None:
    anna.asks_for_code()

    assert anna.types("dov'è l'ordine 104206?") is None
    with database.reading() as session:
        assert texts_of(session, anna.conversation_id)[-1] == "dov'è l'ordine 104206?"


def test_where_no_code_was_asked_for_digits_are_what_they_were(database: Database, anna: Customer) -> None:
    assert anna.types("104206") is None
    with database.reading() as session:
        assert texts_of(session, anna.conversation_id)[-1] == "104206"


def test_a_message_sent_again_is_one_try(database: Database, clock: FixedClock, anna: Customer) -> None:
    code = anna.asks_for_code()
    inbound = InboundMessage(sender(), "ws_anna:again", wrong(code))
    for _ in range(3):
        with database.writing() as session:
            log.accept(session, inbound, WELCOME, clock.now(), CODES)

    assert anna.types(wrong(code, 2)) == Outcome(WRONG, 3)


def test_a_code_is_understood_without_understanding(database: Database, anna: Customer) -> None:
    code = anna.asks_for_code()
    message = anna.say(code)

    with database.reading() as session:
        assert session.get(Turn, message.message_id).button == {"intent": "give_details", "entities": {}}


def test_a_code_is_checked_also_while_a_person_has_the_conversation(
    database: Database, clock: FixedClock, anna: Customer
) -> None:
    code = anna.asks_for_code()
    with database.writing() as session:
        ownership.change_owner(session, anna.conversation_id, 1, HUMAN, clock.now())

    assert anna.types(code) == Outcome(RIGHT, TRIES)


def test_the_code_of_one_conversation_is_none_in_another(database: Database, clock: FixedClock, anna: Customer) -> None:
    code = anna.asks_for_code()
    thief = Customer(database, clock, "thief", "a2")

    assert thief.types(code) is None
    thief.asks_for_code(BRUNO)
    assert thief.types(code) == Outcome(WRONG, 4)
    assert thief.owns == []


def test_another_proof_takes_the_place_of_the_one_before(anna: Customer, clock: FixedClock) -> None:
    anna.types(anna.asks_for_code())
    clock.move(timedelta(minutes=1))

    anna.types(anna.asks_for_code(BRUNO))

    assert anna.owns == [BRUNO]


def test_leaving_and_esci_end_what_was_proved_and_what_was_awaited(
    database: Database, clock: FixedClock, anna: Customer
) -> None:
    anna.types(anna.asks_for_code())
    clock.move(timedelta(minutes=1))
    awaited = anna.asks_for_code()
    turn = anna.say("esci")

    with database.writing() as session:
        assert session.get(Turn, turn.message_id).button == {"intent": "cancel_task", "entities": {}}
        apply_effects(session, anna.conversation_id, turn.message_id, [Effect("log_out", {})], clock.now())

    assert anna.owns == []
    assert anna.types(awaited) == Outcome(EXPIRED, TRIES)
    assert anna.owns == []


def test_the_effect_of_a_turn_sends_one_mail_by_one_job(database: Database, clock: FixedClock, anna: Customer) -> None:
    turn = anna.say("sì")
    with database.writing() as session:
        people.lock_conversation(session, anna.conversation_id)
        effect = Effect("code", {"kind": "code", "email": ANNA})
        apply_effects(session, anna.conversation_id, turn.message_id, [effect], clock.now())

    with database.reading() as session:
        challenge = session.execute(select(CodeChallenge)).scalar_one()
        job = session.execute(select(Job).where(Job.kind == codes.MAIL_JOB)).scalar_one()
    assert (challenge.email, challenge.turn_id) == (ANNA, turn.message_id)
    assert job.payload == {"challenge_id": challenge.id}


def test_codes_are_sent_at_most_so_often(database: Database, clock: FixedClock, anna: Customer) -> None:
    assert anna.asks_for_code()
    assert anna.refusal() == codes.TOO_SOON and anna.asks_for_code() is None
    for _ in range(codes.SENT_IN_CONVERSATION - 1):
        clock.move(timedelta(minutes=1))
        assert anna.asks_for_code()
    clock.move(timedelta(minutes=1))
    assert anna.refusal() == codes.TOO_MANY and anna.refusal(BRUNO) == codes.TOO_MANY

    others = [Customer(database, clock, f"other{n}", f"b{n}") for n in range(3)]
    assert [bool(other.asks_for_code()) for other in others] == [True, True, False]  # five to one address an hour
    clock.move(timedelta(hours=1))
    assert others[2].asks_for_code()


def test_one_network_address_asks_for_ten_codes_an_hour(database: Database, clock: FixedClock) -> None:
    sent = [
        bool(Customer(database, clock, f"c{n}", "one").asks_for_code(f"c{n}@example.it"))
        for n in range(codes.SENT_FOR_ADDRESS + 1)
    ]

    assert sent == [True] * codes.SENT_FOR_ADDRESS + [False]


def test_an_unknown_address_has_the_same_limits(database: Database, clock: FixedClock) -> None:
    refusals = []
    for email in (ANNA, "nobody@example.it"):
        name = email.partition("@")[0]
        customers = [Customer(database, clock, f"{name}{n}", f"{name}{n}") for n in range(6)]
        refusals.append([customer.asks_for_code(email) is None for customer in customers])

    assert refusals[0] == refusals[1] == [False] * 5 + [True]


def test_guessing_one_address_is_paused_and_the_staff_hears_of_guessing_everywhere(
    database: Database, clock: FixedClock
) -> None:
    guesses: list[str] = []
    for n in range(5):  # as many codes as one address gets in an hour
        thief = Customer(database, clock, f"thief{n}", f"x{n}")
        code = thief.asks_for_code()
        outcomes = [thief.types(wrong(code, by)) for by in range(1, TRIES + 1)] if code else []
        guesses += [outcome.kind for outcome in outcomes if outcome]

    assert sum(kind in codes.COUNTED for kind in guesses) == codes.WRONG_OF_EMAIL
    owner = Customer(database, clock, "owner", "home")
    assert owner.refusal() == codes.TOO_MANY
    clock.move(timedelta(hours=1))
    assert owner.types(owner.asks_for_code()) == Outcome(RIGHT, TRIES)


def test_guessing_everywhere_is_stopped_and_told(database: Database, clock: FixedClock) -> None:
    wrongs = 0
    for n in range(codes.WRONG_IN_ALL // TRIES + 5):
        thief = Customer(database, clock, f"thief{n}", f"x{n}")
        code = thief.asks_for_code(f"victim{n}@example.it")
        for by in range(1, TRIES + 1) if code else ():
            wrongs += thief.types(wrong(code, by)).kind in codes.COUNTED

    assert wrongs == codes.WRONG_IN_ALL
    with database.reading() as session:
        assert session.execute(select(Job.payload).where(Job.kind == codes.GUESSED_JOB)).scalars().all()


def test_a_paused_guess_is_not_even_compared(database: Database, clock: FixedClock) -> None:
    thieves = [Customer(database, clock, f"thief{n}", "one") for n in range(3)]
    sent = [thief.asks_for_code(f"v{n}@example.it") for n, thief in enumerate(thieves)]
    for thief, code in zip(thieves[:2], sent):
        for by in range(1, TRIES + 1):
            thief.types(wrong(code, by))

    assert thieves[2].types(sent[2]) == Outcome(PAUSED, TRIES)
    assert thieves[2].owns == []


def test_parallel_guesses_get_five_tries_in_all(database: Database, clock: FixedClock, anna: Customer) -> None:
    """The race that breaks counters: forty guesses at the same moment in one conversation."""
    code = anna.asks_for_code()
    guesses = [wrong(code, by) for by in range(1, 41)]

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(anna.types, guesses))

    kinds = [outcome.kind for outcome in outcomes if outcome]
    assert sorted(kinds) == sorted([WRONG] * 4 + [SPENT] * 36)
    with database.reading() as session:
        assert session.execute(select(CodeChallenge.wrong)).scalar_one() == TRIES
    assert anna.types(code) == Outcome(SPENT, 0)


def test_parallel_guesses_from_many_sessions_stop_at_the_limit_of_the_address(
    database: Database, clock: FixedClock
) -> None:
    thieves = [Customer(database, clock, f"thief{n}", f"x{n}") for n in range(5)]
    sent = [thief.asks_for_code() for thief in thieves]
    guesses = [(thief, wrong(code, by)) for by in range(1, TRIES + 1) for thief, code in zip(thieves, sent) if code]

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda guess: guess[0].types(guess[1]), guesses))

    counted = [outcome for outcome in outcomes if outcome and outcome.kind in codes.COUNTED]
    assert len(counted) == codes.WRONG_OF_EMAIL


def test_a_race_for_codes_to_one_address_sends_five(database: Database, clock: FixedClock) -> None:
    customers = [Customer(database, clock, f"c{n}", f"x{n}") for n in range(12)]

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda customer: customer.asks_for_code(), customers))

    assert sum(code is not None for code in sent) == codes.SENT_TO_EMAIL


def test_what_is_old_is_forgotten(database: Database, clock: FixedClock, anna: Customer) -> None:
    anna.types(anna.asks_for_code())
    later = clock.now() + timedelta(days=8)

    with database.writing() as session:
        codes.forget(session, later - timedelta(days=7))
        email_proofs.forget(session, later)

    with database.reading() as session:
        assert not session.execute(select(CodeTry)).all() and not session.execute(select(CodeChallenge)).all()
        assert session.execute(text("SELECT count(*) FROM proved_emails")).scalar() == 0


def test_codes_are_spread_evenly_and_hang_on_the_key() -> None:
    other = Codes.of("t" * 40, CODES.words, PROOF)
    made = [CODES.code_of(f"ch_{n}") for n in range(20_000)]

    assert all(len(code) == 6 and code.isdigit() for code in made)
    firsts = [sum(code[0] == str(digit) for code in made) for digit in range(10)]
    assert all(1_800 < number < 2_200 for number in firsts)
    assert sum(CODES.code_of(f"ch_{n}") == other.code_of(f"ch_{n}") for n in range(2_000)) < 5


def test_the_shops_secret_itself_is_not_the_key() -> None:
    assert CODES.key != b"s" * 40


def _a_mailed_code_is_over(session: object, challenge_id: str, now: datetime) -> bool:
    return codes.to_send(session, challenge_id, now) is None  # type: ignore[arg-type]


def test_a_code_that_counts_no_more_is_not_sent(database: Database, clock: FixedClock, anna: Customer) -> None:
    anna.asks_for_code()
    with database.reading() as session:
        first = session.execute(select(CodeChallenge.id)).scalar_one()
        assert codes.to_send(session, first, clock.now()) == ANNA
        assert _a_mailed_code_is_over(session, first, clock.now() + codes.VALID_FOR)
    clock.move(timedelta(minutes=1))
    anna.asks_for_code()
    with database.reading() as session:
        assert _a_mailed_code_is_over(session, first, clock.now())


def test_jobs_that_send_mail_are_left_to_their_own_runner(
    database: Database, clock: FixedClock, anna: Customer
) -> None:
    anna.asks_for_code()

    with database.writing() as session:
        assert jobs.take_due(session, "front", clock.now()) is None
        assert jobs.take_due(session, "front", clock.now(), (codes.MAIL_JOB,)) is not None


def test_a_proof_of_level_one_is_over_after_a_while(database: Database, clock: FixedClock, anna: Customer) -> None:
    turn = anna.say("104206")
    with database.writing() as session:
        proofs.grant(session, anna.conversation_id, turn.message_id, "order", "104206", clock.now())

    with database.reading() as session:
        before, after = clock.now() - timedelta(minutes=1), clock.now() + timedelta(minutes=1)
        assert proofs.is_proved(session, anna.conversation_id, "order", "104206", before)
        assert not proofs.is_proved(session, anna.conversation_id, "order", "104206", after)
        assert not proofs.proved_records(session, anna.conversation_id, after)


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "right", "wrong", "old", "wait", "esci", "number"]), st.integers(1, 11)),
    max_size=25,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_done_only_the_last_code_in_time_proves_anything(database: Database, steps: list[Step]) -> None:
    """A model of the rules beside the real thing."""
    empty(database, Base.metadata.sorted_tables)
    clock = FixedClock(datetime.fromisoformat("2026-11-23T09:30:00+00:00"))
    anna = Customer(database, clock)
    code, old, asked_at, tries, proved_at = "", "", clock.now(), 0, None
    for step, number in steps:
        open_ = bool(code) and clock.now() < asked_at + codes.VALID_FOR and tries > 0
        if step == "ask":
            sent = anna.asks_for_code()
            if sent:
                code, old, asked_at, tries = sent, code, clock.now(), TRIES
        elif step == "right" and code:
            outcome = anna.types(code)
            if open_ and outcome and outcome.kind == RIGHT:
                proved_at, tries = clock.now(), 0
            else:
                assert not outcome or outcome.kind != RIGHT
        elif step == "wrong" and code and wrong(code, number) != old:
            outcome = anna.types(wrong(code, number))
            assert not outcome or outcome.kind != RIGHT
            tries -= open_ and bool(outcome) and outcome.kind in codes.COUNTED
        elif step == "old" and old:
            outcome = anna.types(old)
            assert not outcome or outcome.kind != RIGHT
        elif step == "wait":
            clock.move(timedelta(minutes=number))
        elif step == "esci":
            with database.writing() as session:
                proofs.end(session, anna.conversation_id)
            proved_at, tries = None, 0
        else:
            assert anna.types(f"dov'è l'ordine {104200 + number}?") is None
        still = proved_at is not None and clock.now() < proved_at + PROOF
        assert anna.owns == ([ANNA] if still else [])
