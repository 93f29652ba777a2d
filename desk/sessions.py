"""Who is signed in at the desk: a random cookie whose hash is in the database, and a token against forged forms.

The cookie is new at every sign-in, is never readable by scripts, and is sent to nobody's page but ours.
"""

import asyncio
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Mapping, Optional

from sanic.request import Request
from sanic.response import HTTPResponse

from base.database import Database
from desk import passwords
from switchboard import agents
from switchboard.agents import AtDesk

COOKIE, PATH = "sportello_desk", "/desk"
CSRF, CSRF_HEADER = "csrf", "x-csrf-token"
TOKEN_BYTES = 32
LONGEST_TOKEN = 100


class SignInPaused(Exception):
    """Too many wrong passwords: nothing is checked for a while."""


@dataclass(frozen=True)
class SignedIn:
    """An agent with the session that a request came with."""

    agent: AtDesk
    token_hash: str
    csrf: str


class DeskSessions:
    """Begins, finds and ends sessions. `secure`: agents reach the desk by https, and the cookie goes nowhere else."""

    def __init__(self, database: Database, secret: str, secure: bool) -> None:
        self._database, self._secret, self._secure = database, secret.encode(), secure

    async def find(self, cookies: Mapping[str, str], now: datetime) -> Optional[SignedIn]:
        """Whose session the cookie is; None when it is none, or over."""
        token = cookies.get(COOKIE) or ""
        if not 0 < len(token) <= LONGEST_TOKEN:
            return None
        token_hash = _hash(token)
        agent = await self._database.read(agents.of_session, token_hash, now)
        if agent is None:
            return None
        return SignedIn(agent, token_hash, self._csrf(token))

    async def seen(self, signed_in: SignedIn, now: datetime) -> None:
        """The session is in use."""
        await self._database.write(agents.seen, signed_in.token_hash, now)

    async def sign_in(self, email: str, password: str, now: datetime) -> Optional[str]:
        """A new session's cookie; None when e-mail or password are wrong.

        Raises:
            SignInPaused: the password is not even looked at.
        """
        account = await self._database.read(agents.sign_in, email, now)
        if account is None:
            await asyncio.to_thread(passwords.waste_time, password)
            return None
        if account.paused:
            raise SignInPaused(account.id)
        if not await asyncio.to_thread(passwords.is_right, account.password, password):
            await self._database.write(agents.wrong_password, account.id, now)
            return None
        outdated = passwords.is_outdated(account.password)
        newer = await asyncio.to_thread(passwords.hashed, password) if outdated else None
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._database.write(agents.begin_session, account.id, _hash(token), now, newer)
        return token

    async def sign_out(self, signed_in: SignedIn) -> None:
        """End the session."""
        await self._database.write(agents.end_session, signed_in.token_hash)

    def is_ours(self, signed_in: SignedIn, form: Mapping[str, Any]) -> bool:
        """Whether a form was made for this session."""
        given = form.get(CSRF)
        return isinstance(given, str) and hmac.compare_digest(given.encode(), signed_in.csrf.encode())

    def give(self, response: HTTPResponse, token: Optional[str]) -> HTTPResponse:
        """`response` that sets the cookie, or takes it away."""
        response.cookies[COOKIE] = token or ""
        cookie = response.cookies[COOKIE]
        cookie["path"], cookie["httponly"], cookie["samesite"] = PATH, True, "Strict"
        if self._secure:
            cookie["secure"] = True
        if token is None:
            cookie["max-age"] = 0
        return response

    def _csrf(self, token: str) -> str:
        return hmac.new(self._secret, f"desk-form:{token}".encode(), sha256).hexdigest()


def same_origin(request: Request) -> bool:
    """Whether a request that changes something comes from one of our own pages, as far as the browser says."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    host = request.headers.get("host", "")
    if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
        return False
    return site is None or site in ("same-origin", "none")


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
