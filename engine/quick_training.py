"""What Rasa's training does for its cache, which is not used here, and what it reads three times."""

from contextlib import contextmanager
from functools import cache
from typing import Any, Iterator
from unittest.mock import patch

LOADING = "rasa.shared.nlu.training_data.loading.load_data"
HOOK = "rasa.engine.training.hooks.TrainingHook"


@contextmanager
def without_detours() -> Iterator[None]:
    """While this lasts, nothing is fingerprinted for the cache, and each file of sentences is read once.

    Rasa copies what it has read before it changes anything (`TrainingData.merge`), and asks for the same files in two
    languages, which only other formats than its YAML would care about.
    """
    from rasa.shared.nlu.training_data.loading import load_data

    @cache
    def read(file: str) -> Any:
        return load_data(file)

    with (
        patch(LOADING, lambda file, *_language: read(file)),
        patch(f"{HOOK}.on_before_node", _nothing),
        patch(f"{HOOK}.on_after_node", _nothing),
    ):
        yield


def _nothing(*_args: Any, **_named: Any) -> dict[str, Any]:
    """What a hook gives its other half."""
    return {}
