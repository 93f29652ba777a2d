"""What `sportello new-…` left to be filled in: the mark `to_fill` of limits.yml."""

from typing import Iterator

from check.faults import Fault
from check.project import Project
from check.sources import Source


def faults(project: Project) -> Iterator[Fault]:
    """Every line that still bears the mark."""
    for source in project.sources:
        yield from of_source(project, source)


def of_source(project: Project, source: Source) -> Iterator[Fault]:
    """Those of one file; comments may bear it."""
    mark = project.limits["to_fill"]
    for number, line in enumerate(source.text.splitlines(), 1):
        if mark in line and not line.lstrip().startswith("#"):
            yield source.fault(number, "to_fill", mark=mark)
