"""What docs/identity.md shows a shop works, and what it says is so."""

import re
import shutil
import subprocess
import textwrap
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from base.settings import ROOT, LoginKey
from connectors.web_login import Logins
from switchboard import codes

PAGE = (ROOT / "docs" / "identity.md").read_text(encoding="utf-8")
KEY = LoginKey("2026", "k" * 44)
LOGINS = Logins((KEY,), "sportello", timedelta(minutes=60))


def example(heading: str) -> str:
    """The indented block under a heading."""
    block = re.search(r"(?:^(?: {4}.*)?\n)+", PAGE.split(f"### {heading}\n")[1].lstrip("\n"), re.MULTILINE)
    assert block
    return textwrap.dedent(block[0])


def test_the_python_example_makes_a_login() -> None:
    names: dict[str, Any] = {}
    exec(compile(example("In Python"), "docs/identity.md", "exec"), names)

    token = names["sportello_login"]("Anna.Rossi@example.it", KEY.id, KEY.secret)

    assert LOGINS.read(token, datetime.now(timezone.utc)).email == "anna.rossi@example.it"


@pytest.mark.skipif(not shutil.which("php"), reason="no PHP on this computer")
def test_the_php_example_makes_a_login() -> None:
    function = example("In PHP").split("// In the page")[0]
    program = f"{function} echo sportello_login('anna.rossi@example.it', '{KEY.id}', '{KEY.secret}');"

    token = subprocess.run(["php", "-r", program], capture_output=True, text=True, check=True).stdout

    assert LOGINS.read(token, datetime.now(timezone.utc)).email == "anna.rossi@example.it"


def test_the_limits_are_those_of_the_code() -> None:
    numbers = {
        codes.TRIES: f"| tries of one code | {codes.TRIES} |",
        codes.SENT_IN_CONVERSATION: f"{codes.SENT_IN_CONVERSATION} in 15 minutes of a conversation",
        codes.SENT_TO_EMAIL: f"{codes.SENT_TO_EMAIL} an hour to one e-mail",
        codes.SENT_FOR_ADDRESS: f"{codes.SENT_FOR_ADDRESS} an hour from one network address",
        codes.SENT_IN_ALL: f"{codes.SENT_IN_ALL} an hour in all",
        codes.WRONG_IN_ALL: f"{codes.WRONG_IN_ALL} an hour in all, and the staff",
    }

    assert [words for words in numbers.values() if words not in PAGE] == []
    assert f"{codes.WRONG_OF_EMAIL} an hour against one e-mail" in PAGE
    assert f"{codes.WRONG_OF_ADDRESS} in 15 minutes from one network address" in PAGE


def test_every_setting_of_the_page_is_in_the_example_of_the_environment() -> None:
    known = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"\bSPORTELLO_[A-Z_]+\b", PAGE)) - {"SPORTELLO_LOGIN_KEY_"}

    assert [name for name in sorted(named) if f"{name}=" not in known and name != "SPORTELLO_LOGIN_KEY_2026"] == []
