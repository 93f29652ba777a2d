"""What agents do, as the forms of the desk ask for it. Each step is one transaction of `switchboard/attending.py`."""

import re
from datetime import datetime
from typing import Any, Awaitable, Callable, Mapping

from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from desk import seen
from desk.sessions import PATH
from shop.desk_rules import DeskRules
from switchboard import agents, attending, staff_files, staff_requests
from switchboard.agents import AtDesk
from switchboard.attachments import MOST_PER_MESSAGE, UnknownAttachment
from switchboard.attending import NotHeld, SomebodyElses
from switchboard.body import MAX_TEXT, Reply, clean_text
from switchboard.log import Row
from switchboard.models import CLOSED
from switchboard.notices import Notices
from switchboard.texts import Texts
from switchboard.wording import Wording

JOINED_TEXT, CHANGED_TEXT, AWAY_TEXT = "utter_person_joined", "utter_person_changed", "utter_person_away"
BACK_TEXT, BACK_TOLD_TEXT = "utter_person_gave_back", "utter_person_gave_back_told"
CLOSED_TEXT, CLOSED_TOLD_TEXT = "utter_person_closed", "utter_person_closed_told"
PASSED_TEXT, PASSED_CLOSED_TEXT = "utter_person_passed_on", "utter_person_passed_on_closed"
FILES_TEXT = "utter_person_sends_files"
OWN_TEXTS = (
    JOINED_TEXT,
    CHANGED_TEXT,
    AWAY_TEXT,
    BACK_TEXT,
    BACK_TOLD_TEXT,
    CLOSED_TEXT,
    CLOSED_TOLD_TEXT,
    PASSED_TEXT,
    PASSED_CLOSED_TEXT,
    FILES_TEXT,
)
MOST_TOLD = 300
SENTENCE_ENDS = (".", "!", "?", "…")
CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")  # of a form or an upload: a repeated one is the same

Fields = Mapping[str, str]
Step = Callable[[AtDesk, str, Fields], Awaitable[str]]  # the page to go to


