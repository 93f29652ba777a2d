"""Writes a plan into the files, and takes it back: `apply`, `undo`, `history`.

What was there before is kept in `<var>/labels`, one file for each plan that was written, before anything is written:
who was killed in the middle is put back to where he was by whoever comes next. One process at a time writes.
"""

import fcntl
import json
import os
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Iterator, Optional

from labels.changes import Change, Plan
from labels.label import Label
from labels.lines import Line, NotEditable, edited
from labels.words import words

FOLDER, LOCK_FILE = "labels", "lock"
MOST_KEPT = 100  # of which what was before is known; of older ones it is forgotten
BEGUN, DONE, UNDOING, UNDONE = "begun", "done", "undoing", "undone"


class ApplyRefused(Exception):
    """Nothing was written, or nothing was taken back.

    Attributes:
        key: ending of a text `apply_…`.
        values: what fills its placeholders.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}")
        self.key, self.values = key, values

    @property
    def message(self) -> str:
        """Why, and what to do, in Italian."""
        return words().say(f"apply_{self.key}", **self.values)


@dataclass(frozen=True)
class Applied:
    """A plan that was written.

    Attributes:
        number: by which it can be undone, from 1.
        at: when, UTC.
        by: who, for the history; None from the command line.
        root: the folder that the names of files start from.
        changes: what became of each file.
        labels: the sentences.
        undone: whether it was taken back.
    """

    number: int
    at: datetime
    by: Optional[str]
    root: Path
    changes: tuple[Change, ...]
    labels: tuple[Label, ...]
    undone: bool = False


def apply(plan: Plan, var: Path, at: datetime, by: Optional[str] = None, into_product: bool = False) -> Applied:
    """Write every file of the plan whole, or none.

    Args:
        var: the folder of this installation's data, where what was before is kept.
        at: now, UTC.
        by: who it is, as the history shows it.
        into_product: that the product's own files may be written where there is no shop's folder.

    Raises:
        ApplyRefused: nothing to write, a file has changed since the plan was made, or the product's are not to be.
        OSError: a file cannot be written; those written before are as they were.
    """
    if not plan.changes:
        raise ApplyRefused("nothing")
    if plan.of_product and not into_product:
        raise ApplyRefused("of_product")
    with _records(var) as records:
        for change in plan.changes:
            if _read(plan.root / change.name) != change.before:
                raise ApplyRefused("changed", file=change.name)
        number = max(records.numbers(), default=0) + 1
        applied = Applied(number, at, by, plan.root, plan.changes, plan.accepted)
        records.replace_all(applied, BEGUN, plan.changes, DONE)
        records.forget_old()
        return applied


def undo(number: Optional[int], var: Path) -> Applied:
    """Take a plan back; the last one that was not yet, when `number` is None.

    Files that nobody has changed since get back every byte. From others the lines that were added are taken out, and
    those that were taken away come back at the end of their intent, if each can still be found as it was written.

    Raises:
        ApplyRefused: there is no such plan, it was undone already, or a line is not there any more as it was written.
        OSError: a file cannot be written; all are as they were.
    """
    with _records(var) as records:
        applied = _found(records, number)
        back = tuple(_backwards(applied.root, change) for change in applied.changes)
        records.replace_all(applied, UNDOING, back, UNDONE)
        return _with_undone(applied)


def history(var: Path) -> list[Applied]:
    """Every plan that was written and is still known, the latest first."""
    with _records(var) as records:
        return [records.read(number) for number in sorted(records.numbers(), reverse=True)]


def records_mark(var: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever `history` would tell something else; empty where nothing was ever written."""
    found = []
    for file in sorted((var / FOLDER).glob("*.json")):
        with suppress(FileNotFoundError):  # forgotten meanwhile
            stat = file.stat()
            found.append((file.name, stat.st_mtime_ns, stat.st_ino))
    return tuple(found)


def _found(records: "_Records", number: Optional[int]) -> Applied:
    numbers = sorted(records.numbers(), reverse=True)
    if number is not None and number not in numbers:
        raise ApplyRefused("unknown", number=number)
    every = (records.read(one) for one in ([number] if number is not None else numbers))
    found = next((one for one in every if not one.undone), None)
    if found is None:
        raise ApplyRefused("none" if number is None else "undone", number=number)
    return found


