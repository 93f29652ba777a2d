"""The engine and the actions of the throw-away bot as real processes.

Run as a module it is one of them: `python -m tests.engine.processes engine|actions`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import httpx

from base.settings import ROOT, load_settings
from engine.models import write_current
from engine.service import model_to_serve
from tests.made_here import made_here

BOT = Path(__file__).parent / "bot"
SECRET = "engine-secret-of-the-tests-0123456789"
START_S = 90
STOP_S = 20


@dataclass
class Process:
    """A process that answers on `url`; what it logs is in `log`."""

    role: str
    env: dict[str, str]
    health: str
    log: Path
    popen: Optional[subprocess.Popen] = field(default=None)

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tests.engine.processes", self.role]
            self.popen = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self.env}, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.popen.poll() is None, self.log.read_text()
            try:
                if httpx.get(self.health, timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"{self.role} is not ready after {START_S} s: {self.log.read_text()}")

    def kill(self) -> None:
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait(STOP_S)

    def stop(self) -> None:
        if self.popen and self.popen.poll() is None:
            self.popen.terminate()
            self.popen.wait(STOP_S)


class Engine:
    """Both processes, and a front that calls them.

    `configuration` holds the files of the bot as the engine reads them.
    """

    def __init__(self, folder: Path, model: Path, database_url: str, texts: Path = BOT / "data" / "responses") -> None:
        configuration = folder / "configuration"
        configuration.mkdir()
        shutil.copy(ROOT / "credentials.yml", configuration)
        endpoints = (ROOT / "endpoints.yml").read_text() + f"  folder: {texts}\n"
        (configuration / "endpoints.yml").write_text(endpoints)
        engine_port, actions_port = _free_port(), _free_port()
        write_current(folder / "models", made_here(model, folder / "models", SECRET))
        env = {
            "SPORTELLO_SECRET": "secret-of-the-tests-0123456789-0123456789",
            "SPORTELLO_ENGINE_SECRET": SECRET,
            "SPORTELLO_ENGINE_PORT": str(engine_port),
            "SPORTELLO_ACTIONS": "process",
            "SPORTELLO_ACTIONS_PORT": str(actions_port),
            "SPORTELLO_VAR": str(folder),
            "DATABASE_URL": database_url,
            "TEST_CONFIGURATION": str(configuration),
            "SPORTELLO_MODELS": str(folder / "models"),
        }
        self.url = f"http://127.0.0.1:{engine_port}/webhooks/sportello"
        self.actions_url = f"http://127.0.0.1:{actions_port}"
        self.engine = Process("engine", env, f"{self.url}/ready", folder / "engine.log")
        self.actions = Process("actions", env, f"{self.actions_url}/health", folder / "actions.log")

    def start(self) -> None:
        self.engine.start()
        self.actions.start()
        self.actions.wait_until_ready()
        self.engine.wait_until_ready()

    def stop(self) -> None:
        self.engine.stop()
        self.actions.stop()

    def ask(self, turn_id: str, text: str, **fields: Any) -> httpx.Response:
        """One turn, as the front asks for it."""
        return httpx.post(**self.request(turn_id, text, **fields))

    def request(self, turn_id: str, text: str, secret: str = SECRET, **fields: Any) -> dict[str, Any]:
        body = {
            "turn_id": turn_id,
            "conversation_id": "cv_1",
            "text": text,
            "button": None,
            "channel": "web",
            "sent_at": "2026-11-23T09:15:02.120Z",
            **fields,
        }
        return {"url": f"{self.url}/turn", "json": body, "headers": {"X-Sportello-Secret": secret}, "timeout": 30}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run_engine() -> None:
    import engine.__main__ as process

    settings = load_settings()
    listener = process.listen(settings.engine_port)
    process.prepare(settings)
    model = model_to_serve(settings.models, settings.engine_secret)
    process.serve(settings, model, listener, Path(os.environ["TEST_CONFIGURATION"]))


def _run_actions() -> None:
    from actions.__main__ import HOST, build_app
    from base.logs import configure_logging

    settings = load_settings()
    configure_logging(settings.log_level)
    app = build_app("tests.engine.bot_actions", settings.engine_secret)
    app.run(host=HOST, port=settings.actions_port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    {"engine": _run_engine, "actions": _run_actions}[sys.argv[1]]()
