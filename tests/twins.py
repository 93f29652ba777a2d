"""Tests that run on both databases, and for which PostgreSQL adds nothing but what it adds to all of them.

Parts with SQL of their own (base/, desk/, engine/, front/, shop/, switchboard/) are always tried on both.
"""

from collections import Counter
from pathlib import Path, PurePath
from typing import Sequence

import pytest

TESTS = Path(__file__).parent
WITHOUT_SQL = tuple(map(PurePath, ("actions", "bench", "cli", "connectors", "conversations", "desk/test_desk.py")))
ONE_IN = 4  # of each file is tried on PostgreSQL every time; all of them with the deep tests


def leave_twins_out(items: Sequence[pytest.Item]) -> None:
    """Mark those that wait for the deep tests."""
    seen: Counter[Path] = Counter()
    for item in items:
        if _on_postgresql(item) and _is_without_sql(item.path):
            if seen[item.path] % ONE_IN:
                item.add_marker(pytest.mark.deep)
            seen[item.path] += 1


def _on_postgresql(item: pytest.Item) -> bool:
    """Whether it is the twin, by the fixture `backend`; what is about PostgreSQL itself is none."""
    return (
        isinstance(item, pytest.Function)
        and getattr(item, "callspec", None) is not None
        and (item.callspec.params.get("backend") == "postgresql")
    )


def _is_without_sql(path: Path) -> bool:
    inside = path.relative_to(TESTS) if path.is_relative_to(TESTS) else path
    return any(part in (inside, *inside.parents) for part in WITHOUT_SQL)
