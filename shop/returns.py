"""Where a return is, what of it has arrived, and what is known about the money."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Optional

from shop.records import PaymentMethod, Refund, RefundState, Return, ReturnState
from shop.steps import Step, StepState

_WAY = (ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.IN_TRANSIT, ReturnState.RECEIVED)


@dataclass(frozen=True)
class RefundSummary:
    """What can be said about a refund."""

    state: RefundState
    amount: Decimal  # what is really paid back
    deduction: Optional[Decimal]  # already taken off; None when nothing was kept back
    deduction_reason: Optional[str]
    method: PaymentMethod
    on: Optional[date]  # credited, or issued when it is not credited yet; None before
    expected_by: Optional[date]  # as the shop or the bank gave it; None once credited or failed


@dataclass(frozen=True)
class ReturnProgress:
    """What there is to say about a return."""

    state: ReturnState
    pieces: int  # sent back by the customer
    pieces_received: Optional[int]  # None: nobody has counted yet
    partly_received: bool  # counted, and some pieces were missing
    refund: Optional[RefundSummary]
    steps: tuple[Step, ...]  # requested, approved, in_transit, received, accepted or refused, refunded


def return_progress(ret: Return) -> ReturnProgress:
    """Where the return is, from the record alone.

    A refused or cancelled return has no "refunded" step unless there is a refund all the same; a cancelled one stops,
    as a problem, at the step it had reached.
    """
    counted = [line.received for line in ret.lines if line.received is not None]
    pieces = sum(line.quantity for line in ret.lines)
    received = sum(counted) if counted else None
    return ReturnProgress(
        state=ret.state,
        pieces=pieces,
        pieces_received=received,
        partly_received=received is not None and received < pieces,
        refund=refund_summary(ret.refund) if ret.refund else None,
        steps=_steps(ret),
    )


def refund_summary(refund: Refund) -> RefundSummary:
    """What can be said about a refund; one for a cancelled order has no return."""
    finished = refund.state in (RefundState.CREDITED, RefundState.FAILED)
    return RefundSummary(
        state=refund.state,
        amount=refund.amount,
        deduction=refund.deduction or None,
        deduction_reason=refund.deduction_reason if refund.deduction else None,
        method=refund.method,
        on=refund.credited_on or refund.issued_on,
        expected_by=None if finished else refund.expected_by,
    )


def _steps(ret: Return) -> tuple[Step, ...]:
    moments = {
        ReturnState.REQUESTED: ret.requested_at,
        ReturnState.APPROVED: ret.approved_at,
        ReturnState.IN_TRANSIT: ret.sent_at,
        ReturnState.RECEIVED: ret.received_at,
    }
    here = _here(ret)
    way = tuple(
        Step(state.value, _step_state(index, here, ret.state), moments[state] if index <= here else None)
        for index, state in enumerate(_WAY)
    )
    return (*way, *_last_steps(ret))


def _here(ret: Return) -> int:
    """How far along `_WAY` the return is; past its end once it is decided."""
    if ret.state in _WAY:
        return _WAY.index(ret.state)
    if ret.state is not ReturnState.CANCELLED:
        return len(_WAY)
    moments = (ret.requested_at, ret.approved_at, ret.sent_at, ret.received_at)
    return max(index for index, moment in enumerate(moments) if moment is not None)


def _step_state(index: int, here: int, state: ReturnState) -> StepState:
    if index != here:
        return StepState.DONE if index < here else StepState.TODO
    return StepState.PROBLEM if state is ReturnState.CANCELLED else StepState.CURRENT


def _last_steps(ret: Return) -> tuple[Step, ...]:
    if ret.state is ReturnState.CANCELLED:
        return _refunded(ret) if ret.refund else ()
    if ret.state is ReturnState.REFUSED:
        refused = Step(ReturnState.REFUSED.value, StepState.PROBLEM, ret.decided_at)
        return (refused, *_refunded(ret)) if ret.refund else (refused,)
    decided = ret.state is ReturnState.ACCEPTED
    accepted = Step(ReturnState.ACCEPTED.value, StepState.DONE if decided else StepState.TODO, ret.decided_at)
    return (accepted, *_refunded(ret))


def _refunded(ret: Return) -> tuple[Step, ...]:
    if ret.refund is None:
        waiting = ret.state is ReturnState.ACCEPTED
        return (Step("refunded", StepState.CURRENT if waiting else StepState.TODO),)
    states = {
        RefundState.ISSUED: StepState.DONE,
        RefundState.CREDITED: StepState.DONE,
        RefundState.FAILED: StepState.PROBLEM,
    }
    state = states.get(ret.refund.state, StepState.CURRENT if ret.state is ReturnState.ACCEPTED else StepState.TODO)
    return (Step("refunded", state, on=ret.refund.credited_on or ret.refund.issued_on),)
