"""Puts a model into service: into `models/service.json`, into the running engine, and into the history."""

import getpass
import os
from contextlib import contextmanager
from typing import Any, Iterator, Mapping, Optional

from base.clock import clock_for
from base.database import Database
from base.ids import new_id
from base.settings import Settings
from cli.database import database_problems
from cli.engine_call import OTHER_CODE, Engine, EngineAway, EngineRefuses
from cli.lock import running
from cli.say import Problem, say, texts
from engine.models import ModelInfo
from engine.service import Change, PublishingElsewhere, Service, only_publication, read_service, write_service
from switchboard import model_changes
from switchboard.model_changes import LONGEST_BY, LONGEST_WHY, Changed


@contextmanager
def publishing(settings: Settings) -> Iterator[Database]:
    """The database, while no other command puts a model into service; its history is complete.

    Raises:
        Problem: one does, or the database cannot be used.
    """
    try:
        with only_publication(settings.models), whole_history(settings) as database:
            yield database
    except PublishingElsewhere as error:
        raise Problem("publish_elsewhere") from error


@contextmanager
def whole_history(settings: Settings) -> Iterator[Database]:
    """The database; its history says how the model came into service that is.

    Raises:
        Problem: the database cannot be used.
    """
    with database_problems():
        database = Database(settings.database_url)
        try:
            with database.reading() as session:
                model_changes.latest(session, 1)  # that it is of an older version is found out before anything else
            complete_history(settings, database)
            yield database
        finally:
            database.close()


def complete_history(settings: Settings, database: Database) -> None:
    """Write the last change into the history, where a command was cut off before it did."""
    service = read_service(settings.models)
    if service and service.change:
        with database.writing() as session:
            model_changes.record(session, _changed(service.model, service.change))


def change(
    settings: Settings,
    action: str,
    by: Optional[str],
    why: Optional[str],
    before: Optional[ModelInfo],
    figures: Mapping[str, Any],
    override: bool = False,
) -> Change:
    """What goes into the history; `by` is the user of this computer when not given.

    Raises:
        Problem: a word is too long.
    """
    by, why = (by or this_user()).strip(), (why or "").strip()
    for name, value, most in (("--by", by, LONGEST_BY), ("--why", why, LONGEST_WHY)):
        if len(value) > most:
            raise Problem("publish_too_long", exit_code=2, name=name, most=most)
    now = clock_for(settings.dev, settings.var).now()
    return Change(new_id("mc"), now, action, by, why, override, figures, before.sha256 if before else None)


def put_into_service(settings: Settings, database: Database, service: Service) -> str:
    """Have customers talk to `service.model`; what happened, in Italian.

    A running engine loads it first: a model that cannot answer never gets into service.json.

    Raises:
        Problem: the running engine refuses the model; nothing has changed.
    """
    engine, sha256 = Engine(settings), service.model.sha256
    state = _loaded(engine, sha256)
    write_service(settings.models, service)
    told = _taken_over(settings, engine, sha256, state)
    complete_history(settings, database)
    return told


def this_user() -> str:
    """The name of this computer's user, or his number where there is no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _loaded(engine: Engine, sha256: str) -> str:
    """`ready`, `away` (there is no engine to ask) or `other_code` (it cannot take this model in)."""
    try:
        engine.load(sha256)
        return "ready"
    except EngineAway:
        return "away"
    except EngineRefuses as refusal:
        if refusal.error == OTHER_CODE:
            return OTHER_CODE
        known = texts().get(f"publish_engine_{refusal.error}", refusal.error)
        raise Problem("publish_engine_refuses", reason=known.format(reason=refusal.reason)) from refusal


def _taken_over(settings: Settings, engine: Engine, sha256: str, state: str) -> str:
    try:
        if state == "ready":
            engine.swap(sha256)
            return say("publish_swapped")
        if state == OTHER_CODE and running(settings.var):
            engine.leave()
            return say("publish_restarts")
        return say("publish_restart_yourself") if state == OTHER_CODE else say("publish_at_start")
    except (EngineAway, EngineRefuses):  # it ended, or was asked for another model, this very moment
        return say("publish_follows")


def _changed(model: ModelInfo, made: Change) -> Changed:
    return Changed(
        made.id,
        made.at,
        made.action,
        made.by,
        made.why,
        model.sha256,
        model.fingerprint,
        made.previous_sha256,
        made.figures,
        made.override,
    )
