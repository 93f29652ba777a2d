"""What the trainers' labels change in the files: shown as a diff, measured, written into the shop's folder, taken back.

What is written where is decided by `labels/`; without a shop's folder nothing is written, and the patch can be taken
away. A step that was begun is brought to its end, also when its page is closed or loaded anew meanwhile; what takes
longer than `Training.patience_s` is said on the page, which looks again by itself.
"""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Coroutine, Optional, Sequence, TypeVar

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from base.clock import Clock
from base.database import Database
from desk.measuring import FAILED, Measuring
from desk.pages import Pages
from desk.render import Rendering
from desk.sessions import PATH, SignedIn
from desk.taken_back import TakenBack, batch_of
from desk.training import Training
from labels.applied import ApplyRefused, apply, undo
from labels.changes import Plan, PlanRefused, plan
from labels.effect import Effect
from labels.label import Label
from switchboard import labels
from switchboard.labels import Written

Result = TypeVar("Result")

CHANGES, HERE = "changes", f"{PATH}/changes"
PATCH = "sportello-frasi.patch"
MOST_SHOWN = 5  # of the changes that were written
MOST_READ = 30  # sentences of each kind in a measurement
FIGURES = ("intent_accuracy", "macro_f1", "entity_f1", "oos_recall", "false_rejections")


@dataclass(frozen=True)
class Waiting:
    """The labels that are in no file yet, and what they change; no plan where a file cannot be read."""

    written: Sequence[Written]
    plan: Optional[Plan]
    problem: str = ""
    preparing: bool = False  # the plan is still being made

    def refused(self) -> list[tuple[Written, str]]:
        """Those that cannot be written, with the reason."""
        reasons = {_mark(one.label): one.message for one in self.plan.refused} if self.plan else {}
        return [(one, reasons[_mark(_label(one))]) for one in self.written if _mark(_label(one)) in reasons]

    def settled(self) -> list[str]:
        """The ids of those that are in the files once the plan is written, or are there already."""
        there = {_mark(one) for one in (*self.plan.accepted, *self.plan.there)} if self.plan else set()
        return [one.id for one in self.written if _mark(_label(one)) in there]


@dataclass(frozen=True)
class Step:
    """Something that a trainer has begun; it ends with why it was not done, or ""."""

    name: str
    task: "asyncio.Task[str]"


