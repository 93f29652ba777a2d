"""How a file is sent to a browser: nothing in it is run, guessed, framed or kept.

Who may have it is the caller's to know: a customer by a link (`connectors/web_files.py`), somebody of the shop by a
session of theirs (`desk/pages.py`).
"""

import asyncio
from typing import Mapping, Optional, Protocol
from urllib.parse import quote

from sanic.response import HTTPResponse

from attachments.folder import Folder
from attachments.kinds import JPEG

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",  # a picture has a style alone
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",  # pages of the shop show the chat from other origins
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


class Sent(Protocol):
    """What has to be known of a file (`switchboard.attachments.SentFile`)."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def name(self) -> Optional[str]: ...
    @property
    def is_picture(self) -> bool: ...


async def send_file(
    folder: Folder, file: Sent, thumb: bool = False, headers: Mapping[str, str] = HEADERS
) -> HTTPResponse:
    """The file, or the small copy of a picture.

    Raises:
        FileNotFoundError: it is not there any more.
    """
    small = thumb and file.is_picture
    path = folder.thumb(file.id) if small else folder.path(file.id, file.type)
    return HTTPResponse(
        body=await asyncio.to_thread(path.read_bytes),
        content_type=JPEG.media_type if small else file.type,
        headers={**headers, "Content-Disposition": _disposition(file)},
    )


def _disposition(file: Sent) -> str:
    """A picture, which was drawn here, may be looked at; anything else is saved, under the name its owner gave it."""
    how = "inline" if file.is_picture else "attachment"
    return f"{how}; filename*=UTF-8''{quote(file.name, safe='')}" if file.name else how
