"""`sportello add-conversation`: a test conversation that is written already is checked, and added to a file of tests.

Where there is something wrong with it, nothing is written. The desk's reviewers come this way too (`desk/tests.py`).
"""

import sys
from pathlib import Path
from typing import Iterator

from ruamel.yaml.error import YAMLError

from base.layers import data_layers
from check.checker import faults_of
from check.fix import write
from check.nodes import compose, get, is_list, is_mapping, items, text
from check.project import Project
from cli.new import CONVERSATIONS, Places, check_names, no_conversation, whole_project
from cli.pieces import NoPlaceForIt, with_piece
from cli.say import Problem, say
from switchboard.masking import DOT

STDIN = Path("-")


def add_conversation_command(topic: str, file: Path, only_check: bool) -> None:
    """Check what is in `file` ("-": standard input) and add it to the conversations of `topic`.

    Raises:
        Problem: it cannot be added; what is wrong stands in the lines before. Nothing is written.
    """
    check_names(topic)
    piece = _read(file)
    project, target = whole_project(), Places(data_layers()).beside / CONVERSATIONS / f"{topic}.yml"
    faults = list(_of_piece(piece)) or list(_of_whole(project, target, piece))
    if faults:
        print("\n".join(faults))
        raise Problem("add_not_written")
    if only_check:
        print(say("add_right", file=target))
        return
    whole = _with(project, target, piece)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch()
    write({target: whole})
    print(say("new_whole", file=target))


def _read(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
        return f"{raw.decode('utf-8').strip()}\n".replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("add_unreadable", file=file) from error


def _of_piece(piece: str) -> Iterator[str]:
    """What is wrong with it alone: it is one conversation, and nothing in it is masked."""
    try:
        root = compose(piece)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        yield say("add_line", line=mark.line + 1 if mark else 1, message=say("add_no_yaml"))
        return
    parts = items(root) if is_list(root) else []
    if len(parts) != 1 or not is_mapping(parts[0]) or not text(get(parts[0], "conversation")):
        yield say("add_line", line=1, message=say("add_not_one"))
    for number, line in enumerate(piece.splitlines(), start=1):
        if DOT in line:
            yield say("add_line", line=number, message=say("add_masked"))


def _of_whole(project: Project, target: Path, piece: str) -> Iterator[str]:
    """What `sportello check` would say of the file with it, line by line of the piece; and a title that is taken."""
    title = text(get(items(compose(piece))[0], "conversation")) or ""
    try:
        no_conversation(title, project)
    except Problem as problem:
        yield say("add_line", line=1, message=say(problem.key, **problem.values))
        return
    whole = _with(project, target, piece)
    before = len(whole.splitlines()) - len(piece.splitlines())
    checked = Project.read(project.layers, {target: whole.encode("utf-8")}, project.register)
    for fault in faults_of(checked):
        if fault.path == target and fault.line > before:
            yield say("add_line", line=fault.line - before, message=fault.message)


def _with(project: Project, target: Path, piece: str) -> str:
    before = next((source.text for source in project.sources if source.path == target), "")
    try:
        return with_piece(before, None, piece)
    except NoPlaceForIt:
        raise Problem("new_no_place", file=target, section="-") from None
