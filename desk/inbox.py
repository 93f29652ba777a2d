"""The trainers' inbox: sentences that the assistant should understand better, in groups, each labelled with a key.

What customers wrote comes masked from `switchboard/inbox.py`; what a trainer teaches is written with invented values.
The page works with its links and forms alone; `static/inbox.js` adds keys and keeps the page where it is.
"""

import asyncio
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Callable, Mapping, Optional, Sequence
from urllib.parse import urlencode

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from base.clock import Clock
from base.database import Database
from base.plain import plain
from desk.gate import fields_of
from desk.pages import Pages
from desk.render import Rendering
from desk.sessions import PATH, SignedIn
from desk.taken_back import TakenBack
from desk.training import NOT_OF_THE_SHOP, Training, annotated
from labels.label import one_line
from switchboard import inbox, inbox_sources, inbox_steps, labels
from switchboard.inbox import STATES, WHYS, Group, Said
from switchboard.inbox_sources import OPEN, Found, Placed
from switchboard.inbox_steps import NothingThere, NotTheLast, Taught
from switchboard.meaning import Meaning

INBOX, HERE = "inbox", f"{PATH}/inbox"
MOST_CHOICES = 5
MOST_WRITTEN = 8  # sentences of a group with a field of their own
MOST_TAUGHT = 3  # of these, so many are taught unless somebody wants others
MOST_GROUPS = 200  # in the list
LONGEST = 300  # characters of a sentence that is taught
SENTENCE, TEACH = "sentence_", "teach_"

Fields = Mapping[str, str]
NOTHING_TYPED: Fields = MappingProxyType({})
NO_FAULTS: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True)
class View:
    """Which groups are looked at: their state, and why they are here; None: for any reason but a check."""

    state: str = OPEN
    why: Optional[str] = None

    def to(self, **more: Optional[str]) -> str:
        """The address of the page with this view."""
        named = {"state": self.state if self.state != OPEN else None, "why": self.why, **more}
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{HERE}?{query}" if query else HERE


@dataclass(frozen=True)
class Line:
    """A sentence of the open group as it is shown: what is to be taught of it, and what came of it."""

    said: Said
    written: str
    taught: bool
    next: Mapping[str, int]
    faults: Sequence[str] = ()


class Refused(Exception):
    """Why a step was not done: a key of desk/it.yml with its `values`, and the faults by sentence.

    `typed` is shown again.
    """

    def __init__(
        self,
        key: str,
        typed: Fields = NOTHING_TYPED,
        faults: Mapping[str, Sequence[str]] = NO_FAULTS,
        values: Fields = NOTHING_TYPED,
    ) -> None:
        super().__init__(key)
        self.key, self.typed, self.faults, self.values = key, typed, faults, values


