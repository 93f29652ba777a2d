"""The catalogue: every planted fault is reported with its file and line, and nothing else is (faults/README.md)."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Mapping

import pytest
from ruamel.yaml import YAML

from base.layers import Layers
from base.settings import ROOT
from check.checker import check
from check.fix import edited

CATALOGUE = Path(__file__).with_name("faults")
LEAST = 60
BYTE = re.compile(r"\\x([0-9a-f]{2})")


def catalogue() -> list[Any]:
    files = sorted(CATALOGUE.glob("*.yml"))
    entries = [(file.stem, one) for file in files for one in YAML(typ="safe").load(file.read_text(encoding="utf-8"))]
    return [pytest.param(entry, id=f"{topic}: {entry['fault']}") for topic, entry in entries]


@cache
def original(name: str) -> str:
    return (ROOT / name).read_bytes().decode("utf-8")


def planted(entry: Mapping[str, Any]) -> dict[Path, bytes]:
    """The files with the fault in them."""
    changed: dict[Path, bytes] = {}
    for change in (entry, *entry.get("more", ())):
        path = ROOT / change["file"]
        if "create" in change:
            changed[path] = change["create"].encode()
        elif "bytes" in change:
            changed[path] = BYTE.sub(lambda found: chr(int(found[1], 16)), change["bytes"]).encode("latin-1")
        elif "windows" in change:
            changed[path] = original(change["file"]).replace("\n", "\r\n").encode()
        else:
            before = changed[path].decode() if path in changed else original(change["file"])
            assert change["replace"] in before, f"{change['file']} has no {change['replace']!r} any more"
            after = before.replace(change["replace"], change["with"], 1) + change.get("append", "")
            changed[path] = after.encode()
    return changed


def line_wanted(entry: Mapping[str, Any], changed: Mapping[Path, bytes]) -> int:
    if isinstance(entry["line"], int):
        return int(entry["line"])
    name = entry.get("at", entry["file"])
    lines = (changed[ROOT / name].decode() if ROOT / name in changed else original(name)).split("\n")
    same = [
        n
        for n, line in enumerate(lines, 1)
        if (line == entry["line"] if entry.get("exactly") else entry["line"] in line)
    ]
    assert same, f"no line with {entry['line']!r}"
    return same[-1]


def matches(message: str, wanted: str) -> bool:
    """Whether a message is what is wanted; … stands for anything."""
    return bool(re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), message, re.DOTALL))


def test_the_real_files_have_no_fault() -> None:
    assert [str(fault) for fault in check(Layers())] == []


@pytest.mark.parametrize("entry", catalogue())
def test_a_planted_fault_is_reported_and_nothing_else(entry: dict[str, Any]) -> None:
    changed = planted(entry)

    found = list(check(Layers(), instead=changed))

    place = (entry.get("at", entry["file"]), line_wanted(entry, changed))
    wanted = [(place, says) for says in (entry["says"], *entry.get("besides", ()))]
    shown = "\n".join(map(str, found))
    for (file, line), says in wanted:
        hits = [f for f in found if f.file == file and f.line == line and matches(f.message, says)]
        assert len(hits) == 1, f"{file}:{line}: {says} is not in\n{shown}"
        found.remove(hits[0])
    for file, messages in entry.get("at_besides", {}).items():
        for says in messages:
            hits = [f for f in found if f.file == file and matches(f.message, says)]
            assert len(hits) == 1, f"{file}: {says} is not in\n{shown}"
            found.remove(hits[0])
    assert found == [], shown


@pytest.mark.parametrize("entry", [one for one in catalogue() if "fixed" in one.values[0]])
def test_what_is_mechanical_is_put_right_and_every_other_line_stays(entry: dict[str, Any]) -> None:
    changed = planted(entry)
    path = ROOT / entry["file"]
    before = changed[path].decode()

    after = edited(before, [fault.edits for fault in check(Layers(), instead=changed)])

    assert check(Layers(), instead={path: after.encode()}) == ()
    assert entry["fixed"] in after.split("\n")
    if "windows" not in entry:
        left = set(before.split("\n")) - set(after.split("\n"))
        assert len(left) <= 2 and sorted(comments(before)) == sorted(comments(after))


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


def test_there_are_enough_of_them() -> None:
    assert len(catalogue()) >= LEAST
