"""One running Sportello for all browser tests (kill tests start their own); a browser and a widget site per module."""

import asyncio
import shutil
from pathlib import Path
from typing import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.e2e.site import Site, serving_site
from tests.e2e.stack import Stack, running
from tests.e2e.widget_site import chromium


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as stack:
        asyncio.run(stack.until_ready())
        yield stack


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def browser(module_browser: Browser) -> AsyncIterator[Browser]:
    """The module's browser without pages. Its tests need `pytest.mark.asyncio(loop_scope="module")`."""
    yield module_browser
    for context in module_browser.contexts:
        await context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    database_file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving_site(database_file, folder) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def site(module_site: Site) -> AsyncIterator[Site]:
    """The module's site without visitors. Its tests need `pytest.mark.asyncio(loop_scope="module")`."""
    yield module_site
    await module_site.forget_visitors()
