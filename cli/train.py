"""`sportello train`: trains the model, with a line that shows it is alive."""

import sys

from cli.model import models_folder
from cli.say import Problem, say


def train_command() -> None:
    """Train from the files as they are and make the result the current model."""
    from engine.training import TrainingFailed, train

    print(say("train_starts"), file=sys.stderr)
    try:
        info = train(models_folder(), _show)
    except TrainingFailed as error:
        raise Problem("train_failed", reason=str(error)) from error
    finally:
        _end_line()
    print(say("train_done", path=info.path))


def _show(seconds: int) -> None:
    """One line that counts on a terminal; elsewhere a line every ten seconds."""
    line = say("train_running", seconds=seconds)
    if sys.stderr.isatty():
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
    elif seconds % 10 == 0:
        print(line, file=sys.stderr, flush=True)


def _end_line() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
