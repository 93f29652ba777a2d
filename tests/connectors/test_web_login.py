"""The shop's own login: which tokens are believed, and that each of them counts once."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.clock import FixedClock
from base.database import Database
from base.settings import LoginKey
from connectors.web_login import LONGEST_LIFE, SKEW, Login, LoginRefused, Logins
from switchboard import email_proofs, proofs
from tests.connectors.web_server import Client, Server, connected

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
OLD, NEW, STRANGER = LoginKey("2025", "o" * 32), LoginKey("2026", "n" * 32), LoginKey("2026", "x" * 32)
ANNA, BRUNO = "anna.rossi@example.it", "bruno.bianchi@example.it"
PROOF = timedelta(minutes=60)
LOGINS = Logins((NEW, OLD), "sportello", PROOF)


def token(key: LoginKey = NEW, headers: Any = None, now: datetime = NOW, **claims: Any) -> str:
    issued = int(now.timestamp())
    said = {"aud": "sportello", "email": ANNA, "iat": issued, "exp": issued + 300, "jti": "t1", **claims}
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, key.secret, algorithm="HS256", headers={"kid": key.id, **(headers or {})})


@pytest.mark.parametrize("key", [OLD, NEW])
def test_a_token_of_any_of_the_shops_keys_is_read(key: LoginKey) -> None:
    assert LOGINS.read(token(key), NOW) == Login(ANNA, "t1", NOW + timedelta(seconds=300) + SKEW)


def test_the_email_is_read_as_everywhere_else() -> None:
    assert LOGINS.read(token(email=" Anna.Rossi@Example.IT "), NOW).email == ANNA


def _unsigned() -> str:
    parts = ({"alg": "none", "kid": "2026"}, {"aud": "sportello", "email": ANNA, "iat": 1, "exp": 2, "jti": "x"})
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


AT = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (token(STRANGER), "InvalidSignatureError"),
        (token(headers={"kid": "2024"}), "not in SPORTELLO_LOGIN_KEYS"),
        (jwt.encode({"aud": "sportello", "email": ANNA}, NEW.secret, "HS256"), "not in SPORTELLO_LOGIN_KEYS"),
        (_unsigned(), "InvalidAlgorithmError|Error"),
        (jwt.encode({"aud": "sportello"}, NEW.secret + "n" * 16, "HS384", headers={"kid": "2026"}), "Error"),
        (token(aud="another-shop"), "InvalidAudienceError"),
        (token(aud=None), "MissingRequiredClaimError"),
        (token(jti=None), "MissingRequiredClaimError"),
        (token(iat=None), "MissingRequiredClaimError"),
        (token(exp=None), "MissingRequiredClaimError"),
        (token(email=None), "MissingRequiredClaimError"),
        (token(email="anna"), "email"),
        (token(jti=""), "jti"),
        (token(jti="x" * 101), "jti"),
        (token(exp=AT + int(LONGEST_LIFE.total_seconds()) + 1), "lives too long"),
        (token(exp=AT - 1), "lives too long"),
        (token(iat=AT + 61, exp=AT + 100), "not valid yet"),
        (token(nbf=AT + 61), "not valid yet"),
        (token(iat=AT - 400, exp=AT - 60), "is over"),
        (token()[:-2], "Error|cannot be read"),
        ("", "no token"),
        ("a.b.c", "cannot be read"),
        ("x" * 5_000, "no token"),
        ("è.à.ù", "no token"),
        (None, "no token"),
        (42, "no token"),
    ],
)
def test_any_other_token_proves_nothing(written: Any, why: str) -> None:
    with pytest.raises(LoginRefused, match=why):
        LOGINS.read(written, NOW)


def test_clocks_may_differ_by_a_minute() -> None:
    assert LOGINS.read(token(iat=AT + 59, exp=AT + 100), NOW)
    assert LOGINS.read(token(iat=AT - 400, exp=AT - 59), NOW)


@given(st.text() | st.binary() | st.lists(st.text(alphabet="abcXYZ019-_=", max_size=40)).map(".".join))
def test_nothing_that_was_not_signed_is_a_login(written: object) -> None:
    with pytest.raises(LoginRefused):
        LOGINS.read(written, NOW)


@given(st.integers(0, 300), st.integers(1, 127))
def test_a_token_changed_anywhere_is_refused(place: int, by: int) -> None:
    whole = token()
    place %= len(whole)
    other = chr((ord(whole[place]) + by) % 128)
    changed = whole[:place] + other + whole[place + 1 :]
    last_of_signature = place == len(whole) - 1  # base64 leaves two bits of it unused

    if changed != whole and not last_of_signature:
        with pytest.raises(LoginRefused):
            LOGINS.read(changed, NOW)


def _server(database: Database, clock: FixedClock) -> Server:
    return Server(database, clock, logins=LOGINS)


def _owns(database: Database, conversation_id: str, clock: FixedClock) -> list[tuple[str, str]]:
    with database.reading() as session:
        owners = email_proofs.proved_emails(session, conversation_id, clock.now())
    return [(owner.email, owner.method) for owner in owners]


async def _logs_in(client: Client, written: Any) -> Any:
    answer = await client.call("login", {"token": written})
    return answer.get("proved_until") if answer["ok"] else answer["error"]["code"]


async def test_a_login_proves_the_email_in_the_open_conversation(database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        until = await _logs_in(client, token())

    assert until == "2026-11-23T10:30:00.000Z"
    assert _owns(database, opened["conversation"], clock) == [(ANNA, "login")]
    clock.move(PROOF)
    assert _owns(database, opened["conversation"], clock) == []


async def test_a_login_counts_once(database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        await _logs_in(client, token())
        with database.writing() as session:  # "esci"
            proofs.end(session, opened["conversation"])
        again = await _logs_in(client, token())

        assert again is None and _owns(database, opened["conversation"], clock) == []
        assert await _logs_in(client, token(jti="t2")) is not None


async def test_a_login_that_was_copied_is_refused(database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        await client.open()
        await _logs_in(client, token())
        async with connected(server.port) as thief:
            stolen = await thief.open()

            assert await _logs_in(thief, token()) == "login_refused"
    assert _owns(database, stolen["conversation"], clock) == []


async def test_somebody_else_who_logs_in_gets_nothing_of_the_one_before(database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        await _logs_in(client, token())
        said = await client.say("104206")
        with database.writing() as session:
            turn_id = next(turn.id for turn in server.claimed if turn)
            proofs.grant(session, opened["conversation"], turn_id, "order", "104206", clock.now())
        await _logs_in(client, token(jti="t2", email=BRUNO))

    assert said["ok"] and _owns(database, opened["conversation"], clock) == [(BRUNO, "login")]
    with database.reading() as session:
        assert not proofs.proved_records(session, opened["conversation"])


async def test_who_logs_out_at_the_shop_is_nobody_in_the_chat(database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        await _logs_in(client, token())

        assert await _logs_in(client, None) is None
    assert _owns(database, opened["conversation"], clock) == []


async def test_beginning_again_ends_what_a_login_proved(database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        await client.say("ciao")
        await _logs_in(client, token())
        restarted = await client.call("restart", {})

    assert restarted["conversation"] != opened["conversation"]
    assert _owns(database, restarted["conversation"], clock) == []
    assert _owns(database, opened["conversation"], clock) == []


@pytest.mark.parametrize("data", [None, {}, [], "x", {"token": 3}, {"token": {"email": ANNA}}, {"email": ANNA}])
async def test_what_is_no_token_is_a_bad_request(data: Any, database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        answer = await client.call("login", data)

    assert answer["error"]["code"] == "bad_request"
    assert _owns(database, opened["conversation"], clock) == []


async def test_without_keys_there_are_no_logins(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        await client.open()

        assert await _logs_in(client, token()) == "login_off"


async def test_without_a_session_there_is_no_login(database: Database, clock: FixedClock) -> None:
    async with _server(database, clock).serving() as server, connected(server.port) as client:
        assert await _logs_in(client, token()) == "no_session"
