"""spaCy, of which only the rules for words are used: imported without TensorFlow, which it loads where it finds it.

In a process that has imported TensorFlow already nothing is gained, and nothing changes.
"""

import sys
import warnings
from contextlib import contextmanager
from typing import Iterator

NETWORK = "tensorflow"


@contextmanager
def _without_network() -> Iterator[None]:
    """Meanwhile it counts as not installed; afterwards it may be imported as ever."""
    is_there = NETWORK in sys.modules
    sys.modules.setdefault(NETWORK, None)  # type: ignore[arg-type]
    try:
        yield
    finally:
        if not is_there:
            del sys.modules[NETWORK]


with _without_network(), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages that it uses
    import spacy

__all__ = ["spacy"]
