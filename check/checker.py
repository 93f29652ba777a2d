"""Puts all checks together: every fault of a project, once, in the order of files and lines."""

from datetime import date
from pathlib import Path
from typing import Iterator, Mapping, Optional

from base.layers import Layers
from check import (
    annotations,
    conversations,
    desk,
    dialogue,
    domain,
    held_out,
    intents,
    parameters,
    questions,
    repeats,
    replies,
    responses,
    routing,
    rules,
    style,
    unfilled,
    yaml_faults,
)
from check.faults import Fault
from check.project import Project
from check.sentences import form_faults

TOPICS = (
    annotations,
    repeats,
    intents,
    domain,
    responses,
    rules,
    dialogue,
    desk,
    routing,
    replies,
    parameters,
    questions,
    conversations,
    held_out,
    style,
    unfilled,
)


def check(
    layers: Layers, register: str = "tu", instead: Mapping[Path, bytes] = {}, today: Optional[date] = None
) -> tuple[Fault, ...]:
    """What is wrong in all files of both layers.

    Args:
        register: "lei" when the shop addresses its customers formally: its own texts must then do so, too.
        instead: for some files what is to be checked instead of them.
        today: what is over on this day is told; this one when left out.
    """
    return faults_of(Project.read(layers, instead, register, today))


def faults_of(project: Project) -> tuple[Fault, ...]:
    """What is wrong in a project that was read."""
    order = {source.name: place for place, source in enumerate(project.sources)}
    unique = {(fault.file, fault.line, fault.message): fault for fault in _all(project)}
    return tuple(sorted(unique.values(), key=lambda f: (order.get(f.file, len(order)), f.file, f.line, f.key)))


def _all(project: Project) -> Iterator[Fault]:
    for source in project.sources:
        yield from yaml_faults.faults(source)
    for source in project.of_kind("nlu"):
        yield from form_faults(source)
    for topic in TOPICS:
        yield from topic.faults(project)
