"""Leaves out what Rasa's training does for its cache, which is not used here, or does several times."""

import copy
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any, Callable, Iterator, Optional
from unittest.mock import patch

from components import telling
from components.remembered import Remembered, file_of, key_of
from engine.training_steps import PACKING

CACHE = "rasa.model_training.LocalTrainingCache"
PACKAGES = "rasa.utils.common.find_unavailable_packages"
VALIDATION = "rasa.shared.utils.validation.validate_yaml_schema"
HOOK = "rasa.engine.training.hooks.TrainingHook"
COPIES = "rasa.shared.nlu.training_data.training_data.copy"
INTENT, RESPONSE = "intent", "response"
LANGUAGE = "it"
THREADS = 2  # what waits meanwhile are processes of the classifier, and the tagger's library
FASTEST = 1  # of gzip: numbers as these get hardly smaller with more


@contextmanager
def without_detours() -> Iterator[None]:
    """While this lasts, there is no cache and nothing is fingerprinted for it, packages are looked for and not
    imported, files that were found valid before are not validated again, sentences are read once and never copied,
    components that do not need each other are trained at the same time, and the archive is compressed quickly.

    Rasa asks for the same sentences in two languages, which only other formats than its YAML would care about, and
    copies them whenever it puts two files together; nothing looks at the files' own sentences after that.
    """
    import dask
    import dask.threaded
    from rasa.shared.importers.importer import CombinedDataImporter, E2EImporter, ResponsesSyncImporter
    from rasa.shared.nlu.training_data.training_data import TrainingData
    from rasa.shared.utils.validation import validate_yaml_schema
    from tarsafe import TarSafe

    valid = Remembered(file_of("valid_yaml"))
    changes = [
        patch(CACHE, _NoCache),
        patch(PACKAGES, _not_installed),
        patch(VALIDATION, partial(_validate, valid, validate_yaml_schema)),
        patch.object(TrainingData, "sanitize_examples", staticmethod(_sanitized)),
        *(
            patch.object(layer, "get_nlu_data", _once(layer.get_nlu_data))
            for layer in (CombinedDataImporter, E2EImporter, ResponsesSyncImporter)
        ),
        patch(COPIES, SimpleNamespace(deepcopy=copy.copy)),
        patch(f"{HOOK}.on_before_node", _node_began),
        patch(f"{HOOK}.on_after_node", _node_ended),
        patch.object(dask, "get", partial(dask.threaded.get, num_workers=THREADS)),
        patch.object(TarSafe, "open", partial(_pack, TarSafe.open)),
    ]
    with ExitStack() as lasting:
        for change in changes:
            lasting.enter_context(change)
        yield
        valid.keep()


class _NoCache:
    """Rasa's keeps a database, even where nothing goes into it."""


def _once(get_nlu_data: Callable[[Any, str], Any]) -> Callable[..., Any]:
    """A method that Rasa remembers by its arguments, with always the same."""

    def get(importer: Any, language: Optional[str] = None) -> Any:
        return get_nlu_data(importer, LANGUAGE)

    return get


def _validate(valid: Remembered, validate: Callable[..., None], content: str, schema: str, *package: str) -> None:
    """Raises what `validate` does, for a content that was not found valid before."""

    def found_valid(_: object) -> list[bytes]:
        validate(content, schema, *package)
        return [b""]

    valid.all_of([key_of((content, schema, package))], found_valid)


def _not_installed(names: list[str]) -> set[str]:
    """What Rasa's function gives, which imports all of them."""
    return {name for name in names if find_spec(name) is None}


def _sanitized(examples: list[Any]) -> list[Any]:
    """What Rasa's method gives. That one touches every sentence, whose fingerprint it then works out anew."""
    for example in examples:
        for name in (INTENT, RESPONSE):
            said = example.get(name)
            if said and said != said.strip():
                example.set(name, said.strip())
    return list(dict.fromkeys(examples))


def _pack(open_archive: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What `open_archive` gives, for an archive that is compressed quickly."""
    telling.began(PACKING)
    return open_archive(*arguments, **named, compresslevel=FASTEST)


def _node_began(_hook: Any, node_name: str, **_more: Any) -> dict[str, Any]:
    """What a hook gives its other half."""
    telling.began(node_name)
    return {}


def _node_ended(_hook: Any, node_name: str, **_more: Any) -> None:
    telling.ended(node_name)
