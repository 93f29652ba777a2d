"""Imports point one way, and the front stays light."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from base.settings import ROOT

# Which parts each part may import besides itself.
ALLOWED = {
    "base": set(),
    "attachments": {"base"},
    "shop": {"base"},
    "switchboard": {"base"},
    "components": {"base", "shop"},
    "connectors": {"attachments", "base", "shop", "switchboard"},
    "desk": {"attachments", "base", "labels", "shop", "switchboard"},
    "actions": {"base", "shop", "switchboard"},
    "demo": {"base", "shop"},
    "engine": {"base", "components", "shop", "switchboard"},
    "evaluation": {"base", "components", "engine", "shop"},
    "front": {"attachments", "base", "connectors", "desk", "labels", "shop", "switchboard"},
    "check": {"actions", "base", "components", "desk", "engine", "front", "shop", "switchboard"},
    "labels": {"base", "check", "engine", "evaluation"},
    "bench": {"base", "desk", "engine", "evaluation", "shop", "switchboard"},
    "cli": {
        "actions",
        "attachments",
        "base",
        "bench",
        "check",
        "components",
        "connectors",
        "desk",
        "engine",
        "evaluation",
        "front",
        "labels",
        "shop",
        "switchboard",
    },
}
HEAVY = {"tensorflow", "rasa", "rasa_sdk", "spacy", "sklearn"}


def files(part: str) -> list[Path]:
    return sorted((ROOT / part).rglob("*.py"))


def imported(file: Path) -> Iterator[tuple[str, int]]:
    """First names of everything the file imports, wherever in it, with the line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute"
            yield node.module.partition(".")[0], node.lineno


def test_every_package_has_its_place_in_the_order() -> None:
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}

    assert packages <= set(ALLOWED)


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_imports_only_what_is_below_it(part: str) -> None:
    forbidden = set(ALLOWED) - ALLOWED[part] - {part} | {"tests"}

    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for file in files(part)
        for name, line in imported(file)
        if name in forbidden
    ]

    assert wrong == []


def test_only_the_engine_side_names_rasa_and_spacy() -> None:
    light = ("attachments", "base", "shop", "switchboard", "connectors", "desk", "front")

    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for part in light
        for file in files(part)
        for name, line in imported(file)
        if name in HEAVY
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "module",
    ["front.app", "cli.main", "cli.up", "cli.doctor", "cli.check", "components.tag_features", "labels.effect"],
)
def test_nothing_heavy_is_loaded_with(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert HEAVY & set(loaded.stdout.split()) == set()


def test_nothing_heavy_is_loaded_by_a_check() -> None:
    program = "import sys\nfrom base.layers import Layers\nfrom check.checker import check\ncheck(Layers())\n"

    loaded = subprocess.run(
        [sys.executable, "-c", f"{program}print(*sys.modules)"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert HEAVY & set(loaded.stdout.split()) == set()
