"""One customer talking to the whole assistant inside the test's process.

Everything is real but the wires: log and turns of the switchboard, a trained model, Rasa's agent with our store and
texts, the actions, the shop in its tables. What the front and the engine say to each other by HTTP is a call here.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Optional, Sequence

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from actions import context
from actions.dialogue import Dialogue
from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT, Register
from engine.app import prepared_agent
from engine.local_actions import LocalActions
from engine.logs import configure_logs
from engine.nlg import ResponseTexts
from engine.tracker_store import SnapshotTrackerStore
from engine.turn_request import Button, TurnRequest, disarmed
from engine.turns import Turns
from shop.sql_shop import SqlShop
from switchboard import log, turns
from switchboard.body import ButtonMeaning, Reply
from switchboard.effects import Effect
from switchboard.log import InboundMessage, Row
from switchboard.people import Sender
from switchboard.texts import Texts
from switchboard.turns import ClaimedTurn

RESPONSES = ROOT / "data" / "responses"
DIALOGUE_RULES = Dialogue.load(ROOT / "data" / "dialogue.yml")
FRONT = "front-test"
HESITATING = 0.4
PAUSE = timedelta(seconds=20)  # between two messages of a customer


def load_agent(model: Path) -> Agent:
    """The model with our parts around it, as the engine prepares it; each `Talk` brings its own store."""
    texts = ResponseTexts(EndpointConfig(register=Register.TU.value))
    configure_logs("ERROR")
    return prepared_agent(model, InMemoryTrackerStore(Domain.empty()), texts, LocalActions())


class Talk:
    """A conversation with a customer at one web session and one address."""

    def __init__(self, agent: Agent, database: Database, clock: FixedClock) -> None:
        self._database, self._clock = database, clock
        agent.tracker_store = SnapshotTrackerStore(agent.domain, database=database, clock=clock)
        agent.processor.tracker_store = agent.tracker_store
        agent.parse_message = self._parse
        self._agent, self._turns = agent, Turns(agent)
        self._hesitation: Sequence[str] = ()
        self.addressed_as(Register.TU)
        self.session = "ws_1"
        self._messages = 0
        self.responses: list[str] = []
        self.effects: list[dict[str, Any]] = []
        self.rows: list[Row] = []

    def addressed_as(self, register: Register) -> None:
        """Have everything said in this register, as a shop that set it."""
        self._texts = self._agent.nlg.texts = _texts(register)
        shop = SqlShop(self._database)
        context.use(context.Context(self._database, shop, self._clock, self._texts, DIALOGUE_RULES))

    async def say(self, text: str, between: Sequence[str] = ()) -> None:
        """Write a message and read the whole answer: `responses`, `effects` and the new `rows` of the log.

        Args:
            between: intents between which the model is made to hesitate, whatever it has learnt.
        """
        self._hesitation = between
        await self._send(text=text)
        self._hesitation = ()

    async def press(self, title: str) -> None:
        """Use the button with this title under the latest message that has one."""
        buttons = [button for row in self.rows for button in row.body["buttons"] if button["title"] == title]
        await self._send(button_id=buttons[-1]["id"])

    def wait(self, minutes: int) -> None:
        """Let time go past."""
        self._clock.move(timedelta(minutes=minutes))

    @property
    def words(self) -> str:
        """Everything the assistant said in the latest turn."""
        return "\n".join(row.body["text"] for row in self.rows).replace("\xa0", " ")

    @property
    def titles(self) -> list[str]:
        """Of the cards shown in the latest turn."""
        return [card["title"] for card in self._cards]

    def stands_at(self, note: Optional[str]) -> bool:
        """Whether the latest turn's card stands still at one step, and says this about it."""
        standing = [step for step in self._cards[0]["steps"] if step["state"] in ("problem", "current")]
        return [step["note"] for step in standing] == [note]

    @property
    def _cards(self) -> list[dict[str, Any]]:
        return [row.body["card"] for row in self.rows if row.body["card"]]

    async def _parse(self, text: str) -> Any:
        parsed = await type(self._agent).parse_message(self._agent, text)
        if not self._hesitation:
            return parsed
        ranking = [
            {"name": name, "confidence": HESITATING - place / 100} for place, name in enumerate(self._hesitation)
        ]
        return {**parsed, "intent": ranking[0], "intent_ranking": ranking}

    async def _send(self, text: str = "", button_id: Optional[str] = None) -> None:
        self._clock.move(PAUSE)
        self._messages += 1
        sender = Sender("web", "web", self.session, f"key-{self.session}", "address")
        inbound = InboundMessage(sender, f"{self.session}:{self._messages}", text, button_id)
        welcome = self._texts.render("utter_welcome", self.session)
        with self._database.writing() as session:
            accepted = log.accept(session, inbound, welcome, self._clock.now())
        with self._database.writing() as session:
            turn = turns.claim_next(session, accepted.conversation_id, FRONT, self._clock.now())
        result = await self._turns.run(_request(turn))
        replies, effects = _replies(result), [_effect(effect) for effect in result["effects"]]
        with self._database.writing() as session:
            assert turns.complete(session, turn, replies, effects, self._clock.now())
            rows = log.rows_since(session, accepted.conversation_id, accepted.seq)
        self.responses = [reply["response"] for reply in result["replies"]]
        self.effects = result["effects"]
        self.rows = list(rows)


@cache
def _texts(register: Register) -> Texts:
    return Texts.load(RESPONSES, register)


def _request(turn: ClaimedTurn) -> TurnRequest:
    button = Button(turn.button["intent"], turn.button["entities"]) if turn.button else None
    return TurnRequest(
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        text=disarmed(turn.text),
        button=button,
        channel=turn.channel,
        sent_at=turn.sent_at.isoformat(),
        previous_turn_id=turn.previous_turn_id,
    )


def _replies(result: dict[str, Any]) -> list[Reply]:
    return [
        Reply(reply["text"], tuple(ButtonMeaning(**button) for button in reply["buttons"]), reply["card"])
        for reply in result["replies"]
    ]


def _effect(effect: dict[str, Any]) -> Effect:
    return Effect(effect["kind"], {name: value for name, value in effect.items() if name != "kind"})
