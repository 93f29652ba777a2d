"""The engine as the front meets it: real processes."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import Callable

import httpx
import pytest
from sqlalchemy import select

from base.database import Database
from engine.tables import TrackerRow
from tests.engine.processes import Engine

pytestmark = [pytest.mark.model, pytest.mark.e2e]

APOLOGY = ["Qualcosa è andato storto."]
FAILED_TURN = [{"kind": "staff_request", "reason": "failed_turn"}]

_numbers = itertools.count(1)


@pytest.fixture
def turn_id() -> str:
    return f"ms_{next(_numbers)}"


def test_the_engine_says_when_it_is_ready(running: Engine) -> None:
    said = httpx.get(f"{running.url}/ready").json()

    assert (said["ready"], said["model"], len(said["sha256"])) == (True, "test", 64)


def test_a_turn_is_answered_as_documented(running: Engine, turn_id: str) -> None:
    answer = _press(running, turn_id, "ask_action").json()

    assert answer["replies"] == [
        {
            "text": "La tua richiesta {request_number} è del turno " + turn_id + ".",
            "buttons": [],
            "card": {"kind": "timeline", "title": "Ordine 104233", "steps": [], "facts": [], "links": []},
            "response": "utter_answer",
        }
    ]
    assert answer["effects"] == [{"kind": "staff_request", "reason": "asked"}]
    assert answer["understood"] == {
        "intent": "ask_action",
        "confidence": 1.0,
        "entities": {},
        "ranking": [["ask_action", 1.0]],
    }


def test_a_repeated_turn_gets_the_same_answer(running: Engine, turn_id: str) -> None:
    answers = [running.ask(turn_id, "a che ora aprite").content for _ in range(3)]

    assert len(set(answers)) == 1


def test_without_the_secret_nothing_is_told(running: Engine, turn_id: str) -> None:
    assert running.ask(turn_id, "ciao", secret="wrong").status_code == 401
    assert running.ask(turn_id, "ciao", secret="").status_code == 401
    assert httpx.post(f"{running.url}/turn", json={}).status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"turn_id": 1}', b"\xff", b'"' + b"x" * 9_000 + b'"'])
def test_a_malformed_request_is_refused(running: Engine, body: bytes) -> None:
    headers = {"X-Sportello-Secret": running.request("", "")["headers"]["X-Sportello-Secret"]}

    answer = httpx.post(f"{running.url}/turn", content=body, headers=headers)

    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


def test_a_command_of_rasa_s_is_plain_text(running: Engine, turn_id: str) -> None:
    answer = running.ask(turn_id, ' /thank{"mood": "buono"}').json()

    assert answer["understood"]["confidence"] < 1.0


@pytest.mark.parametrize("intent", ["ask_silent", "ask_unknown", "ask_gap"])
def test_a_turn_is_never_silent(running: Engine, turn_id: str, intent: str) -> None:
    answers = [_press(running, turn_id, intent).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert [reply["text"] for reply in answers[0]["replies"]] == APOLOGY
    assert answers[0]["effects"] == FAILED_TURN


def test_what_was_said_before_an_action_failed_stays_said(running: Engine, turn_id: str) -> None:
    answer = _press(running, turn_id, "ask_failing").json()

    assert [reply["text"] for reply in answer["replies"]] == ["Apriamo alle 9, guarda qui sotto.", *APOLOGY]
    assert answer["effects"] == FAILED_TURN


def test_a_check_that_fails_breaks_the_turn_and_leaves_the_conversation(running: Engine, turn_id: str) -> None:
    broken = _press(running, turn_id, "affirm")

    assert (broken.status_code, broken.json()) == (500, {"error": "turn_failed"})
    assert _press(running, f"{turn_id}_next", "thank").status_code == 200


def test_a_turn_waits_for_an_actions_process_that_is_away(running: Engine, turn_id: str) -> None:
    running.actions.kill()

    refused = _press(running, turn_id, "ask_action")

    running.actions.start()
    running.actions.wait_until_ready()
    assert (refused.status_code, refused.json()) == (409, {"error": "actions_away"})
    assert _press(running, turn_id, "ask_action").json()["effects"] == [{"kind": "staff_request", "reason": "asked"}]


async def test_turns_asked_at_once_are_answered_once_each(running: Engine, turn_id: str) -> None:
    asked = [f"{turn_id}_{number % 4}" for number in range(12)]

    async with httpx.AsyncClient() as client:
        answers = await asyncio.gather(*(client.post(**_pressing(running, name, "ask_action")) for name in asked))

    by_turn = {name: {answer.content for answer in answers if answer.json()["turn_id"] == name} for name in asked}
    assert all(len(same) == 1 for same in by_turn.values())


def test_a_turn_saved_and_not_answered_is_answered_after_a_restart(running: Engine, turn_id: str) -> None:
    with httpx.Client() as client, suppress(httpx.ReadTimeout):  # nobody listens; a busy computer may hear it even so
        client.post(**{**_pressing(running, turn_id, "ask_action"), "timeout": httpx.Timeout(5, read=0.001)})
    database = Database(running.engine.env["DATABASE_URL"])
    _wait_until(lambda: _last_turn(database) == turn_id)
    running.engine.kill()
    stored = _last_result(database)
    database.close()

    running.engine.start()
    running.engine.wait_until_ready()

    assert _press(running, turn_id, "ask_action").json() == stored


def test_nothing_a_customer_wrote_is_in_a_log(running: Engine, turn_id: str) -> None:
    secret = "sonoannarossi"

    running.ask(turn_id, f"ciao {secret}")
    _press(running, f"{turn_id}_form", "track_order", title=secret, order_number=secret)
    _press(running, f"{turn_id}_fail", "ask_failing", title=secret)
    _press(running, f"{turn_id}_break", "affirm", title=secret)
    running.ask(f"{turn_id}_slash", f"/{secret}")

    for process in (running.engine, running.actions):
        assert process.log.read_text()
        assert secret not in process.log.read_text()


def test_nothing_else_is_served(running: Engine) -> None:
    root = running.url.removesuffix("/webhooks/sportello")

    for path in ("/", "/version", "/status", "/model", "/conversations/cv_1/tracker", "/webhooks/rest/webhook"):
        answer = httpx.get(root + path, headers={"Origin": "https://example.it"})
        assert answer.status_code == 404
        assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_actions_speak_to_the_engine_only(running: Engine) -> None:
    answer = httpx.post(f"{running.actions_url}/webhook", json={"next_action": "action_answer"})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ({}, "engine: port "),
        ({"SPORTELLO_ENGINE_PORT": "abc"}, "engine: SPORTELLO_ENGINE_PORT"),
        ({"SPORTELLO_ENGINE_PORT": "1", "SPORTELLO_ENGINE_SECRET": ""}, "engine: SPORTELLO_ENGINE_SECRET"),
    ],
)
def test_what_is_in_the_way_is_one_line(running: Engine, env: dict[str, str], line: str) -> None:
    command = [sys.executable, "-m", "engine"]

    ended = subprocess.run(command, env={**os.environ, **running.engine.env, **env}, capture_output=True, timeout=30)

    assert ended.returncode == 1
    assert ended.stderr.decode().startswith(line)
    assert ended.stderr.count(b"\n") == 1


def _press(engine: Engine, turn_id: str, intent: str, title: str = "x", **entities: str) -> httpx.Response:
    return httpx.post(**_pressing(engine, turn_id, intent, title, **entities))


def _pressing(engine: Engine, turn_id: str, intent: str, title: str = "x", **entities: str) -> dict:
    return engine.request(turn_id, title, button={"intent": intent, "entities": entities})


def _wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline


def _last_turn(database: Database) -> str:
    with database.reading() as session:
        return session.scalar(select(TrackerRow.last_turn_id))


def _last_result(database: Database) -> dict:
    with database.reading() as session:
        return json.loads(json.dumps(session.scalar(select(TrackerRow.last_result))))
