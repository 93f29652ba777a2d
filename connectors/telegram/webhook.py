"""The address to which Telegram brings updates, where a shop wants that instead of long polling."""

import hmac
import logging
from typing import Any
from urllib.parse import urlsplit

from sanic import Sanic
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sqlalchemy.exc import SQLAlchemyError

from connectors.telegram.bot import TelegramBot, read_update
from connectors.telegram.inbox import Inbox
from connectors.telegram.source import Webhook

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
OK, BAD_REQUEST, UNAUTHORIZED, UNAVAILABLE = 200, 400, 401, 503


def add_webhook(app: Sanic, webhook: Webhook, bot: TelegramBot, inbox: Inbox) -> None:
    """Serve the path of the webhook's address.

    An update is acknowledged when it is in the log. When the database does not take it, Telegram brings it again.
    """

    @app.post(urlsplit(webhook.url).path, name="telegram_webhook")
    async def take(request: Request) -> HTTPResponse:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), webhook.secret.encode()):
            return empty(status=UNAUTHORIZED)
        try:
            update = read_update(_json(request), bot)
        except (ValueError, InvalidUsage):
            return empty(status=BAD_REQUEST)
        try:
            await inbox.take(update)
        except SQLAlchemyError:
            log.exception("the database did not take update %d, which will come again", update.update_id)
            return empty(status=UNAVAILABLE)
        return empty(status=OK)


def _json(request: Request) -> Any:
    """Raises ValueError: it is no JSON object."""
    found = request.json
    if not isinstance(found, dict):
        raise ValueError("an update is an object")
    return found
