"""The process that serves the actions: `python -m actions`. Listens on loopback only, and only to the engine.

Not rasa_sdk's own server: it lets every web page call it, and on an error sends the conversation back.
"""

import hmac
import logging
import sys

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from base.logs import configure_logging
from base.process import keep_for_good
from base.settings import SECRET_HEADER, SettingsError, load_settings

HOST = "127.0.0.1"
MAX_BODY = 4 * 1024 * 1024
KEEP_ALIVE_S = 120  # longer than the engine keeps an idle connection, so that the engine is the one to close it

log = logging.getLogger("actions")


def main() -> None:
    """Serve until a signal comes."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"actions: {error}")
    configure_logging(settings.log_level)
    app = build_app("actions", settings.engine_secret)
    keep_for_good()
    app.run(host=HOST, port=settings.actions_port, workers=1, access_log=False, motd=False)


def build_app(package: str, secret: str) -> Sanic:
    """The server of all actions found in `package`; `secret` is what the engine shows."""
    executor = ActionExecutor()
    executor.register_package(package)
    app = Sanic("sportello_actions", configure_logging=False)
    app.config.update(
        REQUEST_MAX_SIZE=MAX_BODY, KEEP_ALIVE_TIMEOUT=KEEP_ALIVE_S, FALLBACK_ERROR_FORMAT="json", ACCESS_LOG=False
    )

    @app.get("/health")
    async def health(_request: Request) -> HTTPResponse:
        return json({"ready": True})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return json({"error": "secret"}, 401)
        return await _run(executor, request.json)

    return app


async def _run(executor: ActionExecutor, call: dict) -> HTTPResponse:
    action = call["next_action"]
    try:
        return json(await executor.run(call))
    except ActionExecutionRejection as rejection:
        return json({"error": rejection.message, "action_name": action}, 400)
    except ActionNotFoundException:
        log.error("there is no action %s", action)
        return json({"error": "unknown", "action_name": action}, 404)
    except Exception:
        log.exception("%s failed in conversation %s", action, call["sender_id"])
        return json({"error": "failed", "action_name": action}, 500)


if __name__ == "__main__":
    main()
