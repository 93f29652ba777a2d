"""Tests that run on both databases, and for which PostgreSQL adds nothing but what it adds to all of them.

Parts with SQL of their own (base/, desk/, engine/, front/, shop/, switchboard/) are always tried on both.
"""

from collections import Counter
from pathlib import Path, PurePath
from typing import Optional, Sequence

import pytest

TESTS = Path(__file__).parent
WITHOUT_SQL = tuple(map(PurePath, ("actions", "bench", "cli", "connectors", "conversations", "desk/test_desk.py")))
BUT_THESE = (PurePath("cli/test_doctor.py"),)  # it asks each server for its clock
ONE_IN = 4  # of each file is tried on PostgreSQL every time; all of them with the deep tests


def leave_twins_out(items: Sequence[pytest.Item]) -> None:
    """Mark those that wait for the deep tests; a test that is on PostgreSQL alone is nobody's twin."""
    on_sqlite = {_test(item) for item in items if _backend(item) == "sqlite"}
    seen: Counter[Path] = Counter()
    for item in items:
        if _backend(item) == "postgresql" and _test(item) in on_sqlite and _is_without_sql(item.path):
            if seen[item.path] % ONE_IN:
                item.add_marker(pytest.mark.deep)
            seen[item.path] += 1


def _test(item: pytest.Item) -> tuple[Path, str]:
    return item.path, getattr(item, "originalname", item.name)


def _backend(item: pytest.Item) -> Optional[str]:
    """The database of a test that uses the fixture `backend`."""
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("backend") if callspec else None


def _is_without_sql(path: Path) -> bool:
    inside = PurePath(path.relative_to(TESTS) if path.is_relative_to(TESTS) else path)
    return inside not in BUT_THESE and any(part in (inside, *inside.parents) for part in WITHOUT_SQL)
