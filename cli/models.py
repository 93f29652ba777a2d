"""`sportello models`: which model customers talk to, what waits to be published, and how it came to that."""

from typing import Iterator, Optional, Sequence

from base.settings import Settings, load_settings
from cli.engine_call import Engine, EngineAway, EngineRefuses
from cli.findings import shown
from cli.into_service import whole_history
from cli.say import say, texts
from cli.waiting import waiting
from engine.service import Service, read_service
from switchboard import model_changes
from switchboard.model_changes import Changed


def models_command(most: int) -> None:
    """Print the last `most` changes, oldest first, what serves now, and what waits.

    Raises:
        cli.say.Problem: the database cannot be used.
    """
    settings = load_settings()
    with whole_history(settings) as database:
        service = read_service(settings.models)
        with database.reading() as session:
            changes = model_changes.latest(session, most)
    for line in (*readable_lines(changes, service), *_now(settings, service)):
        print(line)


def readable_lines(changes: Sequence[Changed], service: Optional[Service]) -> Iterator[str]:
    """One line for each change and, below it, why and what was measured; the one that made what is now is marked."""
    if not changes:
        yield say("models_none")
    now = service.change.id if service and service.change else None
    for one in changes:
        mark, action = "●" if one.id == now else " ", say(f"models_action_{one.action}")
        override = say("models_override") if one.override else ""
        yield say(
            "models_line", mark=mark, when=shown(one.at), sha=one.sha256[:12], action=action, by=one.by, more=override
        )
        if one.why:
            yield say("models_why", why=_printable(one.why))
        measured = ", ".join(_figures(one))
        if measured:
            yield say("models_figures", listed=measured)


def _now(settings: Settings, service: Optional[Service]) -> Iterator[str]:
    if service:
        yield say("models_in_service", sha=service.model.sha256[:12], trained=shown(service.model.trained_at))
        yield from _engine(settings, service.model.sha256)
    told = waiting(settings.models)
    if told:
        yield told


def _engine(settings: Settings, wanted: str) -> Iterator[str]:
    """Where the engine of this computer answers with another model."""
    try:
        serving = Engine(settings).serving()
    except (EngineAway, EngineRefuses):
        return
    if serving != wanted:
        yield say("models_engine_differs", sha=serving[:12])


def _figures(one: Changed) -> Iterator[str]:
    """Those that have a name in Italian; all of them are shares."""
    for name, value in one.figures.items():
        known = texts().get(f"models_figure_{name}")
        if known and isinstance(value, (int, float)):
            yield f"{known} {100 * value:.1f} %".replace(".", ",")


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
