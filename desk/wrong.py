"""One click on an answer of the assistant's that was wrong, and which request it should have been."""

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from base.clock import Clock
from base.database import Database
from desk import seen
from desk.render import Rendering
from desk.seen import NO_WISH
from desk.sessions import PATH, SignedIn
from desk.words import Words
from switchboard import wrong
from switchboard.wrong import NoSuchTurn

WANTS = "wants_"
NO_INTENT = ("nothing",)  # `wants_nothing` is for somebody of whom nothing is known


def intents_of(words: Words) -> list[tuple[str, str]]:
    """Every intent that may have been meant, with what it is in Italian; those without such words by their name."""
    told = {key[len(WANTS) :]: text for key, text in words.texts.items() if key.startswith(WANTS)}
    named = {name: told.get(name, name) for name in {*told, *NO_WISH}.difference(NO_INTENT)}
    return sorted(named.items(), key=lambda one: (one[0] == one[1], one[1]))


class WrongAnswers:
    """Marks an answer, changes what was meant, and takes the mark away."""

    def __init__(self, database: Database, clock: Clock, rendering: Rendering) -> None:
        self._database, self._clock, self._rendering = database, clock, rendering
        self._intents = dict(intents_of(rendering.words))

    async def wrong(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """Fields: `turn`; `meant`, an intent or nothing for "something else"; `undo`."""
        form = request.form or {}
        turn_id, meant = str(form.get("turn") or ""), str(form.get("meant") or "") or None
        if not await self._database.read(seen.may_read, signed_in.agent, conversation_id):
            return self._rendering.problem(request, "error_not_found", 404)
        if meant is not None and meant not in self._intents:
            return self._rendering.problem(request, "error_choose", 409)
        try:
            if form.get("undo"):
                await self._database.write(wrong.unmark, conversation_id, turn_id)
            else:
                await self._database.write(wrong.mark, conversation_id, turn_id, meant, self._clock.now())
        except NoSuchTurn:
            return self._rendering.problem(request, "error_not_found", 404)
        to = f"{PATH}/c/{conversation_id}"
        if not self._rendering.wants_json(request):
            return self._rendering.done(request, to)
        marked = await self._database.read(wrong.of_conversation, conversation_id)
        html = self._rendering.fragment(
            "wrong.html", conversation_id=conversation_id, turn_id=turn_id, wrong=marked, csrf=signed_in.csrf
        )
        return json_response({"ok": True, "to": to, "html": html})
