"""The supervisor with real processes, each badly behaved in its own way."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from base.settings import ROOT
from cli.health import ask
from cli.supervisor import Child, ChildKeepsFailing, Event, Limits, Supervisor

FAKE = Path(__file__).with_name("fake_child.py")
QUICK = Limits(
    first_pause=0.02, longest_pause=0.1, ask_starting=0.02, ask_ready=0.05, answer=0.3, silence=0.5, stop=0.5
)
PATIENCE_S = 30


class Story:
    """Everything the supervisor told, to be waited for."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def tell(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, true: Callable[[list[Event]], bool]) -> None:
        """Wait until `true(events)`."""
        while not true(self.events):
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), PATIENCE_S)

    async def until_count(self, kind: str, count: int) -> None:
        await self.until(lambda events: len(self.of(kind)) >= count)

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]


def fake(behaviour: str, *more: str, name: str = "front") -> Child:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Child(name, (sys.executable, str(FAKE), behaviour, str(port), *more), f"http://127.0.0.1:{port}/health")


def is_running(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pids_of(child: Child) -> list[int]:
    """The processes running exactly this child's command, found without asking the supervisor."""
    wanted = "\0".join(child.command).encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().rstrip(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if command == wanted and is_running(int(entry.name)):
                found.append(int(entry.name))
    return found


def said_by(name: str, logs: Path) -> list[str]:
    """What a child has written into its log."""
    return (logs / f"{name}.log").read_text().splitlines()


async def gone(pid: int) -> None:
    """Wait until a process that is not ours to wait for has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(handle, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), PATIENCE_S)
    finally:
        asyncio.get_running_loop().remove_reader(handle)
        os.close(handle)


@pytest.fixture
def story() -> Story:
    return Story()


async def test_all_ready_is_called_once_when_every_child_answers(tmp_path: Path, story: Story) -> None:
    ready = []
    children = (fake("good", name="front"), fake("good", name="engine"))
    running = asyncio.create_task(Supervisor(children, tmp_path, story.tell, QUICK).run(lambda: ready.append(1)))

    await story.until_count("ready", 2)
    os.kill(os.getpid(), signal.SIGINT)
    await running

    assert ready == [1]
    assert {event.child for event in story.of("ready")} == {"front", "engine"}


async def test_a_killed_child_comes_back(tmp_path: Path, story: Story) -> None:
    child = fake("good")
    running = asyncio.create_task(Supervisor((child,), tmp_path, story.tell, QUICK).run(lambda: None))
    await story.until_count("ready", 1)
    (first,) = pids_of(child)

    os.kill(first, signal.SIGKILL)
    await story.until_count("ready", 2)

    (second,) = pids_of(child)
    assert second != first
    assert story.of("died")[0].exit_code == -signal.SIGKILL
    os.kill(os.getpid(), signal.SIGTERM)
    await running


async def test_a_child_that_never_starts_stops_everything_and_shows_its_last_lines(
    tmp_path: Path, story: Story
) -> None:
    good, crashing = fake("good", name="front"), fake("crashing", name="engine")

    with pytest.raises(ChildKeepsFailing) as failure:
        await Supervisor((good, crashing), tmp_path, story.tell, QUICK).run(lambda: None)

    assert failure.value.child == "engine"
    assert failure.value.last_lines[-1] == "una riga che spiega"
    assert failure.value.log.read_text().count("una riga che spiega") == QUICK.failed_starts
    assert pids_of(good) == []


async def test_pauses_between_restarts_grow_up_to_the_longest(tmp_path: Path, story: Story) -> None:
    limits = Limits(first_pause=0.01, longest_pause=0.03, ask_starting=0.02)

    with pytest.raises(ChildKeepsFailing):
        await Supervisor((fake("crashing"),), tmp_path, story.tell, limits).run(lambda: None)

    assert [event.seconds for event in story.of("died")] == [0.01, 0.02, 0.03, 0.03]


async def test_a_child_that_stops_answering_is_killed_and_restarted(tmp_path: Path, story: Story) -> None:
    child = fake("mute")
    running = asyncio.create_task(Supervisor((child,), tmp_path, story.tell, QUICK).run(lambda: None))
    await story.until_count("ready", 1)
    (first,) = pids_of(child)

    await ask(child.health.replace("/health", "/hang"), timeout=5)
    await story.until_count("ready", 2)

    assert len(story.of("hung")) == 1
    assert not is_running(first)
    os.kill(os.getpid(), signal.SIGINT)
    await running


async def test_a_child_is_ready_with_its_first_200_and_not_before(tmp_path: Path, story: Story) -> None:
    running = asyncio.create_task(Supervisor((fake("late"),), tmp_path, story.tell, QUICK).run(lambda: None))

    await story.until_count("ready", 1)

    assert said_by("front", tmp_path).count("answers 503") == 10
    os.kill(os.getpid(), signal.SIGINT)
    await running


async def test_a_child_that_answers_anything_is_left_alone(tmp_path: Path, story: Story) -> None:
    running = asyncio.create_task(Supervisor((fake("ill"),), tmp_path, story.tell, QUICK).run(lambda: None))

    await story.until_count("hung", 1)

    assert 20 * QUICK.ask_ready > QUICK.silence
    assert said_by("front", tmp_path).count("answers 503") == 20
    os.kill(os.getpid(), signal.SIGINT)
    await running


async def test_children_stop_one_by_one_the_last_one_first(tmp_path: Path, story: Story) -> None:
    actions = fake("good", name="actions")
    engine = fake("needing", actions.health, name="engine")
    front = fake("needing", engine.health, name="front")
    supervisor = Supervisor((actions, engine, front), tmp_path, story.tell, QUICK)
    running = asyncio.create_task(supervisor.run(lambda: None))
    await story.until_count("ready", 3)

    os.kill(os.getpid(), signal.SIGINT)
    await running

    assert [event.child for event in story.of("stopped")] == ["front", "engine", "actions"]
    assert "the other one answers" in said_by("front", tmp_path)
    assert "the other one answers" in said_by("engine", tmp_path)


async def test_a_child_that_ignores_the_request_to_stop_is_killed(tmp_path: Path, story: Story) -> None:
    child = fake("stubborn")
    running = asyncio.create_task(Supervisor((child,), tmp_path, story.tell, QUICK).run(lambda: None))
    await story.until_count("ready", 1)

    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(running, PATIENCE_S)

    assert pids_of(child) == []


async def test_a_second_signal_does_not_wait(tmp_path: Path, story: Story) -> None:
    children = tuple(fake("stubborn", name=name) for name in ("actions", "engine", "front"))
    patient = Limits(ask_starting=0.02, stop=1_000)
    running = asyncio.create_task(Supervisor(children, tmp_path, story.tell, patient).run(lambda: None))
    await story.until_count("ready", 3)

    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(running, PATIENCE_S)

    assert [pids_of(child) for child in children] == [[], [], []]


async def test_what_a_child_started_ends_with_it(tmp_path: Path, story: Story) -> None:
    note = tmp_path / "grandchild"
    child = fake("parent", str(note))
    running = asyncio.create_task(Supervisor((child,), tmp_path, story.tell, QUICK).run(lambda: None))
    await story.until_count("ready", 1)

    os.kill(os.getpid(), signal.SIGINT)
    await running

    await gone(int(note.read_text()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent has died")
async def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    child = fake("good")
    program = (
        "import asyncio; from pathlib import Path; from cli.supervisor import Child, Supervisor\n"
        f"child = Child('front', {child.command!r}, {child.health!r})\n"
        f"supervisor = Supervisor((child,), Path({str(tmp_path)!r}), lambda event: None)\n"
        "asyncio.run(supervisor.run(lambda: print('ready', flush=True)))"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout.readline() == "ready\n"
    (pid,) = pids_of(child)

    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()

    await gone(pid)
