"""The shop's own login: a short-lived token that the shop signs and its page gives to the chat (docs/identity.md).

Nothing in it is believed before its signature is checked with one of the shop's keys.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Mapping, Optional, Sequence

import jwt

from base.emails import email_address
from base.settings import LoginKey

ALGORITHM = "HS256"
MAX_TOKEN_LENGTH = 2_000
LONGEST_LIFE = timedelta(minutes=10)
SKEW = timedelta(seconds=60)  # between the shop's clock and ours
LONGEST_ID = 100
CLAIMS = ("aud", "email", "exp", "iat", "jti")


class LoginRefused(Exception):
    """The token proves nothing. The message names what is wrong with it, for the log; it quotes nothing of it."""


@dataclass(frozen=True)
class Login:
    """Who the shop says its customer is. `id` tells one token from all others; it may be shown until `expires_at`."""

    email: str
    id: str
    expires_at: datetime


@dataclass(frozen=True)
class Logins:
    """Reads the shop's tokens: their keys, whom they are for, and how long one proves who somebody is."""

    keys: Sequence[LoginKey]
    audience: str
    proof_for: timedelta

    def read(self, token: Any, now: datetime) -> Login:
        """Who the token is for.

        Raises:
            LoginRefused: it is not one of the shop's, is for somebody else, or is over.
        """
        if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_LENGTH or not token.isascii():
            raise LoginRefused("no token")
        claims = self._verified(token)
        issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
        begins = _moment(claims, "nbf") if "nbf" in claims else issued
        if not issued <= expires <= issued + LONGEST_LIFE:
            raise LoginRefused("lives too long")
        if max(issued, begins) > now + SKEW:
            raise LoginRefused("is not valid yet: compare the clocks")
        if now >= expires + SKEW:
            raise LoginRefused("is over")
        email, token_id = email_address(str(claims["email"])), claims["jti"]
        if email is None or not isinstance(token_id, str) or not 0 < len(token_id) <= LONGEST_ID:
            raise LoginRefused("has no usable email or jti")
        return Login(email, token_id, expires + SKEW)

    def _verified(self, token: str) -> Mapping[str, Any]:
        """What the token says, its signature and audience checked. Times are compared with our own clock, not here."""
        key = self._key_of(token)
        times = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        try:
            return jwt.decode(
                token,
                key.secret,
                algorithms=[ALGORITHM],
                audience=self.audience,
                options={"require": list(CLAIMS), **times},  # type: ignore[arg-type]
            )
        except jwt.InvalidTokenError as error:
            raise LoginRefused(type(error).__name__) from None

    def _key_of(self, token: str) -> LoginKey:
        try:
            wanted = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError:
            raise LoginRefused("cannot be read") from None
        key: Optional[LoginKey] = next((key for key in self.keys if key.id == wanted), None)
        if key is None:
            raise LoginRefused("was signed with a key that is not in SPORTELLO_LOGIN_KEYS")
        return key


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 10**11:
        raise LoginRefused(f"{name} is no time")
    return datetime.fromtimestamp(value, timezone.utc)
