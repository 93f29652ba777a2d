"""Keeps what was learnt as arrays of one .npz file, without pickle."""

import json
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional

import numpy as np
import scipy.sparse as sparse

from components.intent.blocks import Block
from components.intent.linear import LinearScores
from components.intent.neighbours import Neighbours
from components.intent.scope import Scope
from components.intent.stage import Stage
from components.intent.two_stages import TwoStages

FIRST, SECOND = "first", "second"


def save(model: TwoStages, file: Path) -> None:
    """Write the file; the same model gives the same arrays."""
    stages = {FIRST: model.first, **({SECOND: model.second} if model.second else {})}
    layout = {
        "intents": model.intents,
        "sure_from": model.sure_from,
        "stages": {name: _layout(stage) for name, stage in stages.items()},
    }
    arrays = {f"{name}.{key}": array for name, stage in stages.items() for key, array in _arrays(stage)}
    np.savez(file, layout=np.array(json.dumps(layout)), **arrays)


def load(file: Path) -> TwoStages:
    """Read it.

    Raises:
        OSError, ValueError, KeyError: the file is damaged.
    """
    with np.load(file, allow_pickle=False) as arrays:
        layout = json.loads(str(arrays["layout"]))
        stages = {name: _stage(name, said, arrays) for name, said in layout["stages"].items()}
    return TwoStages(tuple(layout["intents"]), stages[FIRST], stages.get(SECOND), layout["sure_from"])


def _layout(stage: Stage) -> dict[str, Any]:
    return {
        "blocks": [[_kept(block), block.share] for block in stage.blocks],
        "temperature": stage.temperature,
        "outside": stage.outside,
        "scope": {"bias": stage.scope.bias, "refuses_at": stage.scope.refuses_at} if stage.scope else None,
        "neighbours": _kept_neighbours(stage.neighbours),
    }


def _kept(block: Block) -> list[str]:
    """Which arrays the block has."""
    return [name for name in ("idf", "mean", "directions") if getattr(block, name) is not None]


def _kept_neighbours(neighbours: Optional[Neighbours]) -> Optional[dict[str, int]]:
    return {"width": neighbours.width, "count": neighbours.count} if neighbours else None


def _arrays(stage: Stage) -> Iterator[tuple[str, np.ndarray]]:
    for number, block in enumerate(stage.blocks):
        for name in _kept(block):
            yield f"block_{number}_{name}", getattr(block, name)
    for name in ("counts", "vectors", "bias"):
        yield name, getattr(stage.scores, name)
    if stage.scope:
        for name in ("mean", "scale", "weights"):
            yield f"scope_{name}", getattr(stage.scope, name)
    if stage.neighbours:
        counts = stage.neighbours.counts
        yield "neighbours_vectors", stage.neighbours.vectors.astype(np.float16)
        yield "neighbours_intents", stage.neighbours.intents.astype(np.int32)
        yield "neighbours_counts", counts.data.astype(np.float16)
        yield "neighbours_rows", counts.indices.astype(np.int32)
        yield "neighbours_columns", counts.indptr.astype(np.int32)


def _stage(name: str, layout: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Stage:
    def array(key: str) -> np.ndarray:
        return arrays[f"{name}.{key}"]

    blocks = tuple(
        Block(**{name: array(f"block_{number}_{name}") for name in kept}, share=share)
        for number, (kept, share) in enumerate(layout["blocks"])
    )
    scope: Optional[Scope] = None
    if layout["scope"]:
        scope = Scope(array("scope_mean"), array("scope_scale"), array("scope_weights"), **layout["scope"])
    neighbours: Optional[Neighbours] = None
    if layout["neighbours"]:
        neighbours = _neighbours(array, **layout["neighbours"], outside=layout["outside"])
    scores = LinearScores(array("counts"), array("vectors"), array("bias"))
    return Stage(blocks, scores, layout["temperature"], layout["outside"], scope, neighbours)


def _neighbours(array: Callable[[str], np.ndarray], width: int, count: int, outside: int) -> Neighbours:
    vectors, intents = array("neighbours_vectors").astype(np.float32), array("neighbours_intents")
    columns = array("neighbours_columns")
    values = array("neighbours_counts").astype(np.float32), array("neighbours_rows"), columns
    counts = sparse.csc_matrix(values, shape=(len(intents), len(columns) - 1))
    return Neighbours(counts, vectors, width, intents, count, outside)
