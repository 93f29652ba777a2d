"""Labels whose change was undone on the command line wait again, on whichever page a trainer looks first."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path
from typing import Optional, Sequence

from base.database import Database
from labels.applied import Applied, history, records_mark
from switchboard import labels


class TakenBack:
    """What was written into the files, as it is now. It is read in a thread of `threads` when a record has changed."""

    def __init__(self, database: Database, var: Path, threads: Executor) -> None:
        self._database, self._var, self._threads = database, var, threads
        self._known: Optional[tuple[object, Sequence[Applied]]] = None

    async def history(self) -> Sequence[Applied]:
        """What was written, the latest first; the labels of what was undone meanwhile wait again."""
        mark = records_mark(self._var)
        if self._known is None or self._known[0] != mark:
            told = await asyncio.get_running_loop().run_in_executor(self._threads, history, self._var) if mark else ()
            undone = {batch_of(one) for one in told if one.undone}
            for batch in undone & await self._database.read(labels.batches):
                await self._database.write(labels.taken_back, batch)
            self._known = mark, told
        return self._known[1]


def batch_of(applied: Applied) -> str:
    """What the labels of a change are marked with: numbers alone come again once old records are gone."""
    return f"{applied.number}/{applied.at.isoformat()}"
