"""One running Sportello for all browser tests; kill tests start their own."""

import asyncio
from typing import Iterator

import pytest

from tests.e2e.stack import Stack, running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as stack:
        asyncio.run(stack.until_ready())
        yield stack
