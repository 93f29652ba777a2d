"""Runs independent pieces of a training at the same time, each in a process of its own.

The solver behind `LinearSVC` keeps Python's lock, so threads would wait for each other. Arrays are handed over as files
mapped into memory, and every piece gives the same numbers wherever it runs.
"""

import os
from typing import Any, Callable, Sequence

from joblib import Parallel, delayed

MANY = 2000  # sentences, from which on a training takes longer than the processes' start

Piece = tuple[Callable[..., Any], tuple[Any, ...]]


def all_of(pieces: Sequence[Piece], n_sentences: int) -> list[Any]:
    """What each piece gives, in order; one after the other where a training of `n_sentences` is short.

    Args:
        pieces: functions of modules, with their arguments; the longest first, so that no core ends up waiting.
    """
    workers = (os.cpu_count() or 1) if n_sentences >= MANY else 1
    return Parallel(workers, backend="loky", pre_dispatch="all", batch_size=1)(
        delayed(function)(*arguments) for function, arguments in pieces
    )
