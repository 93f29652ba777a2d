"""Telling where a quote is, and who follows it."""

from actions.cards import timeline
from actions.proof import RecordRef
from actions.status_forms import StatusForm
from actions.turn import Card, Turn
from shop.errors import RecordNotFound
from shop.quotes import QuoteProgress, quote_progress
from shop.records import Quote, QuoteState


class ValidateQuoteStatusForm(StatusForm):
    """Asks for a quote's number and tells where the quote is."""

    form = "quote_status_form"
    intent = "track_quote"
    kinds = ("quote",)

    async def tell(self, turn: Turn, ref: RecordRef) -> None:
        quote = await turn.context.shop.quote(ref.number)
        if quote is None:
            raise RecordNotFound()
        progress = quote_progress(quote, turn.wording.today)
        _say_state(turn, quote, progress)
        if progress.overdue:
            turn.say("utter_quote_overdue", day=turn.wording.day(quote.due_on))


def _say_state(turn: Turn, quote: Quote, progress: QuoteProgress) -> None:
    wording = turn.wording
    turn.say(
        f"utter_quote_{progress.state.value}",
        card=_card(turn, quote),
        quote_number=quote.number,
        due=wording.dated("quote_due", None if progress.overdue else quote.due_on),
        amount=wording.label("quote_amount", amount=wording.money(quote.amount)) if quote.amount is not None else "",
        valid=wording.dated("quote_valid", quote.valid_until),
        expired=wording.dated("quote_expired_on", quote.valid_until),
        answered=wording.dated("quote_answered_on", quote.answered_at),
        seller=_seller(turn, quote),
    )


def _seller(turn: Turn, quote: Quote) -> str:
    if quote.seller is None:
        open_still = quote.state in (QuoteState.RECEIVED, QuoteState.PREPARING)
        return turn.wording.label("quote_seller_none") if open_still else ""
    if quote.seller.phone is None:
        return turn.wording.label("quote_seller", name=quote.seller.name)
    return turn.wording.label("quote_seller_with_phone", name=quote.seller.name, phone=quote.seller.phone)


def _card(turn: Turn, quote: Quote) -> Card:
    wording, seller = turn.wording, quote.seller
    return timeline(
        wording,
        "quote",
        quote.number,
        quote_progress(quote, wording.today).steps,
        facts={
            "articles": ", ".join(f"{line.quantity} × {line.description}" for line in quote.lines),
            "amount": wording.money(quote.amount) if quote.amount is not None else None,
            "valid_until": wording.day(quote.valid_until) if quote.valid_until else None,
            "seller": seller.name if seller else None,
            "seller_phone": seller.phone if seller else None,
        },
    )
