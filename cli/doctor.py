"""`sportello doctor`: what an operator would have to guess, one line each, with what to do where something is wrong."""

import os
import platform
import re
import shutil
import stat
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from base.clock import ShiftedClock
from base.database import is_sqlite
from base.migrations import default_url, is_current
from base.settings import ROOT, Settings, SettingsError, load_settings
from cli.database import database_problems
from cli.doctor_mail import examine_mail
from cli.doctor_telegram import examine_telegram
from cli.findings import Finding, bad, either, good, shown
from cli.lock import Running, running
from cli.model import models_folder
from cli.ports import listener, problem_with, wanted_ports
from cli.say import Problem, say
from cli.waiting import waiting
from engine.models import ModelError, usable_model, whole
from engine.service import read_service

PYTHON = (3, 10)
ABOUT: dict[str, Callable[[Settings], Iterator[Finding]]] = {
    "telegram": examine_telegram,
    "mail": examine_mail,
}
REQUIREMENTS = ROOT / "requirements" / "run.txt"
FREE_MB = 500
CLOCK_TOLERANCE = timedelta(seconds=5)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)(?:\s*;.*)?", re.MULTILINE)


def doctor_command(env_file: Path, about: Optional[str] = None) -> None:
    """Print every finding, or those about Telegram or mail only; the command fails when one is bad."""
    if about and about not in ABOUT:
        raise Problem("doctor_about", exit_code=2, about=about)
    findings = []
    for finding in ABOUT[about](load_settings()) if about else examine(os.environ, env_file):
        print(f"{'✔' if finding.good else '✖'} {finding.line}", flush=True)
        findings.append(finding)
    if not all(finding.good for finding in findings):
        raise Problem("doctor_bad", count=sum(not finding.good for finding in findings))


def examine(env: Mapping[str, str], env_file: Path) -> Iterator[Finding]:
    """Everything that can be checked without changing anything, in the order a start would meet it."""
    var = Path(env.get("SPORTELLO_VAR") or ROOT / "var")
    yield _python()
    yield _packages(REQUIREMENTS)
    yield _env_file(env_file)
    supervisor, settings = running(var), None
    try:
        settings = load_settings(env)
        yield good("doctor_settings_good")
    except SettingsError as error:
        yield bad(f"settings_{error.problem}", variable=error.variable, value=error.value)
    for folder in (var, models_folder()):
        yield _folder(folder)
    yield from _private(var, default_url(env))
    yield _disk(var)
    if settings:
        yield from _ports(settings, supervisor)
    if settings and settings.home:
        yield good("doctor_home", folder=settings.home)
    yield _database(default_url(env))
    if settings:
        yield from _model(models_folder(), settings.engine_secret)
    yield _clock(default_url(env))
    if settings:
        yield from examine_mail(settings)
    if settings and settings.telegram_token:
        yield from examine_telegram(settings)
    if settings and (settings.dev or (supervisor and supervisor.dev)):
        yield _moved_clock(var)


def _python() -> Finding:
    found = platform.python_version()
    return either(sys.version_info[:2] == PYTHON, "doctor_python", found=found)


def _packages(requirements: Path) -> Finding:
    pinned = PINNED.findall(requirements.read_text(encoding="utf-8"))
    different = [name for name, wanted in pinned if _installed(name) != wanted]
    return either(not different, "doctor_packages", count=len(pinned), different=", ".join(different[:5]))


def _installed(package: str) -> Optional[str]:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _env_file(file: Path) -> Finding:
    if not file.exists():
        return good("doctor_env_file_none", file=file)
    return either(not _open_to_others(file), "doctor_env_file", file=file)


def _folder(folder: Path) -> Finding:
    nearest = _existing(folder)
    return either(os.access(nearest, os.W_OK | os.X_OK) and nearest.is_dir(), "doctor_folder", folder=folder)


def _private(var: Path, url: str) -> Iterator[Finding]:
    """Whether what customers write is readable by us only: the var folder, and an SQLite file elsewhere."""
    if var.is_dir():
        yield either(not _open_to_others(var), "doctor_private", path=var)
    with suppress(ArgumentError):  # no address of a database: said where it is looked at
        file = _sqlite_file(url)
        if file and file.exists() and file.parent != var:
            exposed = _open_to_others(file.parent) and _open_to_others(file)
            yield either(not exposed, "doctor_private", path=file)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(_existing(folder)).free // 1_000_000
    return either(free >= FREE_MB, "doctor_disk", free=free, wanted=FREE_MB)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _ports(settings: Settings, supervisor: Optional[Running]) -> Iterator[Finding]:
    if supervisor:
        yield good("doctor_running", pid=supervisor.pid)
        return
    for wanted in wanted_ports(settings):
        problem = problem_with(wanted.host, wanted.port)
        if problem is None:
            yield good("doctor_port_good", port=wanted.port)
        else:
            who = listener(wanted.port) or say("port_user_unknown")
            yield bad(f"port_{problem}", host=wanted.host, port=wanted.port, variable=wanted.variable, who=who)


def _database(url: str) -> Finding:
    try:
        with database_problems():
            if _is_missing_file(url):
                return good("doctor_database_none")
            return either(is_current(url), "doctor_database")
    except Problem as problem:
        return bad(problem.key, **problem.values)


def _is_missing_file(url: str) -> bool:
    """Whether `url` is an SQLite file that is not there: looking into it would make it."""
    file = _sqlite_file(url)
    return is_sqlite(url) and not (file and file.exists())


def _sqlite_file(url: str) -> Optional[Path]:
    file = make_url(url).database
    return Path(file) if is_sqlite(url) and file else None


def _model(models: Path, secret: str) -> Iterator[Finding]:
    """Which model serves and what waits; where nothing was published yet, whether a start could do it."""
    try:
        service = read_service(models)
        if service is None:
            yield good("doctor_model_good", path=usable_model(models, secret=secret).path)
            return
        since = shown(service.change.at) if service.change else shown(service.model.trained_at)
        yield good("doctor_model_serves", sha=whole(service.model, secret).sha256[:12], when=since)
        told = waiting(models)
        if told:
            yield Finding(True, told)
    except ModelError as error:
        yield bad(error.problem, path=error.path)


def _clock(url: str) -> Finding:
    """This computer's clock against the database server's, which other computers of the shop write with, too."""
    try:
        with database_problems():
            if is_sqlite(url):
                return either(time.time() > _built_at(), "doctor_clock_alone", when=shown(datetime.now(timezone.utc)))
            drift = abs(datetime.now(timezone.utc) - _server_time(url))
    except Problem:
        return bad("doctor_clock_unknown")
    return either(drift <= CLOCK_TOLERANCE, "doctor_clock", seconds=f"{drift.total_seconds():.1f}")


def _built_at() -> float:
    """A time that is past: this program's own file was written then."""
    return Path(__file__).stat().st_mtime


def _server_time(url: str) -> datetime:
    engine = create_engine(url, future=True, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    finally:
        engine.dispose()


def _moved_clock(var: Path) -> Finding:
    clock = ShiftedClock(var)
    return good("doctor_clock_moved" if clock.shift() else "doctor_clock_real", when=shown(clock.now()))
