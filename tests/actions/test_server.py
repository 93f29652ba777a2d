"""The actions process as the engine meets it: a real one, on a real port."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator

import httpx
import pytest

from base.settings import ROOT
from tests.actions.helpers import user

SECRET = "s" * 40
SHOWN = {"X-Sportello-Secret": SECRET}
START_S = 30.0
WORDS = "parole del cliente"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("actions")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "actions"], cwd=ROOT, env=_environment(folder, port), stderr=log, stdout=log
        )
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            client.log = folder / "log"
            try:
                _wait_for(client, process)
                yield client
            finally:
                process.terminate()
                process.wait(timeout=10)


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "SPORTELLO_ACTIONS_PORT": str(port),
        "SPORTELLO_SECRET": SECRET,
        "SPORTELLO_ENGINE_SECRET": SECRET,
        "SPORTELLO_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'empty.db'}",
    }


def _wait_for(client: httpx.Client, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the actions process did not start")


def call(action: str, text: str = "sì") -> dict[str, Any]:
    event = user(text, "affirm")
    tracker = {"sender_id": "cv_1", "slots": {}, "latest_message": event["parse_data"], "events": [event]}
    return {"next_action": action, "tracker": {**tracker, "active_loop": {}, "latest_action_name": "action_listen"}}


def test_an_action_runs_for_whoever_shows_the_secret(server: httpx.Client) -> None:
    answer = server.post("/webhook", json=call("action_answer_yes"), headers=SHOWN)

    assert answer.status_code == 200
    assert [message["response"] for message in answer.json()["responses"]] == ["utter_yes_to_what"]


@pytest.mark.parametrize("headers", [{}, {"X-Sportello-Secret": "wrong"}])
def test_nothing_runs_without_the_secret(headers: dict[str, str], server: httpx.Client) -> None:
    answer = server.post("/webhook", json=call("action_answer_yes"), headers=headers)

    assert answer.status_code == 401


def test_a_body_that_is_no_json_is_refused(server: httpx.Client) -> None:
    assert server.post("/webhook", content=b"{", headers=SHOWN).status_code == 400


def test_an_unknown_action_is_said_without_repeating_the_conversation(server: httpx.Client) -> None:
    answer = server.post("/webhook", json=call("action_unknown", WORDS), headers=SHOWN)

    assert answer.status_code == 404
    assert WORDS not in answer.text


def test_a_database_without_tables_is_an_apology_and_no_word_of_the_customer_in_the_log(server: httpx.Client) -> None:
    asked = call("validate_order_status_form", WORDS)
    asked["tracker"]["events"].append({"event": "active_loop", "name": "order_status_form"})

    answer = server.post("/webhook", json=asked, headers=SHOWN)

    assert [message["response"] for message in answer.json()["responses"]] == ["utter_error_generic", None]
    assert "OperationalError" in server.log.read_text() and WORDS not in server.log.read_text()
