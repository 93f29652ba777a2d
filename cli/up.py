"""`sportello up`: everything a shop needs on one computer, made ready and kept running by one command.

In order: folders, one supervisor per var folder, free ports, database, demo shop, model, processes. What is
already there is left as it is. Each thing that can be wrong is one line that says what to do.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

from base.database import Database
from base.migrations import migrate
from base.settings import ROOT, Actions, Settings, in_address, load_settings
from cli.database import database_problems
from cli.demo import load_demo_shop
from cli.lock import AlreadyRunning, only_one
from cli.ports import listener, problem_with, wanted_ports
from cli.say import Problem, say
from cli.screen import Screen
from cli.starting_model import have_model_in_service
from cli.supervisor import Child, ChildKeepsFailing, Event, Supervisor

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # listening everywhere: asked on loopback
QUIET_EVENTS = ("starting", "stopped")
OURS_ALONE = 0o077  # database, logs and models hold what customers write: nobody else on this computer reads them


def up_command(demo: bool) -> None:
    """Make everything ready and run it until Ctrl-C.

    Args:
        demo: load the demo shop when the database has no shop in it.

    Raises:
        Problem: something is in the way.
        SettingsError: the configuration cannot be used.
    """
    screen, began = Screen(), time.monotonic()
    os.umask(OURS_ALONE)
    settings = load_settings()
    logs = settings.var / "log"
    for folder in (settings.var, logs, settings.models):
        make_writable(folder)
    try:
        with only_one(settings.var, settings.dev):
            check_ports(settings)
            prepare_database(settings, demo, screen)
            have_model_in_service(settings, logs / "train.log", screen)
            run(settings, logs, screen, began)
    except AlreadyRunning as error:
        raise Problem("up_already_running", pid=error.pid, var=settings.var) from error


def make_writable(folder: Path) -> None:
    """Make `folder` if it is not there.

    Raises:
        Problem: nothing can be written into it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".trial-{os.getpid()}"
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise Problem("up_not_writable", folder=folder, reason=error.strerror) from error


def check_ports(settings: Settings) -> None:
    """Raises:
    Problem: a port is used by somebody else, or twice by us.
    """
    wanted = wanted_ports(settings)
    if len({one.port for one in wanted}) < len(wanted):
        raise Problem("ports_twice", variables=", ".join(one.variable for one in wanted))
    for one in wanted:
        problem = problem_with(one.host, one.port)
        if problem:
            who = listener(one.port) or say("port_user_unknown")
            raise Problem(f"port_{problem}", host=one.host, port=one.port, variable=one.variable, who=who)


def prepare_database(settings: Settings, demo: bool, screen: Screen) -> None:
    """Migrate, and load the demo shop into a database without a shop.

    Raises:
        Problem: the database cannot be used.
    """
    with database_problems():
        if migrate(settings.database_url):
            screen.line(say("up_migrated"))
        if not demo:
            return
        database = Database(settings.database_url)
        try:
            if load_demo_shop(database, settings):
                screen.line(say("up_demo_loaded"))
        finally:
            database.close()


def run(settings: Settings, logs: Path, screen: Screen, began: float) -> None:
    """Keep the processes running until a signal; `began` is when the command started, for the summary.

    Raises:
        Problem: one of them never gets ready.
    """
    with screen.busy(say("up_starting")) as ready:

        def all_ready() -> None:
            ready()
            _print_addresses(settings, time.monotonic() - began, screen)

        supervisor = Supervisor(children(settings), logs, lambda event: _tell(event, screen), cwd=ROOT)
        try:
            asyncio.run(supervisor.run(all_ready))
        except ChildKeepsFailing as failure:
            for line in failure.last_lines:
                screen.line(f"  {line}")
            raise Problem("up_keeps_failing", child=say(f"up_name_{failure.child}"), log=failure.log) from failure
    screen.line(say("up_stopped"))


def children(settings: Settings) -> tuple[Child, ...]:
    """The processes of Sportello on this computer, each after the one it asks for answers."""

    def python(module: str) -> tuple[str, ...]:
        return sys.executable, "-m", module

    host = ANY_ADDRESS.get(settings.host, settings.host)
    front = in_address(host)
    actions = Child("actions", python("actions"), f"{settings.actions_url}/health")
    return (
        *([actions] if settings.actions is Actions.PROCESS else []),
        Child("engine", python("engine"), f"{settings.engine_url}/webhooks/sportello/ready"),
        Child("front", python("front"), f"http://{front}:{settings.port}/health"),
    )


def _tell(event: Event, screen: Screen) -> None:
    if event.kind not in QUIET_EVENTS:
        name = say(f"up_name_{event.child}")
        screen.line(say(f"up_event_{event.kind}", name=name, seconds=f"{event.seconds:.1f}", code=event.exit_code))


def _print_addresses(settings: Settings, seconds: float, screen: Screen) -> None:
    screen.line(say("up_ready", seconds=f"{seconds:.0f}"))
    screen.line(say("up_address_shop", url=f"{settings.front_url}/"))
    if settings.dev:
        screen.line(say("up_address_outbox", url=f"{settings.front_url}/dev/outbox"))
    screen.line(say("up_how_to_stop"))
