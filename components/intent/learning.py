"""Learns both stages of the classifier, and by cross-validation what can only be learnt from sentences left out."""

from dataclasses import dataclass
from typing import Optional, Sequence

import numpy as np

from components.at_once import all_of
from components.intent.blocks import Raw, block_of, weighted
from components.intent.few import are_few
from components.intent.findings import NEVER_SURE, Findings, LeftOut, StageFindings, found, together, tried
from components.intent.folds import Fold, folds_by_kind
from components.intent.material import Labels, Learnt, Material, learnt
from components.intent.stage import Stage
from components.intent.two_stages import TwoStages

# Of the sentence vector beside 1.0 for each cheap block, with few sentences and with many; docs/nlu-figures.md.
VECTOR_SHARE_OF_FEW, VECTOR_SHARE = 4.0, 2.0


@dataclass(frozen=True)
class Settings:
    """How to learn.

    Attributes:
        closeness, closeness_with_vectors: how closely sentences are followed (`C`), by stage.
        folds: of the cross-validation.
        agreement: least share of the sentences the first stage decides alone on which the second agrees.
        most_refused: share of the sentences that concern the shop which may be refused.
        harder: by what temperatures are multiplied, because sentences left out are harder than what customers write.
        outside: name of the intent of those that do not.
        seed: of everything that draws.
    """

    closeness: float
    closeness_with_vectors: float
    folds: int
    agreement: float
    most_refused: float
    harder: float
    outside: str
    seed: int


def learn(
    cheap: Sequence[Raw],
    vectors: Sequence[Raw],
    characters: np.ndarray,
    intents: Sequence[str],
    settings: Settings,
    name_vectors: Sequence[np.ndarray] = (),
    kept: Optional[Findings] = None,
) -> TwoStages:
    """Learn from sentences.

    Args:
        cheap: the blocks that cost nothing to make, one per featurizer, `(n, width)`.
        vectors: the block of sentence vectors, which the second stage sees besides; nothing where there are none.
        characters: `(n,)`, of each sentence.
        intents: `(n,)`, what each means.
        name_vectors: sentence vectors of the intents' names, in alphabetical order.
        kept: what cross-validation found of practically the same sentences; without it, it is done now.
    """
    names, numbers = np.unique(np.array(intents), return_inverse=True)
    outside = np.flatnonzero(names == settings.outside)
    labels = Labels(numbers, len(names), int(outside[0]) if len(outside) else -1)
    few = are_few(len(numbers), len(names))
    materials = _materials(cheap, vectors, characters, settings, name_vectors, few)
    folds = [] if kept else _folds(vectors, characters, labels, settings)
    whole, left_out = _learnt_and_tried(materials, labels, folds)
    findings = kept or found(*left_out, labels, settings.most_refused, settings.agreement, settings.harder)
    first = _stage(whole[0], findings.first, labels)
    second = _stage(whole[1], findings.second, labels) if findings.second else None
    sure_from = NEVER_SURE if few else findings.sure_from
    return TwoStages(tuple(str(name) for name in names), first, second, sure_from)


def findings_of(model: TwoStages) -> Findings:
    """What cross-validation found when `model` was learnt."""
    of_stages = [
        StageFindings(stage.temperature, stage.scope) if stage else None for stage in (model.first, model.second)
    ]
    return Findings(*of_stages, model.sure_from)


def _materials(
    cheap: Sequence[Raw],
    vectors: Sequence[Raw],
    characters: np.ndarray,
    settings: Settings,
    name_vectors: Sequence[np.ndarray],
    few: bool,
) -> list[Material]:
    """Of the first stage, and of the second where there is one."""
    shares = [1.0] * len(cheap)
    first = Material(cheap, shares, characters, settings.closeness, settings.seed)
    if not vectors:
        return [first]
    named = name_vectors[0] if name_vectors else None
    every, shares = [*cheap, *vectors], [*shares, VECTOR_SHARE_OF_FEW if few else VECTOR_SHARE]
    return [first, Material(every, shares, characters, settings.closeness_with_vectors, settings.seed, True, named)]


def _folds(vectors: Sequence[Raw], characters: np.ndarray, labels: Labels, settings: Settings) -> list[Fold]:
    kinds = weighted(vectors, [block_of(block) for block in vectors], characters).vectors
    return list(folds_by_kind(labels.numbers, labels.outside, kinds, settings.folds, settings.seed))


def _learnt_and_tried(
    materials: Sequence[Material], labels: Labels, folds: Sequence[Fold]
) -> tuple[list[Learnt], list[Optional[LeftOut]]]:
    """What each stage learnt, and what it made of sentences left out: always two, None without a second stage."""
    costly_first = materials[::-1]
    pieces = [
        *((learnt, (material, labels)) for material in costly_first),
        *((tried, (material, labels, fold)) for material in costly_first for fold in folds),
    ]
    results = all_of(pieces, len(labels.numbers))
    whole, parts = results[: len(materials)][::-1], results[len(materials) :]
    left_out = [together(parts[n * len(folds) :][: len(folds)], labels) for n in range(len(materials))][::-1]
    return whole, [*left_out, None][:2]


def _stage(known: Learnt, findings: StageFindings, labels: Labels) -> Stage:
    return Stage(known.blocks, known.scores, findings.temperature, labels.outside, findings.scope, known.neighbours)
