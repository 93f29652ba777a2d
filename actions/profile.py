"""Going on with the conversation elsewhere, and arriving from there (docs/joining.md)."""

from typing import Optional

from rasa_sdk.events import FollowupAction

from actions.base import SportelloAction
from actions.copying import COPY_FORM
from actions.records import record_title, talked_about
from actions.resuming import RESUME_FORM
from actions.turn import Card, Events, Turn
from switchboard import bots, notices_to
from switchboard.elsewhere import TELEGRAM, WEB

CHANNEL, HERE = "channel", "here"  # the entity of a button that names a channel, and its value for this one


class ActionContinueElsewhere(SportelloAction):
    """Offers a link to where the customer wants to go on; where nobody can follow him, a person."""

    def name(self) -> str:
        return "action_continue_elsewhere"

    async def act(self, turn: Turn) -> Events:
        named, dialogue = _named(turn), turn.context.dialogue
        if dialogue.wants_copy(turn.text) and turn.context.codes:
            return [FollowupAction(COPY_FORM)]
        if dialogue.wants_back(turn.text) and turn.context.codes:
            return [FollowupAction(RESUME_FORM)]
        if dialogue.wants_notices(turn.text) and await _can_be_told(turn, named):
            return _choose(turn, str(named))
        bot = await turn.context.database.read(bots.name_of, TELEGRAM) if turn.context.elsewhere.telegram else None
        if named == TELEGRAM and turn.channel == TELEGRAM:
            turn.say("utter_already_on_telegram")
        elif bot and turn.channel != TELEGRAM and named != WEB and named not in dialogue.only_a_person:
            missing = None if named == TELEGRAM else named
            turn.say(_response(TELEGRAM, missing), card=_card(turn, TELEGRAM), bot=bot, there=_shown(turn, missing))
        elif turn.context.elsewhere.chat_url and named not in dialogue.only_a_person:
            missing = None if named == WEB else named
            turn.say(_response(WEB, missing), card=_card(turn, WEB), there=_shown(turn, missing))
        else:
            turn.say("utter_not_in_chat_continue_elsewhere")
        return []


class ActionChooseNotices(SportelloAction):
    """Where the customer wants to hear from us when he has not written: by a button, here or on a channel it names."""

    def name(self) -> str:
        return "action_choose_notices"

    async def act(self, turn: Turn) -> Events:
        named = next(reversed(turn.entity_values(CHANNEL)), HERE)
        return _choose(turn, turn.channel if named == HERE else named)


class ActionArrive(SportelloAction):
    """The customer came by a link: what was talked about, if a question does not come back by itself."""

    def name(self) -> str:
        return "action_arrive"

    async def act(self, turn: Turn) -> Events:
        turn.say("utter_arrived")
        ref = talked_about(turn)
        if turn.active_form is None and ref:
            turn.say("utter_arrived_about", record=record_title(turn, ref))
        return []


async def _can_be_told(turn: Turn, channel: Optional[str]) -> bool:
    """Whether the customer is known on the channel he names."""
    return channel in await turn.context.database.read(notices_to.channels_of, turn.conversation_id)


def _choose(turn: Turn, channel: str) -> Events:
    turn.effect("notices", to=channel)
    turn.say("utter_notices_here" if channel == turn.channel else f"utter_notices_{channel}")
    return []


def _named(turn: Turn) -> Optional[str]:
    """Where the customer wants to go on: a channel, a word for one that we have not, or None if he does not say."""
    pressed = turn.entity_values(CHANNEL)
    return pressed[-1] if pressed else turn.context.dialogue.channel_named(turn.text, turn.channel)


def _response(channel: str, missing: Optional[str]) -> str:
    return f"utter_not_there_{channel}" if missing else f"utter_continue_on_{channel}"


def _shown(turn: Turn, missing: Optional[str]) -> Optional[str]:
    return turn.wording.label(f"channel_{missing}") if missing else None


def _card(turn: Turn, channel: str) -> Card:
    """Whoever shows it puts the link in."""
    label = turn.wording.label
    title, action = label(f"continue_{channel}"), label(f"continue_{channel}_action")
    return {"kind": "continue", "to": channel, "title": title, "action": action}
