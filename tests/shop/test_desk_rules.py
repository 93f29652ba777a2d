"""When people answer: a split day, national holidays, the town's saint, August, and both changes of the clocks."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from base.clock import ROME
from base.settings import ROOT
from shop.desk_rules import DeskRules, DeskRulesUnreadable

RULES = DeskRules.load(ROOT / "data" / "desk.yml")


def at(written: str) -> datetime:
    """An Italian moment such as `2026-11-23 10:30`."""
    return datetime.fromisoformat(written).replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:20", 20),
        ("2026-11-23 12:50", "2026-11-23 14:40", 20),  # the break between
        ("2026-11-23 18:20", "2026-11-24 09:10", 20),  # a night between
        ("2026-11-28 20:00", "2026-11-30 09:05", 5),  # asked on a Saturday night, answered on Monday
        ("2026-12-24 18:00", "2026-12-28 09:30", 60),  # Christmas between
        ("2026-11-29 10:00", "2026-11-29 18:00", 0),  # a Sunday
        ("2026-11-23 10:20", "2026-11-23 10:00", 0),
        ("2026-10-24 12:00", "2026-10-26 10:00", 120),  # summer time ends between
    ],
)
def test_only_time_in_which_somebody_answers_counts(start: str, end: str, minutes: int) -> None:
    assert RULES.open_between(at(start), at(end)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 08:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 12:59", True),
        ("2026-11-23 13:00", False),
        ("2026-11-23 14:30", True),
        ("2026-11-23 18:30", False),
        ("2026-11-28 12:00", True),  # Saturday morning
        ("2026-11-28 15:00", False),
        ("2026-11-29 10:00", False),  # Sunday
        ("2026-12-07 10:00", False),  # the patron saint, a Monday
        ("2026-12-08 10:00", False),  # the Immaculate Conception
        ("2026-12-09 10:00", True),
        ("2026-04-06 10:00", False),  # Easter Monday
        ("2026-08-14 10:00", False),
        ("2027-08-13 10:00", False),  # every year
        ("2026-08-24 10:00", True),
    ],
)
def test_people_answer_in_their_hours_only(moment: str, is_open: bool) -> None:
    assert RULES.is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 13:10", "2026-11-23 14:30"),
        ("2026-11-23 20:00", "2026-11-24 09:00"),
        ("2026-11-28 13:00", "2026-11-30 09:00"),
        ("2026-12-05 13:00", "2026-12-09 09:00"),  # Sunday, the saint and a national holiday in a row
        ("2026-08-08 13:00", "2026-08-24 09:00"),
        ("2026-03-28 20:00", "2026-03-30 09:00"),  # summer time begins in between
        ("2026-10-24 20:00", "2026-10-26 09:00"),  # and ends
    ],
)
def test_the_next_opening_is_told_across_days_holidays_and_changes_of_the_clocks(moment: str, opens: str) -> None:
    assert RULES.opens_next(at(moment)) == at(opens)


def test_a_promise_ends_with_the_next_day_on_which_somebody_answers() -> None:
    assert RULES.promised_by(at("2026-11-27 10:00")) == at("2026-11-28 13:00")
    assert RULES.promised_by(at("2026-12-05 10:00")) == at("2026-12-09 18:30")


def test_days_may_be_closed_across_the_end_of_the_year(tmp_path: Path) -> None:
    rules = written(tmp_path, closed=["12-31/01-02", "2026-05-04"])

    closed = [day for day in map(date.fromisoformat, ("2026-12-31", "2027-01-02", "2026-05-04")) if rules.hours_on(day)]

    assert closed == []
    assert rules.hours_on(date(2027, 5, 4)) and rules.hours_on(date(2026, 12, 30))


@pytest.mark.parametrize(
    "change",
    [
        {"hours": {"monday": ["13:00-09:00"]}},
        {"hours": {"monday": ["09:00-13:00", "12:00-18:00"]}},
        {"hours": {"lunedì": ["09:00-13:00"]}},
        {"hours": {"monday": ["9"]}},
        {"closed": ["13-40"]},
        {"closed": ["2026-08-10/08-20"]},
        {"promise_after_minutes": 0},
        {"outcomes": None},
    ],
)
def test_what_cannot_be_is_refused_by_name_of_the_file(tmp_path: Path, change: dict) -> None:
    with pytest.raises(DeskRulesUnreadable, match="desk.yml"):
        written(tmp_path, **change)


def test_a_shop_writes_only_the_days_that_are_its_own(tmp_path: Path) -> None:
    own = tmp_path / "desk.yml"
    own.write_text('hours:\n  sunday: ["10:00-12:00"]\nclosed: []\n')

    rules = DeskRules.load([ROOT / "data" / "desk.yml", own])

    assert rules.is_open(at("2026-11-29 10:30"))  # Sunday
    assert rules.is_open(at("2026-11-23 10:30"))  # Monday, as in the product
    assert rules.closed == () and rules.promise == RULES.promise


def written(folder: Path, **change: object) -> DeskRules:
    content = yaml.safe_load((ROOT / "data" / "desk.yml").read_text(encoding="utf-8"))
    file = folder / "desk.yml"
    file.write_text(yaml.safe_dump({**content, **change}), encoding="utf-8")
    return DeskRules.load(file)
