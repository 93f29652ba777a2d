"""Web sessions: a signed token that only the server can make, and keyed fingerprints to count abuse by.

Whoever shows the token is that session; a session id chosen by a client opens nothing.
"""

import hmac
import ipaddress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Optional

from itsdangerous import BadSignature, URLSafeSerializer

from base.ids import new_id

MAX_AGE = timedelta(days=180)
MAX_TOKEN_LENGTH = 300
IPV6_HOME_PREFIX = 64


class WebSessions:
    """Makes and reads session tokens with the shop's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._signer = URLSafeSerializer(secret, salt="sportello-web-session")

    def issue(self, now: datetime) -> tuple[str, str]:
        """A new `(session_id, token)`."""
        session_id = new_id("ws")
        return session_id, self._signer.dumps([session_id, int(now.timestamp())])

    def read(self, token: Any, now: datetime) -> Optional[str]:
        """The session id of a token that this shop gave and that is not too old, else None."""
        if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_LENGTH or not token.isascii():
            return None
        try:
            session_id, issued_at = self._signer.loads(token)
        except BadSignature:
            return None
        return session_id if now.timestamp() - issued_at <= MAX_AGE.total_seconds() else None

    def key(self, kind: str, value: str) -> str:
        """A keyed fingerprint of `value`, 64 hexadecimal digits: countable, but not readable back."""
        return hmac.new(self._secret, f"{kind}:{value}".encode(), sha256).hexdigest()

    def address_key(self, address: str) -> str:
        """The fingerprint of a network address; one for a whole IPv6 home network."""
        return self.key("address", _home(address))


def _home(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(_without_port(address))
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, IPV6_HOME_PREFIX), strict=False))
    return str(parsed)


def _without_port(address: str) -> str:
    """`[2001:db8::1]:443` and `192.0.2.1:443` as some proxies write them, without brackets and port."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
