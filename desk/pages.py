"""The pages of the desk: lists, one conversation with its card, and what scripts ask for to bring a page up to date."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Awaitable, Callable, Mapping, Optional, Sequence

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from attachments.intake import Intake
from attachments.responses import HEADERS as FILE_HEADERS
from attachments.responses import send_file
from base.clock import Clock
from base.database import Database
from desk import departments, seen, work
from desk.card import card_of, reason, refs_of, wanted_by, wish
from desk.files import MEGABYTE
from desk.records import RecordLine, Ref, lines_of
from desk.render import Rendering
from desk.replies import Intents, Ready, Reply, no_intents, ready, suggested
from desk.seen import Entry, Noted, NotThere, Understood, Whole
from desk.sessions import SignedIn
from desk.sources import Sources
from desk.steps import Refused
from desk.wrong import intents_of
from shop.acting import ShopActs
from shop.desk_rules import DeskRules
from shop.gateway import ShopGateway
from switchboard import agents, attachments
from switchboard.attachments import UnknownAttachment
from switchboard.log import Row, rows_since
from switchboard.models import DONE, HUMAN, WAITING
from switchboard.texts import Texts
from switchboard.wording import Wording

QUEUE, MINE, ALL, REQUESTS = "queue", "mine", "all", "requests"
RECORD_PROOF = timedelta(hours=24)
MOST_ROWS = 500
OWN_FILES = {**FILE_HEADERS, "Cross-Origin-Resource-Policy": "same-origin"}  # only pages of the desk show them


@dataclass(frozen=True)
class Line:
    """An entry of a transcript: a row of the log or a note; with what the assistant understood, beside what it said."""

    row: Optional[Row] = None
    note: Optional[Noted] = None
    why: Optional[Understood] = None
    words: str = ""  # the message that it answers
    responses: Sequence[str] = ()  # the keys of what it says; of the whole answer where it is not known which


class Pages:
    """Everything that is read."""

    def __init__(
        self,
        database: Database,
        shop: ShopGateway,
        texts: Texts,
        clock: Clock,
        rules: DeskRules,
        intake: Intake,
        rendering: Rendering,
        replies: Sequence[Reply],
        sources: Sources,
        intents: Intents = no_intents,
    ) -> None:
        self._database, self._shop, self._texts, self._clock = database, shop, texts, clock
        self._rules, self._intake, self._rendering = rules, intake, rendering
        self._words, self._replies, self._sources = rendering.words, replies, sources
        self._intents, self._meanings = intents_of(rendering.words), intents
        self.offers_acts = isinstance(shop, ShopActs)
        self._more_lists: dict[str, Callable[[SignedIn], Awaitable[Optional[str]]]] = {}

    def add_list(self, name: str, of: Callable[[SignedIn], Awaitable[Optional[str]]]) -> None:
        """Something else that open pages bring up to date as they do their lists; None for those who may not see it."""
        self._more_lists[name] = of

    def fragment(self, template: str, **values: Any) -> str:
        """A piece of a page."""
        return self._rendering.fragment(template, **values)

    async def queue(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Who waits."""
        return await self._list_page(signed_in, QUEUE)

    async def mine(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """What this agent has, and what colleagues have."""
        return await self._list_page(signed_in, MINE)

    async def everything(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """All conversations, page by page; for supervisors."""
        before = moment_in(request.args.get("before"))
        entries = await self._database.read(seen.everything, before)
        older = entries[-1].since.isoformat() if len(entries) == seen.PAGE else None
        return await self.page("all.html", signed_in, ALL, entries=entries, older=older, reason=self._reason)

    async def requests(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """What is still to be done."""
        return await self._requests(request, signed_in)

    async def request_refused(self, request: Request, signed_in: SignedIn, refused: Refused) -> HTTPResponse:
        """Why nothing was done with a request, on the list."""
        error = self._words.say(refused.key, **refused.values)
        if self._rendering.wants_json(request):
            return json_response({"ok": False, "error": error}, status=409)
        return await self._requests(request, signed_in, error)

    async def _requests(self, request: Request, signed_in: SignedIn, error: str = "") -> HTTPResponse:
        raw = request.args.get("list")
        name = raw if raw in work.LISTS else work.EVERY
        return await self.page(
            "requests.html",
            signed_in,
            REQUESTS,
            status=409 if error else 200,
            error=error,
            found=await self._database.read(work.tasks, name, signed_in.agent.id, self._clock.now()),
            which=name,
            lists=work.LISTS,
            me=signed_in.agent,
            reason=self._reason,
            asked=self._asked,
        )

    async def lists(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """What stands on a list now, for a page that is open."""
        name = request.args.get("list")
        more = self._more_lists.get(name or "")
        html = await more(signed_in) if more else await self._list(signed_in, name) if name in (QUEUE, MINE) else None
        counts = await self._database.read(seen.counts, signed_in.agent.id)
        return json_response({"ok": True, "waiting": counts.waiting, "mine": counts.mine, "html": html})

    async def conversation(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """One conversation: its card, its transcript, and what can be done."""
        return await self._conversation(request, signed_in, conversation_id)

    async def refused(
        self, request: Request, signed_in: SignedIn, conversation_id: str, refused: Refused
    ) -> HTTPResponse:
        """Why a step was not done, on the page of its conversation."""
        error = self._words.say(refused.key, **refused.values)
        if self._rendering.wants_json(request):
            return json_response({"ok": False, "error": error}, status=409)
        return await self._conversation(request, signed_in, conversation_id, error)

    async def rows(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """What was said and noted since row `since` and note `noted`; with `before`, the rows before that one."""
        try:
            before = request.args.get("before")
            if before:
                return await self._older(signed_in, conversation_id, _number(before))
            return await self._newer(request, signed_in, conversation_id)
        except NotThere:
            return self._rendering.problem(request, "error_not_found", 404)

    async def file(self, request: Request, signed_in: SignedIn, attachment_id: str) -> HTTPResponse:
        """A file that was sent in a conversation this agent may read."""
        return await self._file(request, signed_in, attachment_id, thumb=False)

    async def thumb(self, request: Request, signed_in: SignedIn, attachment_id: str) -> HTTPResponse:
        """The small copy of a picture."""
        return await self._file(request, signed_in, attachment_id, thumb=True)

    async def _conversation(
        self, request: Request, signed_in: SignedIn, conversation_id: str, error: str = ""
    ) -> HTTPResponse:
        now = self._clock.now()
        try:
            whole = await self._whole(signed_in, conversation_id, now)
        except NotThere:
            return self._rendering.problem(request, "error_not_found", 404)
        wording = Wording(self._texts, now)
        records = await lines_of(self._shop, refs_of(whole), self._words, wording, now)
        replies = ready(self._replies, signed_in.agent.name, records)
        return await self.page(
            "conversation.html",
            signed_in,
            "",
            status=409 if error else 200,
            error=error,
            actable=self._actable(signed_in, whole, records),
            card=card_of(whole, records, self._words, wording, now),
            lines=_lines(whole.rows, whole.notes, whole),
            noted=_last_noted(whole.notes),
            replies=replies,
            suggested=await self._suggested(signed_in, whole, replies),
            wish=self._wish,
            reason=self._reason,
            intents=self._intents,
            **{**self._explaining(signed_in, whole), **await self._panel(signed_in, whole)},
        )

    async def _panel(self, signed_in: SignedIn, whole: Whole) -> dict[str, Any]:
        """What the part needs that says whose the conversation is and what can be done with it."""
        people, now = await self._database.read(agents.answering), self._clock.now()
        return {
            "departments": departments.choices_for(whole, self._rules, now),
            "department_names": {one.key: one.name for one in self._rules.departments},
            "stands": departments.standing(whole, people, self._rules, self._words, now),
            "me": signed_in.agent,
            "csrf": signed_in.csrf,
            "whole": whole,
            "people": [one for one in people if one.id != signed_in.agent.id],
            "outcomes": self._rules.outcomes,
            "reply_id": secrets.token_hex(12),
            "megabytes": self._intake.most_bytes // MEGABYTE,
        }

    async def _newer(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        now = self._clock.now()
        whole = await self._whole(signed_in, conversation_id, now)
        since, noted = _number(request.args.get("since")), moment_in(request.args.get("noted"))
        rows = await self._database.read(rows_since, conversation_id, since, MOST_ROWS)
        notes = await self._database.read(seen.notes_after, conversation_id, noted)
        panel = await self._panel(signed_in, whole)
        return json_response(
            {
                "ok": True,
                "suggested": await self._suggested_anew(signed_in, whole, rows, now),
                "rows": self._transcript(signed_in, _lines(rows, notes, whole), whole),
                "last_seq": rows[-1].seq if rows else max(since, 0),
                "noted": _last_noted(notes) or (noted.isoformat() if noted else ""),
                "version": whole.version,
                "panel": self._rendering.fragment("panel.html", signed_in=signed_in, **panel),
            }
        )

    def _actable(self, signed_in: SignedIn, whole: Whole, records: Sequence[RecordLine]) -> set[Ref]:
        """The records this agent may act on: the customer has proved to be their owner, and is this agent's now."""
        if not self.offers_acts or whole.owner != HUMAN or whole.agent_id != signed_in.agent.id:
            return set()
        emails, proved = {owner.email for owner in whole.owners}, set(whole.proved_records)
        return {(r.kind, r.number) for r in records if r.email in emails or (r.kind, r.number) in proved}

    async def _suggested(self, signed_in: SignedIn, whole: Whole, replies: Sequence[Ready]) -> list[Ready]:
        """The ready replies that may answer the customer's last message, for whoever has the conversation."""
        if whole.owner != HUMAN or whole.agent_id != signed_in.agent.id:
            return []
        said = [row.body["text"] for row in whole.rows if row.author_kind == "customer"]
        intents = await self._meanings(said[-1]) if said and said[-1] else ()
        wanted = wanted_by(whole)
        return suggested(replies, intents or ([wanted] if wanted else []))

    async def _suggested_anew(
        self, signed_in: SignedIn, whole: Whole, rows: Sequence[Row], now: datetime
    ) -> Optional[str]:
        """The same as a piece of the page, where `rows` hold something new of the customer's or the agent's."""
        if not any(row.author_kind in ("customer", "system") for row in rows):
            return None
        records = await lines_of(self._shop, refs_of(whole), self._words, Wording(self._texts, now), now)
        found = await self._suggested(signed_in, whole, ready(self._replies, signed_in.agent.name, records))
        return self._rendering.fragment("suggested.html", suggested=found)

    async def _older(self, signed_in: SignedIn, conversation_id: str, before: int) -> HTTPResponse:
        whole = await self._whole(signed_in, conversation_id, self._clock.now())
        rows = await self._database.read(seen.rows_before, conversation_id, before)
        first = rows[0].seq if rows else 1
        html = self._transcript(signed_in, _lines(rows, [], whole), whole)
        return json_response({"ok": True, "rows": html, "first_seq": first, "before": first > 1})

    async def _whole(self, signed_in: SignedIn, conversation_id: str, now: datetime) -> Whole:
        return await self._database.read(seen.whole, signed_in.agent, conversation_id, now, now - RECORD_PROOF)

    def _transcript(self, signed_in: SignedIn, lines: Sequence[Line], whole: Whole) -> str:
        return self._rendering.fragment("rows.html", lines=lines, wish=self._wish, **self._explaining(signed_in, whole))

    def _explaining(self, signed_in: SignedIn, whole: Whole) -> dict[str, Any]:
        """What the reasons beside an answer need."""
        return {
            "percent": _percent,
            "entities": self._entities,
            "records": self._records,
            "sources": self._sources,
            "wrong": whole.wrong,
            "conversation_id": whole.id,
            "csrf": signed_in.csrf,
        }

    def _records(self, read: Sequence[tuple[str, str]]) -> str:
        return ", ".join(f"{self._words.say(f'about_{kind}_number')} {number}" for kind, number in read)

    def _entities(self, found: Mapping[str, str]) -> str:
        named = ((self._words.say(f"about_{k}") if self._words.has(f"about_{k}") else k, v) for k, v in found.items())
        return ", ".join(f"{name} {value}" for name, value in named)

    async def _list_page(self, signed_in: SignedIn, name: str) -> HTTPResponse:
        return await self.page("list.html", signed_in, name, list_html=await self._list(signed_in, name))

    async def _list(self, signed_in: SignedIn, name: str) -> str:
        agent_id, now = signed_in.agent.id, self._clock.now()
        parts: list[tuple[str, str, list[Entry]]] = []
        waiting: list[Entry] = []
        if name == QUEUE:
            waiting = await self._database.read(seen.waiting)
            parts.append(("queue_heading", "queue_empty", waiting))
            if self._rules.departments:
                parts = departments.parts_of(waiting, signed_in.agent, self._rules, now) or parts
        else:
            parts.append(("mine_heading", "mine_empty", await self._database.read(seen.of_agent, agent_id)))
            others = await self._database.read(seen.of_others, agent_id)
            parts += [("others_heading", "", others)] if others else []
        people = await self._database.read(agents.names, [entry.proposed_to for entry in waiting])
        return self._rendering.fragment(
            "entries.html",
            parts=parts,
            csrf=signed_in.csrf,
            reason=self._reason,
            wish=self._wish,
            waiting=WAITING,
            **departments.values_for_lists(waiting, people, self._rules, now),
        )

    async def page(
        self, template: str, signed_in: SignedIn, here: str, status: int = 200, **values: Any
    ) -> HTTPResponse:
        """A whole page of the desk; `here` is the name of its place in the menu, empty where it has none."""
        counts = await self._database.read(seen.counts, signed_in.agent.id) if signed_in.agent.attends else None
        all_values = {"csrf": signed_in.csrf, "wish": self._wish, **values}
        return self._rendering.page(template, signed_in, status, here=here, counts=counts, **all_values)

    async def _file(self, request: Request, signed_in: SignedIn, attachment_id: str, thumb: bool) -> HTTPResponse:
        try:
            file, conversation_id = await self._database.read(attachments.for_staff, attachment_id)
            if not await self._database.read(seen.may_read, signed_in.agent, conversation_id):
                raise UnknownAttachment(attachment_id)
            return await send_file(self._intake.folder, file, thumb, OWN_FILES)
        except (UnknownAttachment, FileNotFoundError):
            return self._rendering.problem(request, "error_not_found", 404)

    def _wish(self, intent: Optional[str]) -> str:
        return wish(intent, self._words)

    def _reason(self, of: Optional[str]) -> str:
        return reason(of, self._words) if of else ""

    def _asked(self, about: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(self._words.say(f"about_{k}"), str(v)) for k, v in about.items() if self._words.has(f"about_{k}")]


def _lines(rows: Sequence[Row], notes: Sequence[Noted], whole: Whole) -> list[Line]:
    """Rows and notes in the order in which they were written, the reasons beside each of the assistant's."""
    turns = {turn.id: turn for turn in whole.turns if turn.state == DONE and turn.intent}
    words = {row.id: row.body["text"] for row in (*whole.rows, *rows)}
    answers: dict[str, list[str]] = {}
    for row in rows:
        if row.author_kind == "bot" and whole.turn_of_row.get(row.id) in turns:
            answers.setdefault(whole.turn_of_row[row.id], []).append(row.id)
    lines = [(row.seq, 0, _line(row, turns, words, answers, whole)) for row in rows]
    lines += [(note.after_seq, 1 + place, Line(note=note)) for place, note in enumerate(notes)]
    return [line for _, _, line in sorted(lines, key=lambda one: one[:2])]


def _line(
    row: Row,
    turns: Mapping[str, Understood],
    words: Mapping[str, str],
    answers: Mapping[str, Sequence[str]],
    whole: Whole,
) -> Line:
    turn = turns.get(whole.turn_of_row.get(row.id, "")) if row.author_kind == "bot" else None
    if turn is None:
        return Line(row=row)
    said = answers[turn.id]
    known = len(said) == len(turn.responses)
    responses = (turn.responses[said.index(row.id)],) if known else turn.responses
    return Line(row=row, why=turn, words=words.get(turn.id, ""), responses=responses)


def _last_noted(notes: Sequence[Noted]) -> str:
    return notes[-1].at.isoformat() if notes else ""


def _percent(confidence: float) -> int:
    return round(confidence * 100)


def _number(raw: Optional[str]) -> int:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def moment_in(raw: Optional[str]) -> Optional[datetime]:
    """The moment that an address names; None where it names none."""
    try:
        moment = datetime.fromisoformat(raw) if raw else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
