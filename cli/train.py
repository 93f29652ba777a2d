"""`sportello train`: trains the model, with a line that shows it is alive."""

import sys
from typing import TYPE_CHECKING, Iterator, Optional

from cli import progress
from cli.model import models_folder
from cli.say import Problem, say
from evaluation.numbers import number

if TYPE_CHECKING:
    from engine.training_steps import Moment

DUE_S = 10.0  # between two lines about the same step, where there is no terminal


def train_command(from_nothing: bool = False) -> None:
    """Train from the files as they are and make the result the current model.

    Args:
        from_nothing: whether nothing that an earlier training found out is taken for granted.
    """
    from components.intent.kept import findings_folder, forget_findings
    from components.remembered import forget_all, training_folder
    from engine.training import TrainingFailed, train

    print(say("train_starts"), file=sys.stderr)
    shown = Shown()
    try:
        if from_nothing:
            forget_findings(findings_folder())
            forget_all(training_folder())
        info = train(models_folder(), shown)
    except TrainingFailed as error:
        raise Problem("train_failed", reason=str(error)) from error
    finally:
        progress.end()
    for line in told_at_the_end(shown.latest):
        print(line)
    print(say("train_done", path=info.path))


class Shown:
    """Shows where a training is: on a terminal every second, elsewhere when its step is another, and now and then.

    Attributes:
        latest: how it stood last; None where it has not begun.
    """

    def __init__(self) -> None:
        self.latest: Optional[Moment] = None
        self._shown_at = 0.0

    def __call__(self, moment: "Moment") -> None:
        """Called while the training goes on."""
        is_another = self.latest is None or moment.steps != self.latest.steps
        due = is_another or moment.seconds - self._shown_at >= DUE_S
        self._shown_at = moment.seconds if due else self._shown_at
        self.latest = moment
        step = say("train_and").join(_step(name, moment) for name in moment.steps)
        progress.show(say("train_running", seconds=int(moment.seconds), step=step), due)


def told_at_the_end(moment: "Optional[Moment]") -> Iterator[str]:
    """What was worked out anew and what was kept, and how long it took."""
    if moment is None:
        return
    words, vectors, left_out = (moment.counts.get(kind) for kind in ("words", "vectors", "left_out"))
    if words:
        yield say("train_sentences", new=number(words.new), count=number(words.count))
    if vectors:
        yield say("train_vectors", new=number(vectors.new), kept=number(vectors.kept))
    if left_out:
        yield say("train_left_out_anew" if left_out.new else "train_left_out_kept")
    yield say("train_took", seconds=int(moment.seconds))


def _step(name: str, moment: "Moment") -> str:
    count = moment.counts.get(name)
    if count is None or not count.new:
        return say(f"train_step_{name}")
    return say(f"train_counted_{name}", done=number(count.done), new=number(count.new), count=number(count.count))
