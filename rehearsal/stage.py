"""Holds many conversations with one model, each in a database of its own that is thrown away."""

import asyncio
import shutil
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

from actions import context
from base.clock import FixedClock
from base.database import Database
from base.migrations import migrate
from rehearsal.ground import Ground
from rehearsal.holding import Held, hold
from rehearsal.talk import Talk
from rehearsal.written import Written
from shop.importer import import_shop
from shop.shop_file import read_shop_file

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)  # Monday, 10:30 in Rome: the day of every conversation

Progress = Callable[[int], None]


def rehearse(agent: Any, written: Sequence[Written], home: Optional[Path], progress: Progress) -> list[Held]:
    """Each conversation as it goes with `agent` (`rehearsal.talk.load_agent`), in order.

    The product's are held with its own words and parameters, those of a shop's folder with everything in there.

    Args:
        home: the shop's folder.
        progress: told after each how many were held.
    """
    with tempfile.TemporaryDirectory(prefix="sportello-rehearsal-") as folder:
        return asyncio.run(_rehearse(agent, written, home, Path(folder), progress))


def open_shop(url: str, file: Path, now: datetime = NOW) -> None:
    """Load the shop of `file` into the migrated database at `url`, as if it were `now`."""
    database = Database(url)
    with database.writing() as session:
        import_shop(session, read_shop_file(file), now)
    database.close()


async def _rehearse(
    agent: Any, written: Sequence[Written], home: Optional[Path], folder: Path, progress: Progress
) -> list[Held]:
    shops = {file: _prepared(file, folder / f"shop-{n}.db") for n, file in enumerate({one.shop for one in written})}
    held = []
    for one in written:
        ground = Ground.of_shop(home) if one.of_shop and home else Ground.of_product(home)
        held.append(await _held(agent, one, ground, shops[one.shop], folder / "held.db"))
        progress(len(held))
    return held


async def _held(agent: Any, written: Written, ground: Ground, shop: Path, file: Path) -> Held:
    shutil.copy(shop, file)
    database = Database(f"sqlite:///{file}")
    try:
        talk = Talk(agent, database, FixedClock(NOW), ground)
        await talk.get_ready()
        return await hold(talk, written.name, written.turns, written.register)
    finally:
        context.use(None)
        database.close()
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()


def _prepared(shop: Path, file: Path) -> Path:
    migrate(f"sqlite:///{file}")
    open_shop(f"sqlite:///{file}", shop)
    return file
