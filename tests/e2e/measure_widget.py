"""Measures the customers' chat: `python -m tests.e2e.measure_widget` prints its size, how soon it can be used, memory.

Sizes are of the files as `gzip -9` packs them. Times are medians of several visits with an empty cache, in Chromium,
from the navigation until the launcher can be used, and from the click on it until one can write. Nothing is asserted
here: machines differ.
"""

import asyncio
import gzip
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Awaitable

from playwright.async_api import Page

from base.migrations import migrate
from base.settings import ROOT
from switchboard.body import Reply
from tests.e2e.site import Site, serving_site

VISITS = 9
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 90_000,
}  # a phone's 4G, weak
MESSAGES = 1_000
KIB = 1024
TEXT = "Messaggio {}: il tuo ordine è in viaggio e arriva domani tra le 9 e le 13."


def sizes() -> dict[str, int]:
    """Compressed bytes of every script a customer's browser may load."""
    folder = ROOT / "widget"
    files = sorted(file for file in folder.rglob("*.js"))
    return {file.relative_to(folder).as_posix(): len(gzip.compress(file.read_bytes(), 9)) for file in files}


async def times(site: Site, slow: bool) -> tuple[float, float]:
    """Milliseconds until the launcher can be used, and from its click until one can write; medians of some visits."""
    ready, open_ = [], []
    for _ in range(VISITS):
        chat = await site.visit("about:blank")
        if slow:
            await (await chat.page.context.new_cdp_session(chat.page)).send("Network.emulateNetworkConditions", SLOW)
        ready.append(await _ms(_usable(chat.page, site.front.url)))
        await chat.launcher.click(trial=True)
        open_.append(await _ms(chat.open()))
        await site.forget_visitors()
    return median(ready), median(open_)


async def memory(site: Site, messages: int) -> tuple[float, float, int]:
    """MiB of JavaScript heap with one message; MiB and DOM nodes after so many more have come."""
    chat = await site.opened()
    before, _ = await _heap(chat.page)
    for start in range(0, messages, 100):
        await site.write(chat, *(Reply(TEXT.format(number)) for number in range(start + 1, start + 101)))
    await chat.message(f"Messaggio {messages}:").wait_for()
    return before, *await _heap(chat.page)


async def main() -> None:
    folder = Path(tempfile.mkdtemp())
    database_file = folder / "sportello.db"
    migrate(f"sqlite:///{database_file}")
    packed = sizes()
    async with serving_site(database_file, folder) as site:
        lines = {"this machine": await times(site, slow=False), "weak 4G": await times(site, slow=True)}
        before, heap, nodes = await memory(site, MESSAGES)
    for name, size in packed.items():
        print(f"{name:38} {size:8,} B")
    vendor = sum(size for name, size in packed.items() if name.startswith("vendor/"))
    print(f"{'all, gzip -9':38} {sum(packed.values()) / KIB:8.1f} KiB, {vendor / KIB:.1f} of them Socket.IO")
    for line, (ready_ms, open_ms) in lines.items():
        print(f"{f'{line}: launcher usable after':38} {ready_ms:8.0f} ms")
        print(f"{f'{line}: composer after the click':38} {open_ms:8.0f} ms")
    print(f"{'heap with 1 message':38} {before:8.1f} MiB")
    print(f"{f'heap with {MESSAGES:,} messages':38} {heap:8.1f} MiB")
    print(f"{f'nodes with {MESSAGES:,} messages':38} {nodes:8,}")


async def _usable(page: Page, url: str) -> None:
    await page.goto(url, wait_until="commit")
    await page.get_by_role("button", name="Apri la chat").wait_for()


async def _ms(action: Awaitable[None]) -> float:
    began = time.perf_counter()
    await action
    return (time.perf_counter() - began) * 1000


async def _heap(page: Page) -> tuple[float, int]:
    """MiB in use after a garbage collection, and DOM nodes."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    await session.send("Performance.enable")
    metrics = {item["name"]: item["value"] for item in (await session.send("Performance.getMetrics"))["metrics"]}
    await session.detach()
    return metrics["JSHeapUsedSize"] / KIB / KIB, int(metrics["Nodes"])


if __name__ == "__main__":
    asyncio.run(main())
