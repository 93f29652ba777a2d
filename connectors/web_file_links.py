"""Links to files in the chat: signed for one session, good for a week and only while that session lives."""

from datetime import timedelta
from typing import Any, Mapping, Optional

from itsdangerous import BadSignature, URLSafeSerializer

from base.clock import Clock

PATH = "/attachments"
GOOD_FOR = timedelta(days=7)
LONGEST = 300


class FileLinks:
    """Makes and reads them with the shop's secret. Whether the session still lives is not known here."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._signer = URLSafeSerializer(secret, salt="sportello-attachment")
        self._clock = clock

    def shown(self, body: Mapping[str, Any], session_id: str) -> Mapping[str, Any]:
        """`body` as this session gets it: every attachment with its `url` and, for a picture, its small copy's."""
        if not body["attachments"]:
            return body
        return {**body, "attachments": [self.with_links(file, session_id) for file in body["attachments"]]}

    def with_links(self, file: Mapping[str, Any], session_id: str) -> dict[str, Any]:
        """One attachment of a body, as above."""
        until = int((self._clock.now() + GOOD_FOR).timestamp())
        url = f"{PATH}/{self._signer.dumps([file['id'], session_id, until])}"
        return {**file, "url": url, "thumb": f"{url}/thumb" if file["width"] else None}

    def read(self, token: str) -> Optional[tuple[str, str]]:
        """`(attachment_id, session_id)` of a link that was made here and is not too old, else None."""
        if not 0 < len(token) <= LONGEST or not token.isascii():
            return None
        try:
            attachment_id, session_id, until = self._signer.loads(token)
        except BadSignature:
            return None
        return (attachment_id, session_id) if self._clock.now().timestamp() <= until else None
