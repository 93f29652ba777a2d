"""Where a quote is. Whether it has expired follows from the day, whatever the shop's own record still says."""

from dataclasses import dataclass
from datetime import date
from typing import Optional

from shop.records import Quote, QuoteState
from shop.steps import Step, StepState

_WAY = (QuoteState.RECEIVED, QuoteState.PREPARING, QuoteState.SENT)
_ANSWERS = (QuoteState.ACCEPTED, QuoteState.DECLINED)


@dataclass(frozen=True)
class QuoteProgress:
    """What there is to say about a quote."""

    state: QuoteState
    overdue: bool  # promised for a day that has passed, and not sent yet
    days_left: Optional[int]  # while it can be accepted; 0 on the last valid day
    steps: tuple[Step, ...]  # received, preparing, sent, then accepted, declined or expired


def quote_progress(quote: Quote, today: date) -> QuoteProgress:
    """Where the quote is.

    Args:
        quote: the record, as the shop gave it.
        today: the Italian local date. A quote that was sent is valid through `valid_until`, that day included.
    """
    over = quote.state is QuoteState.SENT and quote.valid_until is not None and quote.valid_until < today
    state = QuoteState.EXPIRED if over else quote.state
    waiting = state in (QuoteState.RECEIVED, QuoteState.PREPARING)
    open_until = quote.valid_until if state is QuoteState.SENT else None
    return QuoteProgress(
        state=state,
        overdue=waiting and quote.due_on is not None and quote.due_on < today,
        days_left=None if open_until is None else (open_until - today).days,
        steps=_steps(quote, state),
    )


def _steps(quote: Quote, state: QuoteState) -> tuple[Step, ...]:
    here = _WAY.index(state) if state in _WAY else len(_WAY)
    moments = (quote.requested_at, None, quote.sent_at)
    way = tuple(
        Step(step.value, _step_state(index, here), moments[index] if index <= here else None)
        for index, step in enumerate(_WAY)
    )
    return (*way, _last_step(quote, state))


def _step_state(index: int, here: int) -> StepState:
    if index == here:
        return StepState.CURRENT
    return StepState.DONE if index < here else StepState.TODO


def _last_step(quote: Quote, state: QuoteState) -> Step:
    if state is QuoteState.EXPIRED:
        return Step(state.value, StepState.PROBLEM, on=quote.valid_until)
    if state in _ANSWERS:
        return Step(state.value, StepState.DONE, at=quote.answered_at)
    return Step(QuoteState.ACCEPTED.value, StepState.TODO)