def _backwards(root: Path, change: Change) -> Change:
    """What undoes a change in the file as it is now."""
    now = _read(root / change.name)
    if now == change.after:
        return Change(change.name, now, change.before, change.dropped, change.added)
    if now is None:
        raise ApplyRefused("gone", file=change.name)
    try:
        before = edited(now, change.dropped, change.added)
    except NotEditable as error:
        raise ApplyRefused("edited", file=change.name) from error
    return Change(change.name, now, before, change.dropped, change.added)


class _Records:
    """The folder of records; held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def numbers(self) -> list[int]:
        return [int(file.stem) for file in self._folder.glob("*.json")]

    def read(self, number: int) -> Applied:
        return _from_json(self._said(number))

    def replace_all(self, applied: Applied, begun: str, changes: tuple[Change, ...], done: str) -> None:
        """Put the changes into the files, all of them or none."""
        self._write(applied, begun, changes)
        try:
            for change in changes:
                _replace(applied.root / change.name, change.after)
        except OSError:
            self._roll_back(applied.number)
            raise
        self._write(applied, done)

    def recover(self) -> None:
        """Put back what a process that was killed had begun."""
        for number in self.numbers():
            if self._said(number)["state"] in (BEGUN, UNDOING):
                self._roll_back(number)

    def forget_old(self) -> None:
        for number in sorted(self.numbers())[:-MOST_KEPT]:
            self._file(number).unlink()

    def _roll_back(self, number: int) -> None:
        said = self._said(number)
        for change in map(_change_from, said["doing"]):
            file = Path(said["root"]) / change.name
            if _read(file) == change.after:
                _replace(file, change.before)
        if said["state"] == BEGUN:
            self._file(number).unlink()
        else:
            self._write(_from_json(said), DONE)

    def _write(self, applied: Applied, state: str, doing: tuple[Change, ...] = ()) -> None:
        said = {
            "number": applied.number,
            "state": state,
            "at": applied.at.isoformat(),
            "by": applied.by,
            "root": str(applied.root),
            "changes": [asdict(change) for change in applied.changes],
            "labels": [asdict(label) for label in applied.labels],
            "doing": [asdict(change) for change in doing],
        }
        _replace(self._file(applied.number), json.dumps(said, ensure_ascii=False), 0o600)

    def _said(self, number: int) -> dict:
        return json.loads(self._file(number).read_text(encoding="utf-8"))

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.json"


@contextmanager
def _records(var: Path) -> Iterator[_Records]:
    """The records, with what was left half done put back; nobody else has them meanwhile."""
    folder = var / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        records = _Records(folder)
        records.recover()
        yield records


def _from_json(said: dict) -> Applied:
    return Applied(
        said["number"],
        datetime.fromisoformat(said["at"]),
        said["by"],
        Path(said["root"]),
        tuple(map(_change_from, said["changes"])),
        tuple(Label(**one) for one in said["labels"]),
        said["state"] == UNDONE,
    )


def _change_from(said: dict) -> Change:
    added, dropped = (tuple(Line(**one) for one in said[key]) for key in ("added", "dropped"))
    return Change(said["name"], said["before"], said["after"], added, dropped)


def _with_undone(applied: Applied) -> Applied:
    return Applied(**{**vars(applied), "undone": True})


def _read(file: Path) -> Optional[str]:
    """The characters of a file, line ends as they are; None when there is none.

    Raises:
        ApplyRefused: it is not in UTF-8 any more.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise ApplyRefused("changed", file=file) from error


def _replace(file: Path, text: Optional[str], mode: Optional[int] = None) -> None:
    """Give a file this content, whole or not at all, with the permissions it has; None takes it away."""
    file = file.resolve()
    if text is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")[1])
    try:
        with draft.open("wb") as output:
            output.write(text.encode("utf-8"))
            output.flush()
            os.fsync(output.fileno())
        os.chmod(draft, mode if mode is not None else _mode(file))
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _mode(file: Path) -> int:
    """The permissions of a file, or those of a new one."""
    if file.exists():
        return file.stat().st_mode & 0o777
    return 0o640 if not file.parent.stat().st_mode & 0o004 else 0o644
