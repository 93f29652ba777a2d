"""Runs independent pieces of a training at the same time, each in a process of its own.

The solver behind `LinearSVC` and the library that trains the tagger keep Python's lock, or wait for it: threads would
leave a core idle. The processes are forked by a server that has one thread and imports, while Rasa is imported and
files are read, what the pieces need. Every piece gives the same numbers wherever it runs.
"""

import logging
import multiprocessing
import signal
import sys
import threading
import traceback
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.pool import ThreadPool
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, Callable, Iterator, Sequence

from threadpoolctl import threadpool_limits

MANY = 2000  # sentences, from which on a training takes longer than the processes' start
NEEDED = (
    "pycrfsuite",
    "components.intent.findings",
    "components.light_spacy",
    "components.tag_learning",
    "components.words",
)
END_S = 5.0  # until it is known how a process ended

Piece = tuple[Callable[..., Any], tuple[Any, ...]]
_starting = threading.Lock()
logger = logging.getLogger(__name__)


class PieceFailed(Exception):
    """A piece raised something, or its process ended without an answer: killed, for instance, where memory is short."""


def get_ready() -> None:
    """Let the server import what pieces need, while the caller goes on."""
    multiprocessing.set_forkserver_preload(list(NEEDED))
    with _starting, _nothing_to_import_again():
        forkserver.ensure_running()


def all_of(pieces: Sequence[Piece], n_sentences: int) -> list[Any]:
    """What each piece gives, in order; one after the other, and here, where a training of `n_sentences` is short.

    Args:
        pieces: functions of modules, with their arguments; the longest first, so that no core ends up waiting.

    Raises:
        PieceFailed: see there; the traceback is in the log.
    """
    if n_sentences < MANY:
        return [function(*arguments) for function, arguments in pieces]
    get_ready()
    with ThreadPool(min(len(pieces), multiprocessing.cpu_count())) as waiting:
        return list(waiting.imap(_elsewhere, pieces))


def _elsewhere(piece: Piece) -> Any:
    """What a piece gives in a process of its own."""
    name, (ours, theirs) = piece[0].__name__, multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("forkserver").Process(target=_answer, args=(theirs, piece), daemon=True)
    with ours:
        try:
            with theirs, _starting, _nothing_to_import_again():
                process.start()
            is_whole, answer = ours.recv()
        except (EOFError, OSError):
            raise PieceFailed(f"{name}: its process ended without an answer, {_end_of(process)}") from None
    process.join()
    if not is_whole:
        logger.error("%s failed in its process: %s", name, answer)
        raise PieceFailed(f"{name}: {answer.strip().splitlines()[-1]}")
    return answer


def _answer(answers: Connection, piece: Piece) -> None:
    """In the process: send `True` and what the piece gives, or `False` and the traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is the caller's to speak of
    function, arguments = piece
    try:
        with threadpool_limits(1):  # the other cores have pieces of their own; and sums are added in one order
            answer = True, function(*arguments)
    except Exception:  # noqa: BLE001 whatever happened is told where it was asked for
        answer = False, traceback.format_exc()
    with suppress(BrokenPipeError):  # who asked was killed
        answers.send(answer)


@contextmanager
def _nothing_to_import_again() -> Iterator[None]:
    """A process imports again what the caller was started with, and knows it by its place: a command line, or a test's
    runner. No piece needs that; meanwhile there is nothing in that place."""
    started = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = started


def _end_of(process: BaseProcess) -> str:
    """How it ended, as far as that can be known."""
    if process.pid is not None:
        process.join(END_S)
    code = process.exitcode
    return f"by signal {-code}" if code is not None and code < 0 else f"with {code}"
