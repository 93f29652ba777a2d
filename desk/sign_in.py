"""Signing in and out of the desk. Whoever leaves gives back the conversations he has."""

from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from base.clock import Clock
from base.database import Database
from base.limits import RateLimit
from desk.render import Rendering
from desk.sessions import PATH, DeskSessions, SignedIn, SignInPaused
from desk.steps import AWAY_TEXT
from switchboard import attending, handoffs
from switchboard.notices import Notices
from switchboard.texts import Texts

LONGEST_FIELD = 320
BURST, PER_MINUTE = 20, 10  # tries from one network address


class SignIn:
    """The page and what its form does."""

    def __init__(
        self,
        sessions: DeskSessions,
        database: Database,
        texts: Texts,
        notices: Notices,
        clock: Clock,
        rendering: Rendering,
    ) -> None:
        self._sessions, self._database, self._texts = sessions, database, texts
        self._notices, self._clock, self._rendering = notices, clock, rendering
        self._tries = RateLimit(burst=BURST, per_second=PER_MINUTE / 60)

    async def page(self, request: Request) -> HTTPResponse:
        """The form."""
        return self._form(_own_path(request.args.get("to")))

    async def enter(self, request: Request) -> HTTPResponse:
        """Sign in, and go where one wanted to go."""
        form = request.form or {}
        email, password = ((form.get(name) or "")[:LONGEST_FIELD] for name in ("email", "password"))
        to = _own_path(form.get("to"))
        if self._tries.wait(request.remote_addr or request.ip):
            return self._form(to, "sign_in_paused", 429)
        try:
            token = await self._sessions.sign_in(email.strip().lower(), password, self._clock.now())
        except SignInPaused:
            return self._form(to, "sign_in_paused", 429)
        if token is None:
            return self._form(to, "sign_in_wrong", 401)
        return self._sessions.give(redirect(to, status=303), token)

    async def leave(self, _request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Sign out; customers who were being helped wait for somebody else."""
        told = self._texts.render(AWAY_TEXT, signed_in.agent.id, {"name": signed_in.agent.name})
        for conversation_id in await self._database.read(handoffs.held_by, signed_in.agent.id):
            await self._database.write(attending.put_back, conversation_id, signed_in.agent.id, told, self._clock.now())
            await self._notices.new_rows(conversation_id)
        await self._sessions.sign_out(signed_in)
        return self._sessions.give(redirect(f"{PATH}/sign-in", status=303), None)

    def _form(self, to: str, problem: str = "", status: int = 200) -> HTTPResponse:
        error = self._rendering.words.say(problem) if problem else ""
        return self._rendering.page("sign_in.html", status=status, to=to, error=error)


def _own_path(wanted: object) -> str:
    """A page of the desk to go to after signing in, and no other site's."""
    path = wanted if isinstance(wanted, str) else ""
    inside = path.startswith(f"{PATH}/") and "//" not in path and "\\" not in path and path.isprintable()
    return path if inside and len(path) < LONGEST_FIELD else f"{PATH}/"
