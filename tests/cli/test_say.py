"""The texts of the command line and the code that uses them stay in step."""

import ast
import string
from functools import lru_cache
from typing import Iterator, Optional

import click
import yaml

from base.settings import ROOT
from cli.main import build
from cli.say import TEXTS, texts
from engine.models import ModelError

# Calls that name a text: the position of the key, and whether the other arguments are all the values it gets.
CALLS = {"say": 0, "counted": 0, "Problem": 0, "good": 0, "bad": 0, "either": 0}
ENDINGS = {"either": ("_good", "_bad"), "counted": ("_one", "_many")}
OPTIONS = {"exit_code"}
# Families of keys that other modules name: an error's `problem` or `code`.
NAMED_ELSEWHERE = (
    "settings_",
    "model_",
    "shop_file_",
    "requests_reason_",
    "parse_reason_",
    "publish_engine_",
    "models_figure_",
)


@lru_cache(maxsize=1)
def used() -> list[tuple[str, Optional[set[str]], str]]:
    """Every use in cli/: the key or its constant beginning and `*`, the values given if all are known, the place."""
    return list(_used())


def _used() -> Iterator[tuple[str, Optional[set[str]], str]]:
    for file in sorted((ROOT / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", None) not in CALLS or not node.args:
                continue
            named = {keyword.arg for keyword in node.keywords}
            values = None if None in named else named - OPTIONS | ({"count"} if node.func.id == "counted" else set())
            endings = ENDINGS.get(node.func.id, ("",))
            key = node.args[1] if node.func.id == "either" else node.args[0]
            for found in keys(key):
                for ending in endings:
                    yield found + ending, values, f"{file.name}:{node.lineno}"


def keys(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from keys(node.body)
        yield from keys(node.orelse)
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield node.values[0].value + "*"


def placeholders(text: str) -> set[str]:
    return {name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def matches(key: str) -> set[str]:
    """The texts a use can mean; one that is used by its full name is in no family."""
    if key.endswith("*"):
        return {name for name in texts() if name.startswith(key[:-1])} - {name for name, _, _ in used()}
    return {key} & texts().keys()


def test_every_text_that_is_used_exists() -> None:
    missing = [f"{place}: {key}" for key, _, place in used() if not matches(key)]

    assert missing == []


def test_every_text_that_exists_is_used() -> None:
    in_use = set(help_keys(build())).union(*(matches(key) for key, _, _ in used()))

    unused = [key for key in texts() if key not in in_use and not key.startswith(NAMED_ELSEWHERE)]

    assert unused == []


def test_every_placeholder_is_given_a_value() -> None:
    wrong = []
    for key, values, place in used():
        for name in matches(key):
            if values is not None and not placeholders(texts()[name]) <= values:
                wrong.append(f"{place}: {name} {placeholders(texts()[name]) - values}")

    assert wrong == []


def test_no_key_is_written_twice() -> None:
    names = [node.value for node, _ in yaml.compose(TEXTS.read_text(encoding="utf-8")).value]

    assert sorted(names) == sorted(set(names))


def test_every_problem_of_the_settings_has_a_text() -> None:
    source = ast.parse((ROOT / "base" / "settings.py").read_text(encoding="utf-8"))
    raised = [
        node
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SettingsError"
    ]

    problems = {key for call in raised for key in keys(call.args[1])}

    assert problems
    assert {f"settings_{problem}" for problem in problems} <= texts().keys()


def test_every_problem_of_a_model_has_a_text() -> None:
    problems = {error.problem for error in ModelError.__subclasses__()}

    assert problems <= texts().keys()


def test_every_command_and_parameter_is_explained_in_italian() -> None:
    assert set(help_keys(build())) <= texts().keys()


def help_keys(command: click.Command, name: str = "") -> Iterator[str]:
    """What `cli/help.py` looks up, command by command."""
    key = f"help_{name}" if name else "help"
    yield key if name else "help_sportello"
    yield from (f"{key}_{parameter.name}" for parameter in command.params)
    for child in getattr(command, "commands", {}).values():
        yield from help_keys(child, f"{name}_{child.name}" if name else child.name)
