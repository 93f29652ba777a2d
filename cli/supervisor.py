"""Keeps a few processes running: starts them together, restarts what dies or hangs, stops them one after the other.

One `Supervisor` runs in one process with nothing else in it. Its children

- get SIGTERM, then 10 seconds, then SIGKILL when it stops, the last one first: each may still need those before it;
- get SIGKILL, all at once, when it is asked to stop a second time, and from the kernel when it dies itself (Linux);
- write to a pipe that ends in `<logs>/<name>.log`;
- are asked over HTTP whether they are ready, and later whether they are still there.

What happens is told to a callback, so that this file has no words for people.
"""

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Optional

from base.process import die_with_parent
from cli.health import ask
from cli.rotating_log import RotatingLog

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """One process to keep running; `health` is the address that answers 200 when it can work.

    Any other answer shows that it is there: it is not ready then, but nothing to restart.
    """

    name: str
    command: tuple[str, ...]
    health: str


@dataclass(frozen=True)
class Limits:
    """How patient the supervisor is; seconds unless said otherwise."""

    first_pause: float = 0.5  # before the first restart; doubles with each one
    longest_pause: float = 10.0
    steady: float = 5.0  # ready for so long: the next restart is a first one again
    failed_starts: int = 5  # in a row, never having been ready: there is no point in going on
    start: float = 180.0  # to become ready
    silence: float = 30.0  # without any answer, after having been ready: it hangs
    stop: float = 10.0  # from SIGTERM to SIGKILL
    ask_starting: float = 0.25  # between two questions while it starts
    ask_ready: float = 3.0  # between two questions once it is ready
    answer: float = 5.0  # for one answer
    log_bytes: int = 5_000_000
    old_logs: int = 3


@dataclass(frozen=True)
class Event:
    """Something happened to a child.

    Args:
        child: its name.
        kind: `starting`, `ready`, `died`, `hung`, `slow_start` or `stopped`.
        seconds: since it was started; for `died`, `hung` and `slow_start` the pause before it is started again.
        exit_code: for `died`; negative for a signal.
    """

    child: str
    kind: str
    seconds: float = 0.0
    exit_code: Optional[int] = None


class ChildKeepsFailing(Exception):
    """A child never became ready in as many starts as it gets; the others were stopped too."""

    def __init__(self, child: str, log: Path, last_lines: tuple[str, ...]) -> None:
        super().__init__(child)
        self.child, self.log, self.last_lines = child, log, last_lines


class Supervisor:
    """Runs `children` until a signal asks it to stop.

    Args:
        children: what to keep running, each after those it needs for its work.
        logs: folder of the log files; must exist.
        tell: called with every `Event`, in this process; must return quickly.
        limits: how patient to be.
        cwd: where children run.
    """

    def __init__(
        self,
        children: tuple[Child, ...],
        logs: Path,
        tell: Callable[[Event], None],
        limits: Optional[Limits] = None,
        cwd: Optional[Path] = None,
    ) -> None:
        self._keepers = tuple(_Keeper(child, logs, tell, limits or Limits(), cwd) for child in children)
        self._stopping = asyncio.Event()

    async def run(self, all_ready: Callable[[], None]) -> None:
        """Start everything, call `all_ready` once, and come back when a signal has stopped everything.

        Raises:
            ChildKeepsFailing: a child never became ready.
        """
        with self._signals():
            keeping = [asyncio.create_task(keeper.keep()) for keeper in self._keepers]
            announcing = asyncio.create_task(self._announce(all_ready))
            stopping = asyncio.create_task(self._stopping.wait())
            try:
                await asyncio.wait([stopping, *keeping], return_when=asyncio.FIRST_COMPLETED)
            finally:
                tasks = [stopping, announcing, *keeping]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                for keeper in reversed(self._keepers):
                    await keeper.stop()
        for task in keeping:
            if not task.cancelled():
                task.result()

    async def _announce(self, all_ready: Callable[[], None]) -> None:
        await asyncio.gather(*(keeper.first_ready.wait() for keeper in self._keepers))
        all_ready()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        numbers = [n for n in STOP_SIGNALS if not _started_with_nohup(n)]
        for number in numbers:
            loop.add_signal_handler(number, self._asked_to_stop)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _asked_to_stop(self) -> None:
        """The first signal stops gently; whoever asks again does not want to wait."""
        if self._stopping.is_set():
            for keeper in self._keepers:
                keeper.kill()
        self._stopping.set()


