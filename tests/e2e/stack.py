"""The whole of Sportello as a user runs it: `sportello up` with its own ports, folder and database."""

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping, Optional
from urllib.error import URLError
from urllib.request import urlopen

from base.settings import ROOT
from bench.processes import free_ports
from engine.models import sealed, usable_model, write_current
from tests.made_here import link_or_copy

SPORTELLO = Path(sys.executable).with_name("sportello")
READY_S = 120
ENGINE_SECRET = "engine-" * 10


@dataclass(frozen=True)
class Stack:
    """A running Sportello."""

    process: subprocess.Popen
    url: str
    port: int
    engine_port: int
    actions_port: int
    database_url: str
    var: Path
    actions_apart: bool
    environment: Mapping[str, str]

    async def sportello(self, exit_code: int, *words: str, typed: str = "", cwd: Optional[Path] = None) -> str:
        """What `sportello` says to these words, in this installation, when `typed` comes on its standard input.

        Raises:
            AssertionError: it left with another exit code; the message is what it said.
        """
        pipe = asyncio.subprocess.PIPE
        command = await asyncio.create_subprocess_exec(
            SPORTELLO, *words, env=self.environment, cwd=cwd, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT
        )
        said = (await command.communicate(typed.encode()))[0].decode()
        assert command.returncode == exit_code, f"sportello {shlex.join(words)}: {said}"
        return said

    def pid_of(self, child: str) -> Optional[int]:
        """The process id of `front`, `engine` or `actions`, None while it is not there."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in children:
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except FileNotFoundError:
                continue
            if child.encode() in command:
                return int(pid)
        return None

    def kill(self, child: str) -> None:
        """`kill -9` one of the processes."""
        pid = self.pid_of(child)
        if pid:
            os.kill(pid, signal.SIGKILL)

    async def until_ready(self, seconds: float = READY_S) -> None:
        """Wait until all processes answer.

        Raises:
            AssertionError: they did not in time; the message holds the end of the logs.
        """
        end = time.monotonic() + seconds
        while not await asyncio.to_thread(self._all_answer):
            assert self.process.poll() is None, f"sportello up ended: {self.logs()}"
            assert time.monotonic() < end, f"not ready: {self.logs()}"
            await asyncio.sleep(0.1)

    def logs(self) -> str:
        """The last lines of every log."""
        files = sorted((self.var / "log").glob("*.log")) + [self.var / "up.out"]
        return "\n".join(
            f"--- {file.name}\n" + "\n".join(file.read_text().splitlines()[-15:]) for file in files if file.exists()
        )

    def _all_answer(self) -> bool:
        addresses = (
            f"{self.url}/health",
            f"http://127.0.0.1:{self.engine_port}/webhooks/sportello/ready",
            *([f"http://127.0.0.1:{self.actions_port}/health"] if self.actions_apart else []),
        )
        return all(_answers(address) for address in addresses)


@contextmanager
def running(var: Path, database_url: Optional[str] = None, **env: str) -> Iterator[Stack]:
    """Start everything with the demo shop, and stop it again; `env` adds to the environment."""
    port, engine_port, actions_port = free_ports(3)
    apart = env.get("SPORTELLO_ACTIONS") == "process"
    database_url = database_url or f"sqlite:///{var / 'sportello.db'}"
    var.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "SPORTELLO_DEV": "1",
        "SPORTELLO_VAR": str(var),
        "SPORTELLO_PORT": str(port),
        "SPORTELLO_ENGINE_PORT": str(engine_port),
        "SPORTELLO_ACTIONS_PORT": str(actions_port),
        "SPORTELLO_SECRET": "test-" * 10,
        "SPORTELLO_ENGINE_SECRET": ENGINE_SECRET,
        "SPORTELLO_MODELS": str(_own_models(var)),
        "DATABASE_URL": database_url,
        **env,
    }
    with (var / "up.out").open("wb") as output:
        process = subprocess.Popen(
            [str(SPORTELLO), "up", "--demo"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        yield Stack(process, url, port, engine_port, actions_port, database_url, var, apart, environment)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _own_models(var: Path) -> Path:
    """A folder with the model that was trained last, sealed for this installation; it goes into service by itself."""
    models, trained = var / "models", usable_model(Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models"))
    models.mkdir(exist_ok=True)
    link_or_copy(trained.path, models / trained.path.name)
    write_current(models, sealed(trained, ENGINE_SECRET))
    return models


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as response:
            return response.status == 200
    except (URLError, OSError):
        return False
