"""Whether there are changes that customers do not notice yet, and what to do about it."""

from pathlib import Path
from typing import Optional

from base.layers import data_layers
from cli.say import say
from engine.fingerprints import fingerprint
from engine.models import ModelBroken, ModelMissing, read_current
from engine.service import read_service


def waiting(models: Path) -> Optional[str]:
    """One line about what is not published yet; None when nothing is, or nothing is in service."""
    service = read_service(models)
    if service is None:
        return None
    now = fingerprint(data_layers())
    if service.model.fingerprint == now:
        return None
    return say("waiting_trained" if _trained_from(models) == now else "waiting_untrained")


def _trained_from(models: Path) -> Optional[str]:
    try:
        return read_current(models).fingerprint
    except (ModelMissing, ModelBroken):
        return None
