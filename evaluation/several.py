"""Held-out messages with several requests, and messages that only look like it: how many are read as meant."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ruamel.yaml import YAML

from base.layers import Layers

FILES = Path("tests") / "nlu"
PATTERN = "two_requests*.yml"


@dataclass(frozen=True)
class SeveralRequests:
    """A message and the intents of its requests in order; one that only looks like several has no `requests`."""

    text: str
    requests: tuple[str, ...]


def several_requests(layers: Layers) -> tuple[SeveralRequests, ...]:
    """The messages of `two_requests*.yml` in both layers."""
    files = [file for folder in layers.beside for file in sorted((folder / FILES).glob(PATTERN))]
    found: list[SeveralRequests] = []
    for file in files:
        content: Mapping[str, Sequence[Any]] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        found += [SeveralRequests(one["text"], tuple(one["requests"])) for one in content.get("two") or ()]
        found += [SeveralRequests(one["text"], ()) for one in content.get("one") or ()]
    return tuple(found)


def several_figures(
    messages: Sequence[SeveralRequests], read: Sequence[tuple[str, ...]]
) -> Mapping[str, Optional[float]]:
    """`several_as_meant`: the share of messages with several requests that are read as meant; `look_alikes_cut`: of
    those that only look like it, the share that is read as more than one."""
    pairs = list(zip(messages, read))
    as_meant = [found == message.requests for message, found in pairs if message.requests]
    cut = [len(found) > 1 for message, found in pairs if not message.requests]
    return {"several_as_meant": _share(as_meant), "look_alikes_cut": _share(cut)}


def _share(found: Sequence[bool]) -> Optional[float]:
    return sum(found) / len(found) if found else None
