"""The page on which past conversations are looked for."""

from datetime import date
from typing import Optional
from urllib.parse import urlencode

from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.orm import Session

from base.database import Database
from desk.pages import Pages, moment_in
from desk.search import LONGEST, SAYS, Found, Place, Search, find, place_after, words_of
from desk.sessions import PATH, SignedIn
from shop.desk_rules import DeskRules
from switchboard.agents import AtDesk

SEARCH = "search"
CHANNELS = ("web", "telegram")
LONGEST_ID = 40


class Searching:
    """Reads what is asked for, and shows a page of what was found."""

    def __init__(self, database: Database, rules: DeskRules, pages: Pages) -> None:
        self._database, self._pages = database, pages
        self._endings = (*rules.outcomes, f"{SAYS}solved", f"{SAYS}unsolved")

    async def search(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """The form, filled in as it was, and what was found."""
        search, after = self._asked(request), _after(request)
        found: list[Found] = []
        following: Optional[Place] = None
        if not search.empty:
            found, following = await self._database.read_aside(_find, signed_in.agent, search, after)
        return await self._pages.page(
            "search.html",
            signed_in,
            SEARCH,
            typed=_arg(request, "q")[:LONGEST],
            search=search,
            found=found,
            more=_address(request, following) if following else None,
            later=after is not None,
            channels=CHANNELS,
            endings=self._endings,
        )

    def _asked(self, request: Request) -> Search:
        channel, ending = _arg(request, "channel"), _arg(request, "ending")
        return Search(
            words_of(_arg(request, "q")),
            _day(_arg(request, "first")),
            _day(_arg(request, "last")),
            channel if channel in CHANNELS else "",
            ending if ending in self._endings else "",
        )


def _find(
    session: Session, agent: AtDesk, search: Search, after: Optional[Place]
) -> tuple[list[Found], Optional[Place]]:
    found = find(session, agent, search, after)
    return found, place_after(session, found)


def _arg(request: Request, name: str) -> str:
    return str(request.args.get(name) or "").replace("\0", "")


def _day(raw: str) -> Optional[date]:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _after(request: Request) -> Optional[Place]:
    moment, id_ = moment_in(_arg(request, "after")), _arg(request, "id")
    return (moment, id_) if moment and 0 < len(id_) <= LONGEST_ID else None


def _address(request: Request, following: Place) -> str:
    """This search, from `following` on."""
    kept = {name: _arg(request, name) for name in ("q", "first", "last", "channel", "ending") if _arg(request, name)}
    return f"{PATH}/search?{urlencode({**kept, 'after': following[0].isoformat(), 'id': following[1]})}"
