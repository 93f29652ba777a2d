"""`sportello train`: trains the model, with a line that shows it is alive."""

import sys

from cli import progress
from cli.model import models_folder
from cli.say import Problem, say


def train_command(from_nothing: bool = False) -> None:
    """Train from the files as they are and make the result the current model.

    Args:
        from_nothing: whether nothing that an earlier training found out is taken for granted.
    """
    from components.intent.kept import findings_folder, forget_findings
    from components.remembered import forget_all, training_folder
    from engine.training import TrainingFailed, train

    print(say("train_starts"), file=sys.stderr)
    try:
        if from_nothing:
            forget_findings(findings_folder())
            forget_all(training_folder())
        info = train(models_folder(), show_training)
    except TrainingFailed as error:
        raise Problem("train_failed", reason=str(error)) from error
    finally:
        progress.end()
    print(say("train_done", path=info.path))


def show_training(seconds: int) -> None:
    """That it is still going on."""
    progress.show(say("train_running", seconds=seconds), due=seconds % 10 == 0)
