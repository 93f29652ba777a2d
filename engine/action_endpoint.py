"""Calls the actions: six seconds, and every failure has an answer.

Rasa waits five minutes, and when an action fails it goes on in silence. Here a failed action becomes an apology and
word to the staff, as if the action itself had said so. Where the answer decides what a form believes, going on would
accept unchecked values, so the turn ends and nothing of it is kept. So it does when the actions process itself is gone:
it is being restarted, and the turn is better run again in a moment than answered with an apology now.
"""

import asyncio
import logging
from functools import partial
from typing import Any, Callable, Optional, Sequence

import aiohttp
import ujson
from jsonschema.validators import extend, validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from base.apology import APOLOGY, FAILED_TURN

ACTION_S = 6.0
REJECTED = 400  # how an action says "not me, ask the next one"
CHECKING = ("validate_", "action_validate_")

log = logging.getLogger(__name__)


class TurnBroken(BaseException):
    """Ends the turn. Not an `Exception`, because Rasa carries on after any of those."""


class ActionsAway(TurnBroken):
    """No actions process could be reached, so nothing was asked of it: the turn is asked for again until one is."""


class ActionFailed(Exception):
    """An action that ran in this process broke; the message is the error's class."""


class _LeftOpen:
    """A session that stays open when Rasa's `async with` is over."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_error: object) -> None:
        """Nothing: see the class."""


class ActionEndpoint(EndpointConfig):
    """Rasa's `action_endpoint:` entry with deadlines and answers of our own."""

    _kept: Optional[aiohttp.ClientSession] = None

    def session(self) -> "_LeftOpen":
        """One session for all calls; Rasa would open and close one, with its connection, for each of them.

        A whole conversation goes with each call; `ujson` writes it in a fifth of the time.
        """
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(headers=self.headers, json_serialize=ujson.dumps)
        return _LeftOpen(self._kept)

    async def close(self) -> None:
        """Close the kept connections."""
        if self._kept is not None:
            await self._kept.close()

    async def request(self, method: str = "post", **kwargs: Any) -> Optional[Any]:
        """Run the action named in `kwargs["json"]`; Rasa's own timeout is not used.

        Raises:
            ClientResponseError: the action stood aside (400), which Rasa knows how to go on from.
            ActionsAway: the actions process could not be reached.
            TurnBroken: it went away while it worked, or an action that checks a form's values failed.
        """
        action = kwargs["json"]["next_action"]
        try:
            answer = await asyncio.wait_for(self._send(method, kwargs), ACTION_S)
            if isinstance(answer, dict):
                return answer
            problem = "no answer"
        except ClientResponseError as error:
            if error.status == REJECTED:
                raise
            problem = f"status {error.status}"
        except aiohttp.ClientConnectorError as error:
            raise ActionsAway(action) from error
        except aiohttp.ClientConnectionError as error:
            raise TurnBroken(action) from error
        except ActionFailed as error:
            problem = str(error)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            problem = type(error).__name__
        log.error("%s failed in conversation %s: %s", action, kwargs["json"]["sender_id"], problem)
        if action.startswith(CHECKING):
            raise TurnBroken(action)
        return {"events": [], "responses": [{"response": APOLOGY}, {"custom": {"effect": FAILED_TURN}}]}

    async def _send(self, method: str, kwargs: dict[str, Any]) -> Optional[Any]:
        return await super().request(method, **{**kwargs, "timeout": ACTION_S})


def check_answers_quickly() -> None:
    """Make Rasa check the actions' answers with one validator instead of checking its own schema at every call.

    The answers are checked as before; the schema, which never changes, took three milliseconds a call, and comparing
    each event with every kind of event another one.
    """
    schema = RemoteAction.action_response_format_spec()
    usual = validator_for(schema)
    validator = extend(usual, {"oneOf": partial(_one_of, usual.VALIDATORS["oneOf"])})(schema)

    def check(action: RemoteAction, answer: dict[str, Any]) -> bool:
        if getattr(action.action_endpoint, "trusted", False):
            return True
        validator.validate(answer)
        return True

    RemoteAction._validate_action_result = check


def _one_of(
    one_of: Callable[..., Any], validator: Any, alternatives: Sequence[dict[str, Any]], thing: Any, schema: Any
) -> Any:
    """JSON Schema's `oneOf`; alternatives that are about another event than `thing` are not compared with it."""
    if isinstance(thing, dict) and "event" in thing:
        alternatives = [one for one in alternatives if _event_of(one) in (None, thing["event"])]
    return one_of(validator, alternatives, thing, schema)


def _event_of(schema: dict[str, Any]) -> Optional[str]:
    return schema.get("properties", {}).get("event", {}).get("const")
