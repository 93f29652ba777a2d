"""The quotes of the demo shop: those that texts name, and every state several times."""

from typing import Any, Optional

from demo.draft import MADE_TO_ORDER, WORDS, Draft, Record, day, moment, total

STUDIO = "studio.ferri@example.it"
NUMBERS = (*range(2981, 3021), *range(3026, 3030))
STATES = ("received", "preparing", "sent", "accepted", "declined", "expired")
SELLERS = [seller["email"] for seller in WORDS["sellers"]]


def make_quotes(draft: Draft) -> None:
    """Add every quote."""
    elena = SELLERS[0]
    chairs = [draft.line("SED-ALBA", 40, "72.00"), draft.line("TAV-DUNA", 5, "120.00")]
    lights, lamps = [draft.line("LAM-SOLE", 12, "165.00")], [draft.line("LAM-NINA", 30, "52.00")]
    answered = moment(-6, "09:30")
    _quote(draft, 3021, "sent", STUDIO, -7, chairs, elena, sent=-3, valid=10)
    _quote(draft, 3022, "preparing", STUDIO, -2, [draft.line(MADE_TO_ORDER)], elena, due_on=day(2))
    _quote(draft, 3023, "sent", STUDIO, -50, lights, elena, sent=-45, valid=-15)  # nobody marked it as expired
    _quote(draft, 3024, "accepted", STUDIO, -20, lamps, elena, sent=-16, valid=14, answered_at=answered)
    _quote(draft, 3025, "received", STUDIO, -1, [draft.line("SED-BRINA", 60)])
    for index, number in enumerate(NUMBERS):
        _any_quote(draft, number, STATES[index % len(STATES)], index // len(STATES))


def _any_quote(draft: Draft, number: int, state: str, turn: int) -> None:
    """A quote in `state`; `turn` counts those in the same state, so that they differ."""
    lines = [{**line, "quantity": line["quantity"] * 10} for line in draft.lines(2)]
    seller = None if state == "received" and turn % 2 else SELLERS[number % len(SELLERS)]
    requested = -45 if state == "expired" else -9
    times: Record = {}
    if state == "preparing":
        times["due_on"] = day((3, 1, 0, -1)[turn % 4])  # one in four is overdue
    elif state == "sent":
        times.update(sent=-4, valid=(0, 5, 20, -2)[turn % 4])  # from the last valid day to two days ago
    elif state != "received":
        times.update(sent=requested + 5, valid=requested + 35)
    if state in ("accepted", "declined"):
        times["answered_at"] = moment(-2, "12:10")
    _quote(draft, number, state, draft.anybody(), requested, lines, seller, **times)


def _quote(
    draft: Draft,
    number: int,
    state: str,
    email: str,
    requested: int,
    lines: list[Record],
    seller: Optional[str] = None,
    sent: Optional[int] = None,
    valid: int = 0,
    **more: Any,
) -> None:
    """Add a quote. Once it was sent, on day `sent`, it has prices and is valid through day `valid`."""
    quote = {"number": f"P-{number}", "email": email, **({"seller_email": seller} if seller else {})}
    quote.update(state=state, requested_at=moment(requested, "10:25"), **more)
    if sent is None:
        lines = [{**line, "unit_price": "0.00"} for line in lines]
    else:
        quote.update(sent_at=moment(sent, "16:45"), amount=total(lines), valid_until=day(valid))
    draft.quotes.append({**quote, "lines": lines})
