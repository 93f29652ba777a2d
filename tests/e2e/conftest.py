"""One running Sportello for all browser tests; kill tests start their own."""

import asyncio
import shutil
from pathlib import Path
from typing import Iterator

import pytest

from tests.e2e.stack import Stack, running

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as stack:
        asyncio.run(stack.until_ready())
        yield stack


@pytest.fixture(scope="session")
def chromium() -> Path:
    found = shutil.which("chromium")
    assert found, "Chromium is missing: run `make test`, which installs it, or `apt-get install chromium`"
    return Path(found)
