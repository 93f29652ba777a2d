"""Learns both stages of the classifier, and by cross-validation what can only be learnt from sentences left out."""

from dataclasses import dataclass, replace
from typing import Iterable, Optional, Sequence

import numpy as np
import scipy.sparse as sparse

from components.intent.blocks import Block, Raw, Rows, block_of, weighted
from components.intent.calibration import best_temperature, softmax
from components.intent.folds import Fold, folds_by_kind
from components.intent.linear import fit
from components.intent.scope import Neighbours, Scope, evidence_of, learn_scope
from components.intent.stage import Stage, decided, margins, with_outside
from components.intent.two_stages import TwoStages

VECTOR_SHARE = 4.0  # of the sentence vector beside 1.0 for each cheap block; cross-validation, docs/nlu.md
CHEAP_DIRECTIONS, VECTOR_DIRECTIONS = 128, 384  # of blocks of vectors; docs/nlu.md
NEVER_SURE = float("inf")
LEAST_OUTSIDE = 10  # sentences, below which nothing can be learnt about those that do not concern the shop


@dataclass(frozen=True)
class Settings:
    """How to learn.

    Attributes:
        closeness, closeness_with_vectors: how closely sentences are followed (`C`), by stage.
        folds: of the cross-validation.
        agreement: least share of the sentences the first stage decides alone on which the second agrees.
        most_refused: share of the sentences that concern the shop which may be refused.
        outside: name of the intent of those that do not.
        seed: of everything that draws.
    """

    closeness: float
    closeness_with_vectors: float
    folds: int
    agreement: float
    most_refused: float
    outside: str
    seed: int


@dataclass(frozen=True)
class Labels:
    """What the training sentences mean.

    Attributes:
        numbers: `(n,)`, the intent of each.
        count: how many intents there are.
        outside: number of the intent of sentences that do not concern the shop, or -1.
    """

    numbers: np.ndarray
    count: int
    outside: int


@dataclass(frozen=True)
class LeftOut:
    """What a stage made of training sentences that it had not learnt from.

    Attributes:
        which: `(n,)`, numbers of these sentences; not all when they were too few for cross-validation.
        scores: `(n, n_intents)`.
        known: `(n, n_blocks)`, see `Rows`.
        near: `(n, …)`, from `Neighbours.evidence`, or None.
    """

    which: np.ndarray
    scores: np.ndarray
    known: np.ndarray
    near: Optional[np.ndarray]


@dataclass(frozen=True)
class _Material:
    """What one stage learns from.

    Attributes:
        raw: a block per featurizer.
        shares: of each block.
        closeness: see `Settings`.
        has_meaning: whether the last block is the sentence vector, in which neighbours are looked for.
        names: sentence vectors of the intents' names, `(n_intents, width)`, or None.
    """

    raw: Sequence[Raw]
    shares: Sequence[float]
    closeness: float
    has_meaning: bool = False
    names: Optional[np.ndarray] = None

    def blocks(self, which: Optional[np.ndarray] = None) -> tuple[Block, ...]:
        """Their weights, learnt from some of the sentences or from all."""
        last = len(self.raw) - 1 if self.has_meaning else -1
        return tuple(
            block_of(raw, share, VECTOR_DIRECTIONS if number == last else CHEAP_DIRECTIONS)
            for number, (raw, share) in enumerate(zip(self.of(which), self.shares))
        )

    def of(self, which: Optional[np.ndarray]) -> Sequence[Raw]:
        """The blocks of some sentences."""
        return self.raw if which is None else [block[which] for block in self.raw]


def learn(
    cheap: Sequence[Raw],
    vectors: Sequence[Raw],
    characters: np.ndarray,
    intents: Sequence[str],
    settings: Settings,
    name_vectors: Sequence[np.ndarray] = (),
) -> TwoStages:
    """Learn from sentences.

    Args:
        cheap: the blocks that cost nothing to make, one per featurizer, `(n, width)`.
        vectors: the block of sentence vectors, which the second stage sees besides; nothing where there are none.
        characters: `(n,)`, of each sentence.
        intents: `(n,)`, what each means.
        name_vectors: sentence vectors of the intents' names, in alphabetical order.
    """
    names, numbers = np.unique(np.array(intents), return_inverse=True)
    found = np.flatnonzero(names == settings.outside)
    labels = Labels(numbers, len(names), int(found[0]) if len(found) else -1)
    kinds = weighted(vectors, [block_of(block) for block in vectors], characters).vectors
    folds = list(folds_by_kind(numbers, labels.outside, kinds, settings.folds, settings.seed))
    shares = [1.0] * len(cheap)
    first, before = _stage(_Material(cheap, shares, settings.closeness), characters, labels, folds, settings)
    second, sure_from = None, NEVER_SURE
    if vectors:
        named = name_vectors[0] if name_vectors else None
        whole = _Material([*cheap, *vectors], [*shares, VECTOR_SHARE], settings.closeness_with_vectors, True, named)
        second, after = _stage(whole, characters, labels, folds, settings)
        sure_from = _sure_from(first, before, second, after, settings.agreement)
    return TwoStages(tuple(str(name) for name in names), first, second, sure_from)