class _Keeper:
    """Keeps one child running."""

    def __init__(
        self, child: Child, logs: Path, tell: Callable[[Event], None], limits: Limits, cwd: Optional[Path]
    ) -> None:
        self.first_ready = asyncio.Event()
        self._child, self._tell, self._limits, self._cwd = child, tell, limits, cwd
        self._log = RotatingLog(logs / f"{child.name}.log", limits.log_bytes, limits.old_logs)
        self._process: Optional[asyncio.subprocess.Process] = None
        self._reading: Optional[asyncio.Task] = None
        self._ready_since: Optional[float] = None

    async def keep(self) -> None:
        """Run the child for ever; leaves only by cancellation or `ChildKeepsFailing`."""
        failed_starts, pause = 0, self._limits.first_pause
        while True:
            problem, exit_code, ready_for = await self._run_once()
            if not self.first_ready.is_set():
                failed_starts += 1
                if failed_starts == self._limits.failed_starts:
                    raise ChildKeepsFailing(self._child.name, self._log.path, self._log.last_lines())
            if ready_for >= self._limits.steady:
                pause = self._limits.first_pause
            self._tell(Event(self._child.name, problem, pause, exit_code))
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._limits.longest_pause)

    async def _run_once(self) -> tuple[str, Optional[int], float]:
        """One life of the child: how it ended, with which exit code, and for how many seconds it had been ready."""
        self._tell(Event(self._child.name, "starting"))
        self._ready_since = None
        self._process = await self._start()
        self._reading = asyncio.create_task(self._copy(self._process.stdout))
        dying = asyncio.create_task(self._process.wait())
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait([dying, watching], return_when=asyncio.FIRST_COMPLETED)
            problem = "died" if dying.done() else watching.result()
            ready_for = time.monotonic() - self._ready_since if self._ready_since else 0.0
            self.kill()
            exit_code = await dying
            await self._finish_log()
        finally:
            dying.cancel()
            watching.cancel()
        self._process = None
        return problem, exit_code, ready_for

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._child.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C reaches the supervisor only, which then stops its children in order
            preexec_fn=die_with_parent(),
        )

    async def _watch(self) -> str:
        """Ask until something is wrong: `slow_start` or `hung`."""
        started = heard = time.monotonic()
        while True:
            answer = await ask(self._child.health, self._limits.answer)
            now = time.monotonic()
            if answer is not None:
                heard = now
            if answer and self._ready_since is None:
                self._ready_since = now
                self.first_ready.set()
                self._tell(Event(self._child.name, "ready", now - started))
            if self._ready_since is None and now - started > self._limits.start:
                return "slow_start"
            if self._ready_since is not None and now - heard > self._limits.silence:
                return "hung"
            await asyncio.sleep(self._limits.ask_ready if self._ready_since else self._limits.ask_starting)

    async def _copy(self, pipe: asyncio.StreamReader) -> None:
        while chunk := await pipe.read(65_536):
            self._log.write(chunk)

    async def _finish_log(self) -> None:
        """Read what the child wrote last; a process that escaped with the pipe in its hands is not waited for."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._reading, self._limits.answer)

    def kill(self) -> None:
        """End the child and whatever it started, now."""
        self._signal(signal.SIGKILL)

    async def stop(self) -> None:
        """End the child: gently, then not."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._process.wait(), self._limits.stop)
        self.kill()
        await self._process.wait()
        await self._finish_log()
        self._tell(Event(self._child.name, "stopped"))

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _started_with_nohup(number: signal.Signals) -> bool:
    return number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN
