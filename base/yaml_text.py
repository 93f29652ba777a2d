"""YAML as the program reads it (1.2), from its text; what was read before is not read again.

A process reads the same files over and over: for each part of it, each model, each rehearsed conversation.
"""

import pickle
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

KEPT = 64  # texts


def read_yaml(text: str) -> Any:
    """What a text holds: the caller's own, to be changed as it likes.

    Raises:
        ruamel.yaml.error.YAMLError: it is no YAML.
    """
    return pickle.loads(_read(text))


@lru_cache(maxsize=KEPT)
def _read(text: str) -> bytes:
    return pickle.dumps(YAML(typ="safe").load(text))
