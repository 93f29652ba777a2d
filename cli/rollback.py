"""`sportello rollback`: brings the model back that was in service before."""

from typing import Optional

from base.layers import data_layers
from base.settings import load_settings
from cli.into_service import change, publishing, put_into_service
from cli.say import Problem, say
from engine.fingerprints import code_fingerprint
from engine.models import ModelBroken, ModelMissing, whole
from engine.service import ROLLBACK, Service, read_service
from switchboard import model_changes


def rollback_command(why: Optional[str], by: Optional[str]) -> None:
    """Swap the model in service and the one before it; a second rollback swaps them again.

    Raises:
        Problem: there is none, or it cannot be used. What is in service stays.
    """
    settings = load_settings()
    with publishing(settings) as database:
        service = read_service(settings.models)
        if service is None or service.before is None:
            raise Problem("rollback_nothing")
        try:
            back = whole(service.before)
        except (ModelMissing, ModelBroken) as error:
            raise Problem("rollback_lost", path=error.path) from error
        if back.code != code_fingerprint(data_layers()):
            raise Problem("rollback_code_changed")
        with database.reading() as session:
            figures = model_changes.figures_of(session, back.sha256)
        made = change(settings, ROLLBACK, by, why, service.model, figures)
        told = put_into_service(settings, database, Service(back, service.model, made))
    print(told)
    print(say("rollback_done", sha=back.sha256[:12]))