def _stage(
    material: _Material, characters: np.ndarray, labels: Labels, folds: Iterable[Fold], settings: Settings
) -> tuple[Stage, LeftOut]:
    """One stage, and what it made of the sentences when they were left out."""
    left_out = _left_out(material, characters, labels, folds, settings.seed)
    temperature = best_temperature(left_out.scores, labels.numbers[left_out.which])
    scope = _scope(left_out, labels, temperature, settings.most_refused)
    blocks = material.blocks()
    rows = weighted(material.raw, blocks, characters)
    scores = fit(rows, labels.numbers, labels.count, material.closeness, settings.seed, _names(material.names, blocks))
    neighbours = _neighbours(rows, labels, blocks, material.has_meaning) if scope else None
    return Stage(blocks, scores, temperature, labels.outside, scope, neighbours), left_out


def _left_out(material: _Material, characters: np.ndarray, labels: Labels, folds: Iterable[Fold], seed: int) -> LeftOut:
    parts = []
    for train, left_out in folds:
        blocks = material.blocks(train)
        rows = weighted(material.of(train), blocks, characters[train])
        learnt = Labels(labels.numbers[train], labels.count, labels.outside)
        scores = fit(rows, learnt.numbers, learnt.count, material.closeness, seed, _names(material.names, blocks))
        neighbours = _neighbours(rows, learnt, blocks, material.has_meaning)
        unseen = weighted(material.of(left_out), blocks, characters[left_out])
        near = neighbours.evidence(unseen.vectors) if neighbours else None
        parts.append(LeftOut(left_out, scores.of_all(unseen), unseen.known, near))
    if not parts:
        return LeftOut(np.zeros(0, int), np.zeros((0, labels.count)), np.zeros((0, 0)), None)
    near = [part.near for part in parts if part.near is not None]
    return LeftOut(
        np.concatenate([part.which for part in parts]),
        np.vstack([part.scores for part in parts]),
        np.vstack([part.known for part in parts]),
        np.vstack(near) if near else None,
    )


def _names(names: Optional[np.ndarray], blocks: Sequence[Block]) -> Optional[Rows]:
    """The intents' names as sentences of which only the sentence vectors are looked at, from their own mean."""
    if names is None:
        return None
    n, last = len(names), replace(blocks[-1], mean=names.mean(axis=0))
    counted = sum(len(block.idf) for block in blocks if block.idf is not None)
    others = sum(block.directions.shape[1] for block in blocks[:-1] if block.directions is not None)
    meant = weighted([names], [last], np.zeros(n)).vectors
    vectors = np.hstack([np.zeros((n, others), np.float32), meant])
    return Rows(sparse.csr_matrix((n, counted), dtype=np.float32), vectors, np.zeros((n, 0)))


def _neighbours(rows: Rows, labels: Labels, blocks: Sequence[Block], has_meaning: bool) -> Optional[Neighbours]:
    """None where there are no sentence vectors, or nothing is outside."""
    if labels.outside < 0 or not has_meaning:
        return None
    width = blocks[-1].directions.shape[1]
    return Neighbours(rows.vectors[:, -width:], labels.numbers == labels.outside)


def _scope(left_out: LeftOut, labels: Labels, temperature: float, most_refused: float) -> Optional[Scope]:
    is_outside = labels.numbers[left_out.which] == labels.outside
    if (
        labels.outside < 0
        or labels.count < 2
        or not LEAST_OUTSIDE <= is_outside.sum() <= len(is_outside) - LEAST_OUTSIDE
    ):
        return None
    evidence = evidence_of(left_out.scores, temperature, labels.outside, left_out.known, left_out.near)
    return learn_scope(evidence, is_outside, most_refused)


def _decisions(stage: Stage, left_out: LeftOut) -> np.ndarray:
    """`(n,)`, the intent that the stage decides for in each of these sentences."""
    confidences = softmax(left_out.scores, stage.temperature)
    if stage.scope is None:
        return confidences.argmax(axis=1)
    evidence = evidence_of(left_out.scores, stage.temperature, stage.outside, left_out.known, left_out.near)
    probability = stage.scope.probability(evidence)
    confidences = with_outside(confidences, stage.outside, probability)
    return decided(confidences, stage.outside, probability, stage.scope.refuses_at)


def _sure_from(first: Stage, before: LeftOut, second: Stage, after: LeftOut, agreement: float) -> float:
    """The smallest margin above which the stages agree often enough; infinite when there is none."""
    if not len(before.which):
        return NEVER_SURE
    decisions = _decisions(first, before)
    margin = margins(before.scores, decisions)
    order = np.argsort(-margin, kind="stable")
    agree = (decisions == _decisions(second, after))[order]
    share = np.cumsum(agree) / np.arange(1, len(agree) + 1)
    enough = np.flatnonzero(share >= agreement)
    return float(margin[order[enough[-1]]]) if len(enough) else NEVER_SURE
