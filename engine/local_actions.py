"""Runs the actions in the engine's own process: nothing to start, nothing that can be away, and no HTTP in the turn.

An action sees and gives the same as over HTTP: what passes is JSON both ways, so that nothing it does to what it was
given reaches the conversation. Which way is used says `SPORTELLO_ACTIONS` (docs/decisions/0004).
"""

import json
import logging
from typing import Any, Optional

import ujson
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from engine.action_endpoint import REJECTED, ActionEndpoint, ActionFailed

HERE = "in this process"

log = logging.getLogger(__name__)


class LocalActions(ActionEndpoint):
    """All actions of a package; deadlines and apologies are `ActionEndpoint`'s.

    Args:
        package: name of the package that holds them; it is imported here.
    """

    trusted = True  # what it gives is not checked against Rasa's schema at every call

    def __init__(self, package: str = "actions") -> None:
        super().__init__(HERE, enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def _send(self, method: str, kwargs: dict[str, Any]) -> Optional[Any]:
        call = ujson.loads(ujson.dumps(kwargs["json"]))
        try:
            return ujson.loads(ujson.dumps(await self._executor.run(call)))
        except ActionExecutionRejection as rejection:
            said = json.dumps({"action_name": rejection.action_name, "error": rejection.message})
            raise ClientResponseError(REJECTED, rejection.message, said) from rejection
        except Exception as error:  # an action's own mistake, whatever it is; its message may quote a customer
            log.exception("%s broke in conversation %s", call["next_action"], call["sender_id"])
            raise ActionFailed(type(error).__name__) from error
