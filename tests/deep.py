"""Tests that do a part of their work each time, and all of it in `make test-deep`."""

import os
from typing import Sequence, TypeVar

import pytest

DEEP = os.environ.get("SPORTELLO_DEEP") == "1"
Item = TypeVar("Item")

more = pytest.mark.more


def some(items: Sequence[Item], every: int) -> Sequence[Item]:
    """One in `every` of them; all in a deep test."""
    return items if DEEP else items[::every]
