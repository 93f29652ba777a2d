"""How much of what a model understands is lost when the same sentences are written in a hurry."""

from dataclasses import dataclass
from random import Random
from typing import Iterable, Optional, Sequence

from evaluation.figures import Outcome, overall_entities
from evaluation.labelled import Labelled
from evaluation.outcomes import Reads, outcomes_of
from evaluation.perturb import KINDS, perturbed, perturbed_once

Pair = tuple[Outcome, Outcome]


@dataclass(frozen=True)
class Loss:
    """What the same sentences are worth as they were written and as they were changed.

    Attributes:
        sentences: how many there are.
        accuracy, changed_accuracy: the share whose intent is right, from 0 to 1.
        entity_f1, changed_entity_f1: over all their entities; None where there is none.
    """

    sentences: int
    accuracy: float
    changed_accuracy: float
    entity_f1: Optional[float]
    changed_entity_f1: Optional[float]

    @property
    def points(self) -> float:
        """Points of accuracy lost, of 100; below 0 when something is won."""
        return 100 * (self.accuracy - self.changed_accuracy)


async def loss_of_one_change(parser: Reads, outcomes: Sequence[Outcome], seed: int) -> tuple[Loss, dict[str, Loss]]:
    """Every sentence changed once, in a kind drawn from those that change it; in all, and by kind.

    Args:
        outcomes: the sentences, and what is understood of them as they were written.
        seed: of the draws. What becomes of a sentence depends on it and the sentence, not on the other sentences.

    Returns:
        The loss over all of them, also those that nothing changes; and of the ones that a kind fell to.
    """
    drawn = [perturbed_once(one.wanted, _chance(seed, one)) for one in outcomes]
    pairs = await _pairs(parser, outcomes, [sentence for _, sentence in drawn])
    kinds = {kind: [pair for (its, _), pair in zip(drawn, pairs) if its == kind] for kind in KINDS}
    return _loss(pairs), {kind: _loss(of_kind) for kind, of_kind in kinds.items() if of_kind}


async def loss_by_kind(
    parser: Reads, outcomes: Sequence[Outcome], seed: int, kinds: Iterable[str] = KINDS
) -> dict[str, Loss]:
    """Every sentence changed in every one of `kinds` that changes it: steadier figures, and many more parses."""
    losses = {}
    for kind in kinds:
        written = [(one, perturbed(one.wanted, kind, _chance(seed, one))) for one in outcomes]
        changed = [(one, sentence) for one, sentence in written if sentence is not None]
        if changed:
            losses[kind] = _loss(await _pairs(parser, [one for one, _ in changed], [s for _, s in changed]))
    return losses


def _chance(seed: int, one: Outcome) -> Random:
    return Random(f"{seed} {one.wanted.text}")


async def _pairs(parser: Reads, outcomes: Sequence[Outcome], changed: Sequence[Labelled]) -> list[Pair]:
    return list(zip(outcomes, await outcomes_of(parser, changed, lambda _done: None)))


def _loss(pairs: Sequence[Pair]) -> Loss:
    before, after = [one for one, _ in pairs], [one for _, one in pairs]
    return Loss(
        len(pairs), _accuracy(before), _accuracy(after), overall_entities(before).f1, overall_entities(after).f1
    )


def _accuracy(outcomes: Iterable[Outcome]) -> float:
    right = [one.intent == one.wanted.intent for one in outcomes]
    return sum(right) / len(right)
