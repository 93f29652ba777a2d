"""Every fault has its words, and all words are used."""

import re
import string

from base.settings import ROOT
from check.faults import messages

SOURCES = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "check").glob("*.py")}
GIVEN = re.compile(r'"((?:[a-z]+_)+[a-z0-9]+)"')


def test_every_message_is_used() -> None:
    named = {name for source in SOURCES.values() for name in GIVEN.findall(source)}

    assert messages().keys() <= named


def test_every_fault_has_a_message() -> None:
    calls = re.compile(r'(?:\.fault\(\s*[^,()"]+(?:\([^()]*\))?[^,"]*,|sentence\.fault\()\s*"([a-z0-9_]+)"')
    named = {name for source in SOURCES.values() for name in calls.findall(source)}

    assert len(named) > 80 and named <= messages().keys()


def test_messages_are_sentences_without_full_stop() -> None:
    assert [text for text in messages().values() if text.endswith((".", " ")) or "  " in text] == []


def test_placeholders_can_be_filled() -> None:
    for text in messages().values():
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))
