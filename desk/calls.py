"""The page on which an agent writes down a phone call or a visit: it finds the customer and his conversation."""

import asyncio
import secrets
from typing import Mapping, Optional

from sanic.request import Request
from sanic.response import HTTPResponse

from base.clock import Clock
from base.database import Database
from base.emails import email_address
from desk.gate import fields_of
from desk.pages import Pages
from desk.records import SHOP_S
from desk.render import Rendering
from desk.search import NUMBER
from desk.sessions import PATH, SignedIn
from desk.steps import Refused, client_id_in, text_in
from shop.errors import ShopUnavailable
from shop.gateway import ShopGateway
from shop.numbers import order_number, quote_number, return_number
from switchboard import staff_notes
from switchboard.body import MAX_TEXT
from switchboard.staff_notes import SOURCES

CALLS = "calls"
REQUEST = "request"
NUMBERS = {"order": order_number, "return": return_number, "quote": quote_number}
KINDS = ("email", *NUMBERS, REQUEST)
LONGEST_WHO = 254


class Calls:
    """Shows the form, and writes what is in it."""

    def __init__(self, database: Database, shop: ShopGateway, clock: Clock, rendering: Rendering, pages: Pages) -> None:
        self._database, self._shop, self._clock = database, shop, clock
        self._rendering, self._pages = rendering, pages

    async def page(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """An empty form."""
        return await self._form(signed_in, {}, "")

    async def write(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Write the note; the form again, as it was filled in, where that cannot be done."""
        fields = fields_of(request)
        try:
            conversation_id = await self._write(signed_in, fields)
        except Refused as refused:
            if self._rendering.wants_json(request):
                return self._rendering.problem(request, refused.key, 409, **refused.values)
            return await self._form(signed_in, fields, self._rendering.words.say(refused.key, **refused.values))
        return self._rendering.done(request, f"{PATH}/c/{conversation_id}")

    async def _write(self, signed_in: SignedIn, fields: Mapping[str, str]) -> str:
        source, text = fields.get("source", ""), text_in(fields, "text", MAX_TEXT)
        if source not in SOURCES:
            raise Refused("error_choose")
        key = f"note:{signed_in.agent.id}:{client_id_in(fields)}"
        email, conversation_id = await self._customer(fields.get("kind", ""), fields.get("who", "")[:LONGEST_WHO])
        return await self._database.write(
            staff_notes.write,
            signed_in.agent,
            key,
            source,
            text,
            fields.get("to_do") == "1",
            self._clock.now(),
            email,
            conversation_id,
        )

    async def _customer(self, kind: str, who: str) -> tuple[str, Optional[str]]:
        """The customer's e-mail, or the conversation of a numbered request.

        Raises:
            Refused: nobody is known by that.
        """
        if kind == REQUEST and NUMBER.fullmatch(who.strip()):
            found = await self._database.read(staff_notes.conversation_of_number, int(who))
            if found:
                return "", found
        email = await self._email(kind, who) if kind in KINDS else None
        if email is None:
            raise Refused("error_unknown_customer")
        return email.lower(), None

    async def _email(self, kind: str, who: str) -> Optional[str]:
        try:
            if kind in NUMBERS:
                number = NUMBERS[kind](who)
                return await asyncio.wait_for(self._shop.email_of(kind, number), SHOP_S) if number else None
            email = email_address(who) if kind == "email" else None
            if email is None:
                return None
            known: bool = await asyncio.wait_for(self._shop.has_customer(email), SHOP_S)
            return email if known else None
        except (ShopUnavailable, asyncio.TimeoutError) as error:
            raise Refused("record_away") from error

    async def _form(self, signed_in: SignedIn, fields: Mapping[str, str], error: str) -> HTTPResponse:
        return await self._pages.page(
            "calls.html",
            signed_in,
            CALLS,
            status=409 if error else 200,
            error=error,
            fields=fields,
            kinds=KINDS,
            sources=SOURCES,
            note_id=fields.get("id") or secrets.token_hex(12),
        )
