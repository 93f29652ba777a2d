from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.records import RefundState, Return, ReturnLine, ReturnState
from shop.returns import refund_summary, return_progress
from tests.shop.samples import at, refund, return_case

REACHED = {"approved_at": at(17, 12), "sent_at": at(18), "received_at": at(20)}


def marks(ret: Return) -> list[str]:
    return [f"{step.key}:{step.state.value}" for step in return_progress(ret).steps]


@pytest.mark.parametrize(
    ("state", "current"),
    [
        (ReturnState.REQUESTED, "requested"),
        (ReturnState.APPROVED, "approved"),
        (ReturnState.IN_TRANSIT, "in_transit"),
        (ReturnState.RECEIVED, "received"),
    ],
)
def test_the_state_of_the_return_is_the_current_step(state: ReturnState, current: str) -> None:
    steps = marks(return_case(state, **REACHED))

    assert f"{current}:current" in steps
    assert steps[-2:] == ["accepted:todo", "refunded:todo"]


def test_an_accepted_return_waits_for_its_money() -> None:
    steps = marks(return_case(ReturnState.ACCEPTED, decided_at=at(21), **REACHED))

    assert steps[-2:] == ["accepted:done", "refunded:current"]


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (RefundState.DUE, "refunded:current"),
        (RefundState.APPROVED, "refunded:current"),
        (RefundState.ISSUED, "refunded:done"),
        (RefundState.CREDITED, "refunded:done"),
        (RefundState.FAILED, "refunded:problem"),
    ],
)
def test_the_last_step_follows_the_refund(state: RefundState, step: str) -> None:
    assert marks(return_case(ReturnState.ACCEPTED, refund=refund(state), **REACHED))[-1] == step


def test_a_refused_return_ends_there_with_the_day_it_was_decided() -> None:
    progress = return_progress(return_case(ReturnState.REFUSED, decided_at=at(21), refusal_reason="usato", **REACHED))

    assert progress.steps[-1].key == "refused"
    assert progress.steps[-1].at == at(21)


def test_a_cancelled_return_stops_where_it_was() -> None:
    steps = marks(return_case(ReturnState.CANCELLED, approved_at=at(17, 12)))

    assert steps == ["requested:done", "approved:problem", "in_transit:todo", "received:todo"]


def test_pieces_that_nobody_counted_are_not_missing() -> None:
    progress = return_progress(return_case(ReturnState.IN_TRANSIT))

    assert (progress.pieces, progress.pieces_received, progress.partly_received) == (2, None, False)


def test_fewer_pieces_than_announced_are_a_partial_receipt() -> None:
    lines = (ReturnLine("SED-ALBA", "sedia Alba", 2, received=1), ReturnLine("VAS-TERRA", "vaso Terra", 1, received=1))

    progress = return_progress(return_case(ReturnState.RECEIVED, lines=lines))

    assert (progress.pieces, progress.pieces_received, progress.partly_received) == (3, 2, True)


def test_a_summary_tells_the_last_day_that_is_known() -> None:
    issued = refund(RefundState.ISSUED, issued_on=date(2026, 11, 20), expected_by=date(2026, 11, 27))
    credited = refund(
        RefundState.CREDITED,
        issued_on=date(2026, 11, 20),
        credited_on=date(2026, 11, 22),
        expected_by=date(2026, 11, 27),
    )

    assert (refund_summary(issued).on, refund_summary(issued).expected_by) == (date(2026, 11, 20), date(2026, 11, 27))
    assert (refund_summary(credited).on, refund_summary(credited).expected_by) == (date(2026, 11, 22), None)


def test_a_failed_refund_promises_no_day() -> None:
    assert refund_summary(refund(RefundState.FAILED, expected_by=date(2026, 11, 27))).expected_by is None


def test_a_deduction_is_told_with_its_reason_and_nothing_kept_back_is_no_deduction() -> None:
    kept = refund_summary(refund(RefundState.DUE, deduction=Decimal("5.00"), deduction_reason="graffio"))
    nothing = refund_summary(refund(RefundState.DUE, deduction=Decimal("0.00"), deduction_reason="graffio"))

    assert (kept.deduction, kept.deduction_reason) == (Decimal("5.00"), "graffio")
    assert (nothing.deduction, nothing.deduction_reason) == (None, None)


@given(st.sampled_from(ReturnState), st.none() | st.sampled_from(RefundState), st.booleans())
def test_every_return_has_steps_in_order(state: ReturnState, refunded, reached: bool) -> None:
    record = return_case(state, refund=refunded and refund(refunded), **(REACHED if reached else {}))

    progress = return_progress(record)

    assert [step.key for step in progress.steps[:4]] == ["requested", "approved", "in_transit", "received"]
    assert sum(step.state.value == "current" for step in progress.steps[:4]) <= 1
    assert (progress.refund is None) == (refunded is None)