class Refused(Exception):
    """Nothing was done; `key` is desk/it.yml's, with its `values`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class Steps:
    """Every step with the checks of what was typed."""

    def __init__(self, database: Database, texts: Texts, clock: Clock, notices: Notices, rules: DeskRules) -> None:
        self._database, self._texts, self._clock = database, texts, clock
        self._notices, self._rules = notices, rules

    @property
    def by_name(self) -> Mapping[str, Step]:
        """The steps, by the last part of their address."""
        return {
            "accept": self._accept,
            "reply": self._reply,
            "note": self._note,
            "put-back": self._put_back,
            "pass": self._pass,
            "to-department": self._to_department,
            "give-back": self._give_back,
            "close": self._close,
        }

    async def request_done(self, number: int) -> None:
        """A numbered request was dealt with; nothing if it was before."""
        await self._database.write(staff_requests.close, number, self._clock.now())

    async def request_take(self, agent: AtDesk, number: int) -> None:
        """The agent looks after a numbered request.

        Raises:
            Refused: somebody else does, or it is closed.
        """
        by = await self._database.write(staff_requests.take, number, agent.id)
        if by != agent.id:
            names = await self._database.read(agents.names, [by])
            raise Refused("error_request_taken", name=names[by]) if by in names else Refused("error_request_closed")

    async def request_leave(self, agent: AtDesk, number: int) -> None:
        """The agent looks after it no more."""
        await self._database.write(staff_requests.leave, number, agent.id)

    async def _accept(self, agent: AtDesk, conversation_id: str, _fields: Fields) -> str:
        joined = self._words(JOINED_TEXT, conversation_id, name=agent.name)
        await self._do(agent, conversation_id, attending.accept, agent, joined)
        return f"{PATH}/c/{conversation_id}"

    async def _reply(self, agent: AtDesk, conversation_id: str, fields: Fields) -> str:
        files = tuple(fields.get("files", "").split())
        if len(files) > MOST_PER_MESSAGE:
            raise Refused("error_too_many_in_one", most=MOST_PER_MESSAGE)
        text = text_in(fields, "text", MAX_TEXT, needed=not files)
        text = text or self._words(FILES_TEXT, conversation_id).text
        external_id = f"desk:{agent.id}:{client_id_in(fields)}"
        await self._do(agent, conversation_id, _reply, agent, external_id, text, files)
        return f"{PATH}/c/{conversation_id}"

    async def _note(self, agent: AtDesk, conversation_id: str, fields: Fields) -> str:
        await self._do(agent, conversation_id, attending.note, agent, text_in(fields, "text", MAX_TEXT))
        return f"{PATH}/c/{conversation_id}"

    async def _put_back(self, agent: AtDesk, conversation_id: str, _fields: Fields) -> str:
        told = self._words(AWAY_TEXT, conversation_id, name=agent.name)
        if await self._do(agent, conversation_id, attending.put_back, agent.id, told) is None:
            raise Refused("error_not_held")
        return f"{PATH}/"

    async def _pass(self, agent: AtDesk, conversation_id: str, fields: Fields) -> str:
        people = await self._database.read(agents.answering)
        to = next((one for one in people if one.id == fields.get("to") and one.id != agent.id), None)
        if to is None:
            raise Refused("error_choose")
        why = text_in(fields, "text", MAX_TEXT, needed=False)
        told = self._words(CHANGED_TEXT, conversation_id, name=to.name)
        await self._do(agent, conversation_id, attending.pass_to, agent, to, why, told)
        return f"{PATH}/"

    async def _to_department(self, agent: AtDesk, conversation_id: str, fields: Fields) -> str:
        department = self._rules.department(fields.get("department"))
        if department is None:
            raise Refused("error_choose")
        why, now = text_in(fields, "text", MAX_TEXT), self._clock.now()
        hours, values = self._rules.of(department.key), {"name": agent.name, "department": department.name}
        opens = None if hours.is_open(now) else hours.opens_next(now)
        if opens:
            when = Wording(self._texts, now).moment(opens)
            told = self._words(PASSED_CLOSED_TEXT, conversation_id, opens=when, **values)
        else:
            told = self._words(PASSED_TEXT, conversation_id, **values)  # the place is filled in with the step
        await self._do(agent, conversation_id, attending.pass_to_department, agent, department.key, why, told)
        return f"{PATH}/"

    async def _give_back(self, agent: AtDesk, conversation_id: str, fields: Fields) -> str:
        outcome, told = self._outcome(fields)
        key = BACK_TOLD_TEXT if told else BACK_TEXT
        words = self._words(key, conversation_id, name=agent.name, told=told)
        await self._do(agent, conversation_id, attending.give_back, agent, outcome, told, words)
        return f"{PATH}/"

    async def _close(self, agent: AtDesk, conversation_id: str, fields: Fields) -> str:
        outcome, told = self._outcome(fields)
        key = CLOSED_TOLD_TEXT if told else CLOSED_TEXT
        words = self._words(key, conversation_id, name=agent.name, told=told)
        await self._do(agent, conversation_id, attending.close, agent, outcome, told, words)
        return f"{PATH}/"

    async def _do(self, agent: AtDesk, conversation_id: str, step: Callable[..., Any], *args: Any) -> Any:
        """One step as one transaction; whoever looks is told.

        Raises:
            Refused: nothing was done.
        """
        if not await self._database.read(seen.may_read, agent, conversation_id):
            raise Refused("error_not_found")
        try:
            result = await self._database.write(step, conversation_id, *args, self._clock.now())
        except SomebodyElses as error:
            names = await self._database.read(agents.names, [error.agent_id])
            key = "error_taken" if step is attending.accept else "error_not_yours"
            raise Refused(key, name=names.get(error.agent_id or "", "")) from error
        except NotHeld as error:
            raise Refused("error_closed" if error.owner == CLOSED else "error_not_held") from error
        except UnknownAttachment as error:
            raise Refused("error_unknown_file") from error
        await self._notices.new_rows(conversation_id)
        return result

    def _outcome(self, fields: Fields) -> tuple[str, str]:
        outcome = fields.get("outcome", "")
        if outcome not in self._rules.outcomes:
            raise Refused("error_choose")
        told = text_in(fields, "told", MOST_TOLD, needed=False)
        return outcome, told if not told or told.endswith(SENTENCE_ENDS) else f"{told}."

    def _words(self, key: str, conversation_id: str, **values: object) -> Reply:
        return self._texts.render(key, conversation_id, values)


def _reply(
    session: Session,
    conversation_id: str,
    agent: AtDesk,
    external_id: str,
    text: str,
    files: tuple[str, ...],
    now: datetime,
) -> Row:
    staff_files.check_own(session, conversation_id, agent, files)
    return attending.reply(session, conversation_id, agent, external_id, text, now, files)


def text_in(fields: Fields, name: str, most: int, needed: bool = True) -> str:
    """What was typed in a field, cleaned.

    Raises:
        Refused: it is empty though it is needed, or longer than `most`.
    """
    text = clean_text(fields.get(name, "").replace("\r\n", "\n"))
    if needed and not text:
        raise Refused("error_empty")
    if len(text) > most:
        raise Refused("error_too_long", most=most)
    return text


def client_id_in(fields: Fields) -> str:
    """What makes a repeated form the same one; every page has its own.

    Raises:
        Refused: there is none.
    """
    id_ = fields.get("id", "")
    if not CLIENT_ID.fullmatch(id_):
        raise Refused("error_expired")
    return id_
