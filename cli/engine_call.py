"""Asks the engine of this computer to load another model and to answer with it (docs/publishing.md)."""

import json
from typing import Any, Optional
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from base.settings import SECRET_HEADER, Settings

LOAD_S = 120.0  # a busy computer takes long; nobody waits for it but who publishes
ANSWER_S = 10.0
OTHER_CODE, NOT_READY, TIMEOUT = "other_code", "not_ready", "timeout"


class EngineAway(Exception):
    """Nothing that answers, or an engine that has not started yet."""


class EngineRefuses(Exception):
    """The engine goes on with the model it has; `error` and `reason` are those of docs/publishing.md."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(f"{error} {reason}".rstrip())
        self.error, self.reason = error, reason


class Engine:
    """The engine that `settings` name, running or not. Every method raises `EngineAway` when it is not."""

    def __init__(self, settings: Settings) -> None:
        self._url, self._secret = f"{settings.engine_url}/webhooks/sportello", settings.engine_secret

    def serving(self) -> str:
        """SHA-256 of the model that answers."""
        return str(self._ask("ready", None, ANSWER_S)["sha256"])

    def load(self, sha256: str) -> None:
        """Have the model loaded beside the one that answers.

        Raises:
            EngineRefuses: it cannot be.
        """
        self._ask("swap", {"sha256": sha256, "only_load": True}, LOAD_S)

    def swap(self, sha256: str) -> None:
        """Have turns that begin from now on answered by this model.

        Raises:
            EngineRefuses: it cannot be.
        """
        self._ask("swap", {"sha256": sha256}, LOAD_S)

    def leave(self) -> None:
        """End the engine after its running turns; who supervises it starts it anew."""
        self._ask("leave", {}, ANSWER_S)

    def _ask(self, route: str, body: Optional[dict[str, Any]], timeout: float) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {SECRET_HEADER: self._secret, "Content-Type": "application/json"}
        try:
            with urlopen(Request(f"{self._url}/{route}", data, headers), timeout=timeout) as answer:
                return json.loads(answer.read())
        except HTTPError as refusal:
            error, reason = _said(refusal)
            if error == NOT_READY:
                raise EngineAway from refusal
            raise EngineRefuses(error, reason) from refusal
        except (OSError, ValueError) as error:
            if isinstance(getattr(error, "reason", error), TimeoutError):
                raise EngineRefuses(TIMEOUT, "") from error
            raise EngineAway from error


def _said(refusal: HTTPError) -> tuple[str, str]:
    try:
        said = json.loads(refusal.read())
        return str(said.get("error", refusal.code)), str(said.get("reason", ""))
    except (ValueError, AttributeError):
        return str(refusal.code), ""