class Changes:
    """The page and its steps."""

    def __init__(
        self,
        database: Database,
        training: Training,
        clock: Clock,
        rendering: Rendering,
        pages: Pages,
        taken_back: TakenBack,
        threads: Executor,
    ) -> None:
        self._threads = threads
        self._database, self._training, self._clock, self._taken_back = database, training, clock, taken_back
        self._rendering, self._words, self._pages = rendering, rendering.words, pages
        self.measuring = Measuring(training.measure, training.var)
        self._planned: Optional[tuple[object, asyncio.Future[Waiting]]] = None
        self._begun: dict[str, Step] = {}  # by who began it, until its end was told
        self._one_at_a_time = asyncio.Lock()

    async def page(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """What is pending, as a diff, what it would do, and what was written last."""
        return await self._show(signed_in, str(request.args.get("done") or ""))

    async def patch(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """The diff as a file for `git apply`."""
        waiting = await self._waiting()
        headers = {"Content-Disposition": f'attachment; filename="{PATCH}"'}
        body = waiting.plan.diff if waiting.plan else ""
        return HTTPResponse(body, content_type="text/x-diff; charset=utf-8", headers=headers)

    async def progress(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """How far the measurement is, for a page that is open."""
        going, text = self._going(signed_in)
        return json_response({"ok": True, "runs": self.measuring.runs, "going": going, "text": text})

    async def measure(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Begin to measure what the pending labels would do."""
        return await self._do(request, signed_in, "measure", self._measure())

    async def accept(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Write the plan into the shop's folder."""
        return await self._do(request, signed_in, "accept", self._accept())

    async def undo(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Take back what was written; field: `number`."""
        raw = str((request.form or {}).get("number") or "")
        if not raw.isascii() or not raw.isdigit() or len(raw) > 9:
            return self._rendering.problem(request, "error_choose", 409)
        return await self._do(request, signed_in, "undo", self._undo(int(raw)))

    async def drop(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Throw labels away; field: `label`, one of them, or nothing for all."""
        wanted = str((request.form or {}).get("label") or "")
        written = await self._database.read(labels.pending)
        ids = [one.id for one in written if not wanted or one.id == wanted]
        await self._database.write(labels.drop, ids, self._clock.now())
        return self._rendering.done(request, f"{HERE}?done={'drop_one' if wanted else 'drop'}")

    async def stop(self) -> None:
        """End the measurement; what was begun otherwise is waited for."""
        await self.measuring.stop()
        await asyncio.gather(*(one.task for one in self._begun.values()), return_exceptions=True)

    async def _do(
        self, request: Request, signed_in: SignedIn, name: str, work: Coroutine[Any, Any, str]
    ) -> HTTPResponse:
        """Begin a step and wait for a moment; whoever has begun one that goes on sees that."""
        who = signed_in.agent.id
        begun = self._begun.get(who)
        if begun is not None and not begun.task.done():
            work.close()
            return self._rendering.done(request, HERE)
        step = self._begun[who] = Step(name, asyncio.create_task(self._alone(work)))
        await asyncio.wait({step.task}, timeout=self._training.patience_s)
        if not step.task.done():
            return self._rendering.done(request, HERE)
        self._begun.pop(who, None)
        error = step.task.result()
        return await self._show(signed_in, error=error) if error else self._rendering.done(request, _done(name))

    async def _alone(self, work: Coroutine[Any, Any, str]) -> str:
        async with self._one_at_a_time:
            return await work

    async def _measure(self) -> str:
        waiting = await self._waiting()
        if waiting.plan and waiting.plan.changes:
            settled = set(waiting.settled())
            self.measuring.start([one for one in waiting.written if one.id in settled])
        return ""

    async def _accept(self) -> str:
        """Write the plan that was shown: it is still right while neither labels nor files have changed."""
        waiting, now = await self._waiting(), self._clock.now()
        if waiting.plan is None:
            return waiting.problem or self._words.say("changes_none")
        by = self._words.say("changes_by")
        try:
            applied = await self._aside(apply, waiting.plan, self._training.var, now, by)
        except ApplyRefused as error:
            return error.message
        except OSError:
            return self._words.say("changes_not_written")
        await self._database.write(labels.applied, waiting.settled(), batch_of(applied), now)
        return ""

    async def _undo(self, number: int) -> str:
        try:
            undone = await self._aside(undo, number, self._training.var)
        except ApplyRefused as error:
            return error.message
        except OSError:
            return self._words.say("changes_not_written")
        await self._database.write(labels.taken_back, batch_of(undone))
        return ""

    def _ended(self, signed_in: SignedIn) -> tuple[str, str]:
        """What a step has come to that took longer than one waited for it: its name, and why it was not done."""
        step = self._begun.get(signed_in.agent.id)
        if step is None or not step.task.done():
            return "", ""
        self._begun.pop(signed_in.agent.id)
        error = step.task.result()
        return ("", error) if error else (step.name, "")

    def _going(self, signed_in: SignedIn) -> tuple[str, str]:
        """What is going on now, for the script; and in words."""
        step = self._begun.get(signed_in.agent.id)
        doing = step.name if step is not None and not step.task.done() else ""
        planning = self._planned is not None and not self._planned[1].done()
        runs = self.measuring.runs
        going = [name for name, goes in ((doing, doing), ("plan", planning), ("measuring", runs)) if goes]
        told = [self._words.say(f"changes_doing_{name}") for name in going if name != "measuring"]
        return " ".join(going), " ".join([*told, self._progress()]).strip()

    async def _show(self, signed_in: SignedIn, done: str = "", error: str = "") -> HTTPResponse:
        ended, failed = self._ended(signed_in)
        done, error = done or ended, error or failed
        told = await self._taken_back.history()
        waiting = await self._for_a_moment()
        going, progress = self._going(signed_in)
        settled = set(waiting.settled())
        effect = self.measuring.result([one for one in waiting.written if one.id in settled])
        intents = self._training.intents(self._words)
        return await self._pages.page(
            "changes.html",
            signed_in,
            CHANGES,
            status=409 if error else 200,
            error=error or waiting.problem,
            done=self._words.say(f"changes_done_{done}") if self._words.has(f"changes_done_{done}") else "",
            accepted=done == "accept",
            waiting=waiting,
            lines=_lines(waiting.plan.diff) if waiting.plan else (),
            home=self._training.layers.home,
            runs=self.measuring.runs,
            going=going,
            progress=progress,
            effect=effect,
            figures=self._figures(effect) if effect else (),
            most_read=MOST_READ,
            history=told[:MOST_SHOWN],
            named=lambda name: intents.get(name, name),
        )

    async def _waiting(self) -> Waiting:
        """The pending labels with their plan."""
        _, planned = await self._planning()
        return await asyncio.shield(planned)

    async def _for_a_moment(self) -> Waiting:
        """As `_waiting`, or without the plan where that takes longer."""
        written, planned = await self._planning()
        await asyncio.wait({planned}, timeout=self._training.patience_s)
        return planned.result() if planned.done() else Waiting(written, None, preparing=True)

    async def _planning(self) -> "tuple[Sequence[Written], asyncio.Future[Waiting]]":
        """The pending labels, and their plan that is being made; it is kept while neither labels nor files change.

        However many ask for it, it is made once.
        """
        written = await self._database.read(labels.pending)
        mark = (tuple(written), await self._aside(_files_mark, self._training))
        if self._planned is None or self._planned[0] != mark or _is_broken(self._planned[1]):
            self._planned = mark, asyncio.ensure_future(self._aside(_plan, self._training, written))
        return written, self._planned[1]

    async def _aside(self, function: Callable[..., Result], *args: Any) -> Result:
        """Run it in one of the threads that are kept for this."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args))

    def _progress(self) -> str:
        now = self.measuring.progress
        if now is None:
            return ""
        if now.stage == FAILED:
            return self._words.say("changes_measure_failed", problem=now.problem).strip()
        key = f"changes_measure_{now.stage}"
        return self._words.say(
            key if self._words.has(key) else "changes_measure_starting", done=now.done, count=now.count
        )

    def _figures(self, effect: Effect) -> list[tuple[str, str, str]]:
        """Name, before and after of each figure that there is."""
        pairs = ((name, effect.figures_before.get(name), effect.figures_after.get(name)) for name in FIGURES)
        return [
            (self._words.say(f"changes_figure_{name}"), _share(before), _share(after))
            for name, before, after in pairs
            if before is not None and after is not None
        ]


def _plan(training: Training, written: Sequence[Written]) -> Waiting:
    if not written:
        return Waiting(written, None)
    try:
        return Waiting(written, plan(training.layers, [_label(one) for one in written]))
    except PlanRefused as error:
        return Waiting(written, None, str(error.fault))


def _done(name: str) -> str:
    return f"{HERE}?done={name}"


def _is_broken(planned: "asyncio.Future[Waiting]") -> bool:
    return planned.done() and (planned.cancelled() or planned.exception() is not None)


def _label(one: Written) -> Label:
    return Label(one.sentence, one.intent, one.held_out)


def _mark(label: Label) -> tuple[str, str, bool]:
    return label.text, label.intent, label.held_out


def _files_mark(training: Training) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a file does that a plan depends on."""
    layers = training.layers
    folders: list[tuple[Path, str]] = [(folder, "domain.yml") for folder in layers.beside]
    folders += [(folder, "tests/nlu/**/*.yml") for folder in layers.beside]
    folders += [(folder, "nlu/*.yml") for folder in layers.data]
    found = sorted(file for folder, pattern in folders for file in folder.glob(pattern))
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in found)


KINDS: Sequence[tuple[str, Callable[[str], bool]]] = (
    ("file", lambda line: line.startswith(("diff ", "--- ", "+++ "))),
    ("place", lambda line: line.startswith("@@")),
    ("added", lambda line: line.startswith("+")),
    ("gone", lambda line: line.startswith("-")),
)


def _lines(diff: str) -> list[tuple[str, str]]:
    """The diff line by line, each with its kind."""
    return [(next((kind for kind, is_one in KINDS if is_one(line)), "same"), line) for line in diff.splitlines()]


def _share(share: float) -> str:
    return f"{share * 100:.1f} %".replace(".", ",")
