"""Which model a start serves: the one in service, or, the first time and after an upgrade, one that is trained now."""

from pathlib import Path

from base.layers import data_layers
from base.settings import Settings
from cli.into_service import change, complete_history, publishing
from cli.model import model_is_usable, train_in_own_process
from cli.say import Problem, say
from cli.screen import Screen
from cli.waiting import waiting
from engine.fingerprints import code_fingerprint
from engine.models import ModelBroken, ModelMissing, usable_model, whole
from engine.service import FIRST, UPGRADE, Service, read_service, write_service


def have_model_in_service(settings: Settings, log: Path, screen: Screen) -> None:
    """Have a model in service that this version of Sportello can run; a training's output goes to `log`.

    The first one goes into service by itself, and so does the one trained after an upgrade, for the one before was
    trained with other code and cannot run any more. Every other change waits for `sportello publish`.

    Raises:
        Problem: the training failed, or the model in service is gone.
        engine.models.ModelError: a model cannot be used.
    """
    if _serves(settings):
        told = waiting(settings.models)
        if told:
            screen.line(told)
        return
    if not model_is_usable(settings.models):
        train_in_own_process(log, screen)
    candidate = usable_model(settings.models, secret=settings.engine_secret)
    with publishing(settings) as database:
        before = read_service(settings.models)
        serving = before.model if before else None
        made = change(settings, UPGRADE if serving else FIRST, None, None, serving, {})
        write_service(settings.models, Service(candidate, serving, made))
        complete_history(settings, database)
    screen.line(say("up_published", sha=candidate.sha256[:12]))


def _serves(settings: Settings) -> bool:
    """Whether a model is in service, and was trained with the code as it is."""
    service = read_service(settings.models)
    if service is None or service.model.code != code_fingerprint(data_layers()):
        return False
    try:
        whole(service.model, settings.engine_secret)
    except (ModelMissing, ModelBroken) as error:
        raise Problem("up_service_lost", path=error.path) from error
    return True
