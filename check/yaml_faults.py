"""What is wrong in a file as YAML, whatever it is about."""

import re
from functools import lru_cache
from typing import Iterator

from check.faults import Edit, Fault
from check.nodes import Node, ScalarNode, is_list, is_mapping, line_of, pairs, walk
from check.sources import SOURCES_KEPT, YAML_ENDINGS, Source

# What libyaml says, as far as it can be told in other words, by how it begins.
PROBLEMS = {
    "found unexpected end of stream": "yaml_quote_open",
    "found character that cannot start any token": "yaml_bad_start",
    "found a tab character": "yaml_tab",
    "mapping values are not allowed": "yaml_two_colons",
    "found unexpected ':'": "yaml_colon_inside",
    "could not find expected ':'": "yaml_no_colon",
    "did not find expected key": "yaml_no_key",
    "did not find expected '-'": "yaml_no_dash",
    "did not find expected ',' or": "yaml_bracket_open",
    "did not find expected node content": "yaml_bracket_open",
    "block sequence entries are not allowed": "yaml_dash_here",
    "found undefined alias": "yaml_no_anchor",
    "found unknown escape": "yaml_escape",
    "but found another document": "yaml_two_documents",
    "while scanning an alias": "yaml_bad_start",
}
QUOTES = re.compile(r'(?<!\\)"')
BEGUN = ("yaml_bracket_open", "yaml_no_colon")  # told where what is wrong begins, not where it was noticed
LISTS = {"conversations"}  # kinds whose files are a list
BOM = "\ufeff"


@lru_cache(maxsize=SOURCES_KEPT)
def faults(source: Source) -> tuple[Fault, ...]:
    """Everything that keeps a file from being read as it was meant."""
    return tuple(_faults(source))


def _faults(source: Source) -> Iterator[Fault]:
    if source.kind == "unread":
        yield source.fault(1, "file_ending" if source.path.suffix != YAML_ENDINGS[0] else "file_unread")
    elif source.problem is not None:
        yield _unreadable(source, source.problem)
    else:
        yield from _readable(source)


def _readable(source: Source) -> Iterator[Fault]:
    if source.path.name.startswith("test_") and source.kind in ("nlu", "rules", "responses"):
        yield source.fault(1, "file_named_test")
    if source.text.startswith(BOM):
        yield source.fault(1, "file_bom", (Edit(0, 1, ""),))
    if source.root is None:
        if not source.of_shop:  # there it holds what may be written, as comments
            yield source.fault(1, "file_empty")
        return
    wanted = is_list if source.kind in LISTS else is_mapping
    if not wanted(source.root):
        yield source.fault(source.root, "file_no_list" if source.kind in LISTS else "file_no_keys")
    for node in walk(source.root):
        yield from _twice(source, node)


def _twice(source: Source, node: Node) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for key, _ in pairs(node):
        if not isinstance(key, ScalarNode):
            yield source.fault(key, "yaml_key_no_text")
        elif key.value in seen:
            yield source.fault(key, "yaml_key_twice", name=key.value, line=seen[key.value])
        else:
            seen[key.value] = line_of(key)


def _unreadable(source: Source, problem: Exception) -> Fault:
    if isinstance(problem, UnicodeDecodeError):
        line = problem.object[: problem.start].count(b"\n") + 1
        return source.fault(line, "file_no_utf8")
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    if mark is None:  # a character that YAML does not know
        before = source.text.encode()[: getattr(problem, "position", 0)]
        return source.fault(before.count(b"\n") + 1, "yaml_control")
    begun = getattr(problem, "context_mark", None) or mark
    said = getattr(problem, "problem", None) or ""
    key = next((key for beginning, key in PROBLEMS.items() if said.startswith(beginning)), "yaml_unreadable")
    lines = source.text.splitlines() or [""]
    here = min(mark.line, len(lines) - 1)
    open_quote = next((n for n in range(begun.line, here + 1) if _odd_quotes(lines[n])), None)
    if open_quote is not None:
        return source.fault(open_quote + 1, "yaml_quote_open")
    if lines[here].startswith("\t"):
        return source.fault(here + 1, "yaml_tab")
    return source.fault((begun.line if key in BEGUN else here) + 1, key)


def _odd_quotes(line: str) -> bool:
    """Whether a quotation mark of this line is open at its end."""
    return len(QUOTES.findall(line)) % 2 == 1
