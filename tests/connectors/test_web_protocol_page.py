"""docs/web-protocol.md names every event and every refusal there is."""

import re

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT
from connectors.web_protocol import REFUSALS
from tests.connectors.web_server import Server

PAGE = (ROOT / "docs" / "web-protocol.md").read_text(encoding="utf-8")


def test_every_event_and_every_refusal_is_on_the_page(database: Database, clock: FixedClock) -> None:
    handled = set(Server(database, clock).web.server.handlers["/"]) - {"connect", "disconnect"}
    cells = re.findall(r"^\| (.+?) \|", PAGE, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}

    assert handled | set(REFUSALS) <= named
