"""What an agent does with a return or a quote in the shop: confirmed, once, and noted with his name.

Only with a record whose owner the customer has proved to be, in a conversation that the agent has.
"""

import logging
from datetime import timedelta
from typing import Optional

from sanic.request import Request
from sanic.response import HTTPResponse

from base.clock import Clock
from base.database import Database
from desk import seen
from desk.pages import RECORD_PROOF, Pages
from desk.render import Rendering
from desk.seen import NotThere, Whole
from desk.sessions import PATH, SignedIn
from desk.steps import Refused
from shop.acting import KIND_OF, Act, NotPossible, ShopActs
from shop.errors import ShopUnavailable
from shop.gateway import ShopGateway
from switchboard import attending
from switchboard.models import HUMAN
from switchboard.notices import Notices

log = logging.getLogger(__name__)

RECENT: timedelta = RECORD_PROOF


class Acts:
    """Does it, where the shop offers it."""

    def __init__(
        self,
        database: Database,
        shop: ShopGateway,
        acts: Optional[ShopActs],
        clock: Clock,
        rendering: Rendering,
        notices: Notices,
        pages: Pages,
    ) -> None:
        self._database, self._shop, self._acts, self._clock = database, shop, acts, clock
        self._rendering, self._notices, self._pages = rendering, notices, pages

    async def act(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """Fields: `act`, `number`, and `sure`, without which nothing is done."""
        form = request.form or {}
        try:
            act = Act(str(form.get("act") or ""))
        except ValueError:
            return self._rendering.problem(request, "error_choose", 409)
        try:
            await self._do(signed_in, conversation_id, act, str(form.get("number") or ""), form.get("sure") == "1")
        except Refused as refused:
            return await self._pages.refused(request, signed_in, conversation_id, refused)
        return self._rendering.done(request, f"{PATH}/c/{conversation_id}")

    async def _do(self, signed_in: SignedIn, conversation_id: str, act: Act, number: str, sure: bool) -> None:
        agent, now = signed_in.agent, self._clock.now()
        try:
            whole = await self._database.read(seen.whole, agent, conversation_id, now, now - RECENT)
        except NotThere as error:
            raise Refused("error_not_found") from error
        if whole.owner != HUMAN or whole.agent_id != agent.id:
            raise Refused("error_not_held")
        if not sure or self._acts is None:
            raise Refused("error_choose")
        try:
            if not await self._is_proved(whole, KIND_OF[act], number):
                raise Refused("error_not_proved")
            done = await self._acts.act(act, number, now)
        except NotPossible as error:
            raise Refused("error_not_possible") from error
        except ShopUnavailable as error:
            raise Refused("record_away") from error
        if done:
            log.info("%s of %s by agent %s", act.value, number, agent.id)
            text = self._rendering.words.say(f"act_done_{act.value}", number=number)
            await self._database.write(attending.note, conversation_id, agent, text, now)
            await self._notices.new_rows(conversation_id)

    async def _is_proved(self, whole: Whole, kind: str, number: str) -> bool:
        if (kind, number) in whole.proved_records:
            return True
        email = await self._shop.email_of(kind, number)
        return email is not None and email in {owner.email for owner in whole.owners}
