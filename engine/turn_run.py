"""One turn on one tracker: the requests of the message in order, then those that were waiting; saved once."""

from typing import Any, Sequence

from rasa.core.actions.action import ActionBotResponse
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from components.meanings import with_meanings
from engine.beside_files import NOTED, speak_of_files
from engine.choices import history_of, record_answer
from engine.cut_evidence import ParseData
from engine.handed_back import begin_afresh
from engine.parts import part_id
from engine.sides import change_side
from engine.turn_request import UNTOLD, TurnRequest, day_of
from engine.understanding import Understanding
from engine.waiting import asks_something, remember, still_wanted, waiting_in

THEN = "utter_then_the_other_request"
NOW = "utter_now_the_other_request"


class Replies(OutputChannel):
    """Where Rasa sends what it says: nowhere, for the turn's answer is read from the saved events.

    Its name is the customer's channel, so that variants of a response for that channel are found.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def name(self) -> str:
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Nothing: see the class."""


class TurnRun:
    """Runs one turn. Of Rasa's processor only its steps are used: its own loop saves after every message."""

    def __init__(self, agent: Agent, understanding: Understanding, request: TurnRequest) -> None:
        self._processor, self._understanding, self._request = agent.processor, understanding, request
        self._channel = Replies(request.channel)
        self._parts, self._must_wait = 0, False

    async def run(self) -> None:
        """Answer the message and save the conversation.

        Raises:
            Exception, engine.action_endpoint.TurnBroken: nothing was saved.
        """
        tracker = await self._tracker()
        if self._request.handed_back:
            begin_afresh(tracker)
        change_side(tracker, self._request.side)
        before = len(tracker.events)
        history = history_of(tracker, self._request)
        understood = await self._understanding.requests(self._request, tracker.active_loop_name is not None, history)
        asked = [self._with_meanings(request) for request in understood]
        waited = still_wanted(waiting_in(tracker), asked)
        left = await self._answer(tracker, asked)
        if left:
            await self._say(tracker, THEN)
        elif waited and not self._must_wait:
            await self._say(tracker, NOW)
            waited = await self._answer(tracker, waited)
        if self._request.attachments and not speak_of_files(list(tracker.events)[before:]):
            await self._say(tracker, NOTED)
        remember(tracker, [*left, *waited])
        record_answer(tracker, history, asked)
        await self._processor.save_tracker(tracker)

    async def _tracker(self) -> DialogueStateTracker:
        """The conversation so far; a new one begins as Rasa begins it. There are no sessions to end."""
        tracker = await self._processor.get_tracker(self._request.conversation_id)
        if not tracker.events:
            await self._processor._update_tracker_session(tracker, self._channel)
        return tracker

    def _with_meanings(self, request: ParseData) -> ParseData:
        """The request, each entity with what it means on the day on which the message was sent."""
        today = day_of(self._request.sent_at)
        return {**request, "entities": with_meanings(request["text"].strip(), request["entities"], today)}

    async def _answer(self, tracker: DialogueStateTracker, requests: Sequence[ParseData]) -> list[ParseData]:
        """Answer in order until something is asked of the customer; what is left."""
        for place, request in enumerate(requests):
            await self._answer_one(tracker, request)
            if self._must_wait:
                return list(requests[place + 1 :])
        return []

    async def _answer_one(self, tracker: DialogueStateTracker, request: ParseData) -> None:
        self._parts += 1
        before = len(tracker.events)
        await self._processor._handle_message_with_tracker(self._message(request), tracker)
        await self._processor.run_action_extract_slots(self._channel, tracker)
        await self._processor._run_prediction_loop(self._channel, tracker)
        self._must_wait = asks_something(tracker, list(tracker.events)[before:])

    async def _say(self, tracker: DialogueStateTracker, response: str) -> None:
        speaking = ActionBotResponse(response)
        events: list[Event] = await speaking.run(self._channel, self._processor.nlg, tracker, self._processor.domain)
        tracker.update_with_events(events, self._processor.domain)

    def _message(self, request: ParseData) -> UserMessage:
        return UserMessage(
            text=request["text"],
            output_channel=self._channel,
            sender_id=self._request.conversation_id,
            parse_data=dict(request),
            input_channel=self._request.channel,
            message_id=part_id(self._request.turn_id, self._parts),
            metadata=self._metadata(),
        )

    def _metadata(self) -> dict[str, Any]:
        """What actions may know of the message besides its words; a later part follows the one before it."""
        request = self._request
        previous = request.previous_turn_id if self._parts == 1 else request.turn_id
        told = {} if previous == UNTOLD else {"previous_turn_id": previous}
        return {
            "turn_id": request.turn_id,
            "channel": request.channel,
            "sent_at": request.sent_at,
            "attachments": request.attachments,
            "button": request.button is not None and self._parts == 1,
            **told,
        }
