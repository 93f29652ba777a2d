"""One customer talking to the whole assistant inside one process.

Everything is real but the wires: log and turns of the switchboard, a trained model, Rasa's agent with our store and
texts, the actions, the shop in its tables. What the front and the engine say to each other by HTTP is a call here.
This is a web chat; tests have the same talks on Telegram.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Optional, Sequence

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from actions import context
from base.clock import FixedClock
from base.database import Database
from base.settings import Register
from engine.app import prepared_agent
from engine.local_actions import LocalActions
from engine.logs import configure_logs
from engine.nlg import ResponseTexts
from engine.tracker_store import SnapshotTrackerStore
from engine.turn_request import Button, TurnRequest, disarmed
from engine.turns import Turns
from rehearsal.ground import Ground
from shop.sql_shop import SqlShop
from switchboard import turns, uploads
from switchboard.attachments import SentFile
from switchboard.body import ButtonMeaning, Reply
from switchboard.codes import Codes
from switchboard.effects import Effect
from switchboard.log import InboundMessage, Row
from switchboard.models import Attachment
from switchboard.people import Sender
from switchboard.turns import ClaimedTurn
from switchboard.uploads import FileLimits, NewFile

FRONT = "front-rehearsal"
HESITATING = 0.4
PAUSE = timedelta(seconds=20)  # between two messages of a customer


def load_agent(model: Path) -> Agent:
    """The model with our parts around it, as the engine prepares it; each `Talk` brings its own store."""
    texts = ResponseTexts(EndpointConfig(register=Register.TU.value))
    configure_logs("ERROR")
    return prepared_agent(model, InMemoryTrackerStore(Domain.empty()), texts, LocalActions())


@dataclass(frozen=True)
class Shown:
    """What the customer sees of a turn."""

    words: str
    buttons: Sequence[str]  # titles
    cards: Sequence[str]  # titles


NOTHING = Shown("", (), ())


class NoSuchButton(LookupError):
    """The latest answer has no button with this title; `titles` are those that it has."""

    def __init__(self, title: str, titles: Sequence[str]) -> None:
        super().__init__(f"{title!r} is none of {titles!r}")
        self.titles = titles


class Talk:
    """A conversation with a customer at one web session and one address.

    Args:
        ground: whose texts and parameters it is held with; the product's when not given.
    """

    def __init__(self, agent: Agent, database: Database, clock: FixedClock, ground: Optional[Ground] = None) -> None:
        self.database, self.clock = database, clock
        self._ground = ground or Ground.of_product()
        agent.tracker_store = SnapshotTrackerStore(agent.domain, database=database, clock=clock)
        agent.processor.tracker_store = agent.tracker_store
        agent.parse_message = self._parse
        agent.nlg.texts = self._ground.texts(Register.TU)
        self._agent, self._turns = agent, Turns(agent, self._ground.layers)
        self._hesitation: Sequence[str] = ()
        self.codes: Optional[Codes] = None
        self.addressed_as(Register.TU)
        self.session = "ws_1"
        self.messages = 0
        self.shown = NOTHING
        self.responses: list[str] = []
        self.effects: list[dict[str, Any]] = []
        self.understood = ""
        self._buttons: list[dict[str, str]] = []
        self._cards: list[dict[str, Any]] = []

    def addressed_as(self, register: Register) -> None:
        """Have everything said in this register, as a shop that set it and sends codes if `codes` are given."""
        self.texts = self._agent.nlg.texts = self._ground.texts(register)
        shop, ground = SqlShop(self.database), self._ground
        told = context.Context(self.database, shop, self.clock, self.texts, ground.dialogue)
        questions, with_codes = ground.questions, self.codes is not None
        context.use(replace(told, codes=with_codes, desk=ground.desk, questions=questions, register=register))

    async def get_ready(self) -> None:
        """Have the shop's own questions read before anything is asked, as an engine does after its start."""
        await asyncio.to_thread(self._turns.model.warm_up)

    async def say(self, text: str, between: Sequence[str] = (), files: int = 0) -> None:
        """Write a message and read the whole answer: `shown`, `responses` and `effects`.

        Args:
            between: intents between which the model is made to hesitate, whatever it has learnt.
            files: how many photos come with it; with an empty `text`, they come alone.
        """
        self._hesitation = between
        self._begin()
        await self._write(text, files)
        self._hesitation = ()

    async def press(self, title: str) -> None:
        """Use the last button with this title under the latest answer.

        Raises:
            NoSuchButton: there is none.
        """
        self._begin()
        await self._press(title)

    def stands_still(self, note: Optional[str]) -> bool:
        """Whether the card stands still at one step, with this note."""
        steps = self._cards[0].get("steps", []) if self._cards else []
        return [step["note"] for step in steps if step["state"] in ("problem", "current")] == [note]

    def wait(self, minutes: int) -> None:
        """Let time go past."""
        self.clock.move(timedelta(minutes=minutes))

    def somebody_else(self, session: str) -> None:
        """From now on another customer writes, who has seen nothing yet."""
        self.session, self.shown = session, NOTHING

    async def answer(self, request: TurnRequest) -> dict[str, Any]:
        """What the engine answers."""
        result = await self._turns.run(request)
        self.responses = [reply["response"] for reply in result["replies"]]
        self.effects, self.understood = result["effects"], result["understood"]["intent"]
        return result

    async def complete(self, turn: ClaimedTurn) -> Sequence[Row]:
        """Run the turn, write what it says, and return the rows of it."""
        result = await self.answer(_request(turn))
        replies, effects = _replies(result), [_effect(effect) for effect in result["effects"]]
        with self.database.writing() as session:
            ended = turns.complete(session, turn, replies, effects, self.clock.now(), result["understood"])
        assert ended
        return ended.rows

    async def _write(self, text: str, files: int) -> None:
        await self._send(text=text, files=files)

    async def _press(self, title: str) -> None:
        ids = [button["id"] for button in self._buttons if button["title"] == title]
        if not ids:
            raise NoSuchButton(title, [button["title"] for button in self._buttons])
        await self._send(button_id=ids[-1])

    def _begin(self) -> None:
        self.clock.move(PAUSE)
        self.messages += 1

    def files_with_requests(self) -> int:
        """How many files go with a numbered request by now."""
        with self.database.reading() as session:
            return session.query(Attachment).filter(Attachment.request_number.is_not(None)).count()

    async def _parse(self, text: str) -> Any:
        parsed = await type(self._agent).parse_message(self._agent, text)
        if not self._hesitation:
            return parsed
        ranking = [
            {"name": name, "confidence": HESITATING - place / 100} for place, name in enumerate(self._hesitation)
        ]
        return {**parsed, "intent": ranking[0], "intent_ranking": ranking}

    async def _send(self, text: str = "", button_id: Optional[str] = None, files: int = 0) -> None:
        sender = Sender("web", "web", self.session, f"key-{self.session}", "address")
        welcome = self.texts.render("utter_welcome", self.session)
        inbound = InboundMessage(
            sender,
            f"{self.session}:{self.messages}",
            text or self.texts.say("utter_file_alone"),
            button_id,
            attachments=tuple(self.upload(sender, welcome, place).id for place in range(files)),
            wordless=bool(files) and not text,
        )
        with self.database.writing() as session:
            taken = turns.take(session, inbound, welcome, FRONT, self.clock.now(), self.codes)
        assert taken.turn
        rows = await self.complete(taken.turn)
        self._buttons = [button for row in rows for button in row.body["buttons"]]
        self._cards = [row.body["card"] for row in rows if row.body["card"]]
        self.shown = shown_of(rows)

    def upload(self, sender: Sender, welcome: Reply, place: int) -> SentFile:
        """The row of a photo that the customer has chosen; nothing here reads the file."""
        id_ = f"at_photo{self.messages:04}x{place}"
        new = NewFile(f"{self.session}:{id_}", id_, "image/jpeg", "foto.jpg", 1_000, 40, 30)
        with self.database.writing() as session:
            return uploads.keep(session, sender, new, FileLimits(100, 100), welcome, self.clock.now())


def shown_of(rows: Sequence[Row]) -> Shown:
    """What a customer reads of these rows of the log."""
    return Shown(
        words="\n".join(row.body["text"] for row in rows).replace("\xa0", " "),
        buttons=[button["title"] for row in rows for button in row.body["buttons"]],
        cards=[row.body["card"]["title"] for row in rows if row.body["card"]],
    )


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
        attachments=turn.attachments,
        handed_back=turn.handed_back,
        side=turn.side,
    )


def _replies(result: dict[str, Any]) -> list[Reply]:
    return [
        Reply(reply["text"], tuple(ButtonMeaning(**button) for button in reply["buttons"]), reply["card"])
        for reply in result["replies"]
    ]


def _effect(effect: dict[str, Any]) -> Effect:
    return Effect(effect["kind"], {name: value for name, value in effect.items() if name != "kind"})