class Inbox:
    """The page and its steps."""

    def __init__(
        self,
        database: Database,
        training: Training,
        clock: Clock,
        rendering: Rendering,
        pages: Pages,
        taken_back: TakenBack,
    ) -> None:
        self._database, self._training, self._clock, self._taken_back = database, training, clock, taken_back
        self._rendering, self._words, self._pages = rendering, rendering.words, pages

    async def page(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """The list and one group. Opened without a group, it first looks for what has come in."""
        view, group_id = _view(request.args), request.args.get("g")
        if not group_id:
            await self._gather()
        return await self._show(signed_in, view, group_id, str(request.args.get("done") or ""))

    async def label(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Fields: `g`; `intent`, its name or its words; `sentence_<id>` and `teach_<id>`; `held_out`."""
        return await self._do(request, signed_in, self._label)

    async def put(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Fields: `g`; `kind`: skip, ignore or reopen."""
        return await self._do(request, signed_in, self._put)

    async def merge(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Fields: `g`; `into`, another group."""
        return await self._do(request, signed_in, self._merge)

    async def split(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Fields: `g`; `sentence`, the id of one of its sentences."""
        return await self._do(request, signed_in, self._split)

    async def undo(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Fields: `step`, the last one."""
        return await self._do(request, signed_in, self._undo)

    async def check(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """What is wrong with a sentence as it is typed; fields: `sentence`, `intent`."""
        fields = fields_of(request)
        faults = self._faults(one_line(fields.get("sentence", "")), fields.get("intent", ""))
        return json_response({"ok": True, "faults": list(faults)})

    async def _gather(self) -> None:
        now, personal = self._clock.now(), await asyncio.to_thread(lambda: self._training.personal)
        found: Found = await self._database.read_aside(inbox_sources.find, personal, now)
        placed: list[Placed] = await asyncio.to_thread(inbox_sources.place, found, self._training.comparing)
        if placed or found.handed:
            await self._database.write(inbox_sources.keep, placed, found.handed, now)

    async def _do(self, request: Request, signed_in: SignedIn, step: Callable[[Fields, View], Any]) -> HTTPResponse:
        fields = fields_of(request)
        view = _view(fields)
        try:
            to = await step(fields, view)
        except Refused as refused:
            return await self._refused(request, signed_in, view, fields.get("g"), refused)
        except (NothingThere, NotTheLast) as error:
            key = "inbox_gone" if isinstance(error, NothingThere) else "inbox_not_last"
            return await self._refused(request, signed_in, view, None, Refused(key))
        return self._rendering.done(request, to)

    async def _refused(
        self, request: Request, signed_in: SignedIn, view: View, group_id: Optional[str], refused: Refused
    ) -> HTTPResponse:
        error = self._words.say(refused.key, most=LONGEST, **refused.values)
        if self._rendering.wants_json(request):
            faults = {sentence: list(found) for sentence, found in refused.faults.items()}
            return json_response({"ok": False, "error": error, "faults": faults}, status=409)
        return await self._show(signed_in, view, group_id, error=error, refused=refused)

    async def _label(self, fields: Fields, view: View) -> str:
        group_id, intent = fields.get("g", ""), self._intent_in(fields)
        written = {
            name[len(SENTENCE) :]: one_line(text)
            for name, text in fields.items()
            if name.startswith(SENTENCE) and f"{TEACH}{name[len(SENTENCE) :]}" in fields
        }
        if not written:
            raise Refused("inbox_none_taught", fields)
        faults = {id_: found for id_, text in written.items() if (found := self._faults(text, intent))}
        if faults:
            raise Refused("inbox_faults", fields, faults)
        taught = Taught(tuple(written.values()), intent, "held_out" in fields)
        return await self._then(view, group_id, inbox_steps.label, group_id, taught)

    async def _put(self, fields: Fields, view: View) -> str:
        kind = fields.get("kind", "")
        if kind not in inbox_steps.TO:
            raise Refused("error_choose", fields)
        return await self._then(view, fields.get("g", ""), inbox_steps.put, kind, fields.get("g", ""))

    async def _merge(self, fields: Fields, view: View) -> str:
        into = fields.get("into", "")
        step_id = await self._database.write(inbox_steps.merge, fields.get("g", ""), into, self._clock.now())
        return view.to(g=into, done=step_id)

    async def _split(self, fields: Fields, view: View) -> str:
        group_id = fields.get("g", "")
        group = await self._database.read(inbox.group, self._training.personal, group_id)
        chosen = next((one for one in group.sentences if one.id == fields.get("sentence")), None) if group else None
        if chosen is None:
            raise NothingThere(group_id)
        turn_ids = [time.turn_id for time in chosen.times]
        step_id, other = await self._database.write(inbox_steps.split, group_id, turn_ids, self._clock.now())
        return view.to(g=other, done=step_id)

    async def _undo(self, fields: Fields, view: View) -> str:
        return view.to(g=await self._database.write(inbox_steps.undo, fields.get("step", "")), done="undone")

    async def _then(self, view: View, group_id: str, step: Callable[..., Any], *args: Any) -> str:
        """Do it, and go on with the group that stood below."""
        ids = [group.id for group in await self._groups(view)]
        step_id = await self._database.write(step, *args, self._clock.now())
        at = ids.index(group_id) if group_id in ids else len(ids)
        following = [*ids[at + 1 :], *ids[:at]]
        return view.to(g=following[0] if following else "none", done=step_id)

    async def _show(
        self,
        signed_in: SignedIn,
        view: View,
        group_id: Optional[str],
        done: str = "",
        error: str = "",
        refused: Optional[Refused] = None,
    ) -> HTTPResponse:
        await self._taken_back.history()
        groups = await self._groups(view)
        listed = groups[:MOST_GROUPS]
        group = await self._open(group_id) or await self._open(listed[0].id if listed else None)
        meanings = await self._meanings(group) if group else ()
        intents = self._training.intents(self._words)
        last = await self._database.read(inbox_steps.last)
        return await self._pages.page(
            "inbox.html",
            signed_in,
            INBOX,
            status=409 if error else 200,
            view=view,
            whys=WHYS,
            states=STATES,
            groups=listed,
            more=len(groups) - len(listed),
            total=sum(one.count for one in groups),
            open=group,
            lines=await self._lines(group, meanings, refused) if group else (),
            choices=_choices(group, meanings[0], intents) if group else (),
            intents=intents,
            named=lambda name: intents.get(name, name),
            held_out=refused is not None and "held_out" in refused.typed,
            other=refused.typed.get("other", "") if refused else "",
            last=last,
            pending=await self._database.read(labels.count),
            said=self._said(done, last, intents),
            error=error,
            percent=_percent,
            most_written=MOST_WRITTEN,
            to=view.to,
            out=NOT_OF_THE_SHOP,
        )

    async def _groups(self, view: View) -> list[Group]:
        found: list[Group] = await self._database.read_aside(
            inbox.groups, self._training.personal, view.state, view.why
        )
        return found

    async def _open(self, group_id: Optional[str]) -> Optional[Group]:
        found: Optional[Group] = None
        if group_id:
            found = await self._database.read(inbox.group, self._training.personal, group_id)
        return found

    async def _meanings(self, group: Group) -> Sequence[Meaning]:
        """What the model that is in service makes of the sentences that have a field of their own."""
        shown = group.sentences[:MOST_WRITTEN]
        return await asyncio.gather(*(self._training.meaning(said.draft) for said in shown))

    async def _lines(self, group: Group, meanings: Sequence[Meaning], refused: Optional[Refused]) -> list[Line]:
        shown = list(zip(group.sentences, meanings))
        written = [annotated(said.draft, meaning.entities) for said, meaning in shown]
        lines = []
        for place, (said, _) in enumerate(shown):
            came = await self._database.read(inbox.what_next, said, self._training.personal)
            line = Line(said, written[place], place < MOST_TAUGHT and written[place] not in written[:place], came)
            lines.append(_as_typed(line, refused) if refused and refused.typed else line)
        return lines

    def _said(self, done: str, last: Any, intents: Mapping[str, str]) -> str:
        """What was just done, for whoever does not see it."""
        if done == "undone":
            return self._words.say("inbox_done_undone")
        if last is None or done != last.id:
            return ""
        if last.kind == inbox_steps.LABEL:
            intent = last.labels[0][1] if last.labels else ""
            return self._words.count("inbox_done_label", len(last.labels), intent=intents.get(intent, intent))
        return self._words.say(f"inbox_done_{last.kind}")

    def _intent_in(self, fields: Fields) -> str:
        """A pressed button's intent, or the only one that is meant by what was written in the field.

        Raises:
            Refused: nothing was chosen, or nothing or several things have all the words that were written.
        """
        intents = self._training.intents(self._words)
        pressed, other = fields.get("intent", ""), one_line(fields.get("other", ""))
        if pressed in intents:
            return pressed
        if not other:
            raise Refused("inbox_no_intent", fields)
        fits = _meant(other, intents)
        if len(fits) != 1:
            found = ", ".join(f"«{intents[name]}»" for name in fits[:MOST_CHOICES])
            values = {"typed": other[:LONGEST], "found": found}
            raise Refused("inbox_which_intent" if fits else "inbox_unknown_intent", fields, values=values)
        return fits[0]

    def _faults(self, sentence: str, intent: str) -> Sequence[str]:
        if not sentence:
            return (self._words.say("inbox_empty"),)
        if len(sentence) > LONGEST:
            return (self._words.say("error_too_long", most=LONGEST),)
        return self._training.faults(sentence, intent)


def _meant(typed: str, intents: Mapping[str, str]) -> Sequence[str]:
    """The intents that can be meant: the one of that name or with just these words, else all that have every word."""
    wanted = plain(typed)
    exact = [name for name, words in intents.items() if wanted in (name, plain(words))]
    return exact or [name for name, words in intents.items() if all(one in plain(words) for one in wanted.split())]


def _choices(group: Group, now: Meaning, intents: Mapping[str, str]) -> list[tuple[str, str]]:
    """The likeliest intents: what people said it was, then the model that is in service, then what was understood."""
    said = {name for time in group.every for name in (time.meant, time.chosen) if name}
    likely = [*(name for name in group.likely if name in said), *(name for name, _ in now.intents), *group.likely]
    wanted = [name for name in dict.fromkeys(likely) if name in intents and name != NOT_OF_THE_SHOP]
    return [(name, intents[name]) for name in wanted[:MOST_CHOICES]]


def _as_typed(line: Line, refused: Refused) -> Line:
    """The line as it stood in the form that was refused."""
    id_ = line.said.id
    return replace(
        line,
        written=refused.typed.get(f"{SENTENCE}{id_}", line.written),
        taught=f"{TEACH}{id_}" in refused.typed,
        faults=refused.faults.get(id_, ()),
    )


def _view(fields: Any) -> View:
    state, why = fields.get("state"), fields.get("why")
    return View(state if state in STATES else OPEN, why if why in WHYS else None)


def _percent(confidence: float) -> int:
    return round(confidence * 100)
