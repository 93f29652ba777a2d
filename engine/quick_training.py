"""Leaves out what Rasa's training does for its cache, which is not used here, or does several times."""

import copy
from contextlib import ExitStack, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, Callable, Iterator, Optional
from unittest.mock import patch

HOOK = "rasa.engine.training.hooks.TrainingHook"
COPIES = "rasa.shared.nlu.training_data.training_data.copy"
LANGUAGE = "it"
THREADS = 2  # what waits meanwhile are processes of the classifier, and the tagger's library
FASTEST = 1  # of gzip: numbers as these get hardly smaller with more


@contextmanager
def without_detours() -> Iterator[None]:
    """While this lasts, nothing is fingerprinted for the cache, sentences are read once and never copied,
    components that do not need each other are trained at the same time, and the archive is compressed quickly.

    Rasa asks for the same sentences in two languages, which only other formats than its YAML would care about, and
    copies them whenever it puts two files together; nothing looks at the files' own sentences after that.
    """
    import dask
    import dask.threaded
    from rasa.shared.importers.importer import CombinedDataImporter, E2EImporter, ResponsesSyncImporter
    from tarsafe import TarSafe

    changes = [
        *(
            patch.object(layer, "get_nlu_data", _once(layer.get_nlu_data))
            for layer in (CombinedDataImporter, E2EImporter, ResponsesSyncImporter)
        ),
        patch(COPIES, SimpleNamespace(deepcopy=copy.copy)),
        patch(f"{HOOK}.on_before_node", _nothing),
        patch(f"{HOOK}.on_after_node", _nothing),
        patch.object(dask, "get", partial(dask.threaded.get, num_workers=THREADS)),
        patch.object(TarSafe, "open", partial(TarSafe.open, compresslevel=FASTEST)),
    ]
    with ExitStack() as lasting:
        for change in changes:
            lasting.enter_context(change)
        yield


def _once(get_nlu_data: Callable[[Any, str], Any]) -> Callable[..., Any]:
    """A method that Rasa remembers by its arguments, with always the same."""

    def get(importer: Any, language: Optional[str] = None) -> Any:
        return get_nlu_data(importer, LANGUAGE)

    return get


def _nothing(*_args: Any, **_named: Any) -> dict[str, Any]:
    """What a hook gives its other half."""
    return {}
