"""How the money of a refund stands, in words: used by returns and refunds alike."""

from actions.turn import Turn
from shop.records import RefundState
from shop.returns import RefundSummary


def say_refund(turn: Turn, refund: RefundSummary, kind: str, number: str) -> None:
    """Say how much is paid back, how and by when; the day is only ever the one the shop or the bank gave.

    Args:
        kind: what the refund is for, order or return; `number` is that record's.
    """
    wording = turn.wording
    about = {f"{kind}_number": number}
    overdue = refund.expected_by is not None and refund.expected_by < wording.today
    turn.say(
        f"utter_refund_{refund.state.value}",
        about=wording.label(f"refund_of_{kind}", number=number),
        amount=wording.money(refund.amount),
        method=wording.label(f"refund_method_{refund.method.value}"),
        deduction=_deduction(turn, refund),
        issued=wording.dated("refund_issued_on", refund.on),
        credited=wording.dated("refund_credited_on", refund.on),
        expected=wording.dated("refund_expected_by", None if overdue else refund.expected_by),
    )
    if refund.state is RefundState.FAILED:
        turn.effect("staff_request", reason="intent:track_refund", about=about)
    elif overdue:
        turn.say("utter_refund_overdue", day=wording.day(refund.expected_by))


def _deduction(turn: Turn, refund: RefundSummary) -> str:
    if not refund.deduction:
        return ""
    amount = turn.wording.money(refund.deduction)
    if not refund.deduction_reason:
        return turn.wording.label("refund_deduction", amount=amount)
    return turn.wording.label(
        "refund_deduction_because", amount=amount, reason=turn.wording.sentence(refund.deduction_reason)
    )
