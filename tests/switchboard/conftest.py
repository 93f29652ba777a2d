"""Customers on several channels."""

import pytest

from base.clock import FixedClock
from base.database import Database
from tests.switchboard.side import Side


@pytest.fixture
def web(database: Database, clock: FixedClock) -> Side:
    return Side(database, clock, "web", "ws_anna")


@pytest.fixture
def chat(database: Database, clock: FixedClock) -> Side:
    return Side(database, clock, "telegram", "11")


@pytest.fixture
def thief(database: Database, clock: FixedClock) -> Side:
    return Side(database, clock, "telegram", "99")
