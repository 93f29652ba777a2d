from datetime import date, timedelta

import pytest

from shop.quotes import quote_progress
from shop.records import QuoteState
from tests.shop.samples import TODAY, at, quote


@pytest.mark.parametrize(
    ("valid_until", "state", "days_left"),
    [
        (TODAY + timedelta(days=1), QuoteState.SENT, 1),
        (TODAY, QuoteState.SENT, 0),
        (TODAY - timedelta(days=1), QuoteState.EXPIRED, None),
        (None, QuoteState.SENT, None),
    ],
)
def test_a_quote_is_valid_through_its_last_day(valid_until, state: QuoteState, days_left) -> None:
    progress = quote_progress(quote(QuoteState.SENT, sent_at=at(20), valid_until=valid_until), TODAY)

    assert progress.state is state
    assert progress.days_left == days_left


@pytest.mark.parametrize("state", [QuoteState.ACCEPTED, QuoteState.DECLINED])
def test_an_answered_quote_does_not_expire(state: QuoteState) -> None:
    progress = quote_progress(quote(state, sent_at=at(2), valid_until=date(2026, 11, 10), answered_at=at(5)), TODAY)

    assert progress.state is state
    assert (progress.steps[-1].key, progress.steps[-1].at) == (state.value, at(5))


@pytest.mark.parametrize("state", [QuoteState.RECEIVED, QuoteState.PREPARING])
def test_a_quote_not_sent_by_the_promised_day_is_overdue(state: QuoteState) -> None:
    assert quote_progress(quote(state, due_on=TODAY - timedelta(days=1)), TODAY).overdue
    assert not quote_progress(quote(state, due_on=TODAY), TODAY).overdue
    assert not quote_progress(quote(state), TODAY).overdue


def test_a_sent_quote_is_not_overdue() -> None:
    assert not quote_progress(quote(QuoteState.SENT, due_on=date(2026, 1, 1), sent_at=at(20)), TODAY).overdue


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (QuoteState.RECEIVED, ["current", "todo", "todo", "todo"]),
        (QuoteState.PREPARING, ["done", "current", "todo", "todo"]),
        (QuoteState.SENT, ["done", "done", "current", "todo"]),
        (QuoteState.ACCEPTED, ["done", "done", "done", "done"]),
        (QuoteState.DECLINED, ["done", "done", "done", "done"]),
        (QuoteState.EXPIRED, ["done", "done", "done", "problem"]),
    ],
)
def test_the_steps_follow_the_state(state: QuoteState, steps: list[str]) -> None:
    progress = quote_progress(quote(state, sent_at=at(20)), TODAY)

    assert [step.state.value for step in progress.steps] == steps
