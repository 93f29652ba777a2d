"""Two models that read the same labelled sentences: what got better and what got worse, sentence by sentence."""

from dataclasses import dataclass
from typing import Sequence

from evaluation.figures import Outcome


@dataclass(frozen=True)
class Change:
    """A labelled sentence of which two models understand different things.

    Attributes:
        before, after: what each understood.
    """

    before: Outcome
    after: Outcome

    @property
    def text(self) -> str:
        """The sentence."""
        return self.after.wanted.text

    @property
    def wanted(self) -> str:
        """The intent it has."""
        return self.after.wanted.intent


@dataclass(frozen=True)
class Comparison:
    """Sentences that only the later model understands, that only the earlier one did, and that neither does.

    An entity counts like the intent: a sentence is right when nothing is wrong about it.
    """

    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    otherwise: tuple[Change, ...]


def compare(before: Sequence[Outcome], after: Sequence[Outcome]) -> Comparison:
    """What changed between two models' outcomes of the same sentences in the same order.

    Raises:
        ValueError: they are not of the same sentences.
    """
    if [one.wanted for one in before] != [one.wanted for one in after]:
        raise ValueError("outcomes of other sentences")
    changes = [Change(*both) for both in zip(before, after)]
    return Comparison(
        better=tuple(one for one in changes if is_right(one.after) and not is_right(one.before)),
        worse=tuple(one for one in changes if is_right(one.before) and not is_right(one.after)),
        otherwise=tuple(one for one in changes if _neither(one) and _said(one.before) != _said(one.after)),
    )


def is_right(outcome: Outcome) -> bool:
    """Whether the intent and every entity are as they should be."""
    return outcome.intent == outcome.wanted.intent and outcome.entities == outcome.wanted.entities


def _neither(change: Change) -> bool:
    return not is_right(change.before) and not is_right(change.after)


def _said(outcome: Outcome) -> tuple[object, ...]:
    return outcome.intent, outcome.entities
