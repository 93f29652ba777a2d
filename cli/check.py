"""`sportello check`: everything that is wrong in the trainers' files, in one pass, as `file:line: what is wrong`.

Exit codes, for a build server: 0 nothing is wrong, 1 something is, 2 the command was called wrongly.
"""

import sys
from pathlib import Path

from base.layers import data_layers
from base.settings import register_of
from check.faults import Fault
from check.project import Project
from cli.say import Problem, say


def check_command(fix: bool, full: bool) -> None:
    """Print the faults, and leave with 1 when there are any.

    Args:
        fix: put right first what is mechanical.
        full: ask Rasa, too.
    """
    from check.checker import faults_of
    from check.fix import fix as fixed
    from check.fix import write
    from check.full import faults as faults_of_rasa

    layers, register = data_layers(), register_of().value
    if fix:
        result = fixed(layers, register)
        write(result.texts)
        names = ", ".join(sorted(_shown(path) for path in result.texts))
        print(say("check_fixed", count=result.count, files=names) if names else say("check_nothing_to_fix"))
    project = Project.read(layers, register=register)
    faults: list[Fault] = [*faults_of(project)]
    if full and project.whole("rules", "domain", "responses", "nlu"):
        faults += faults_of_rasa(project)
    for fault in faults:
        print(fault)
    if faults:
        fixable = sum(bool(fault.edits) for fault in faults)
        files = len({fault.file for fault in faults})
        if fixable == 1:
            raise Problem("check_bad_fixable_one", faults=len(faults), files=files)
        if fixable:
            raise Problem("check_bad_fixable_many", count=fixable, faults=len(faults), files=files)
        raise Problem("check_bad", count=len(faults), files=files)
    counts = {"sentences": len(project.trained), "intents": len(project.intents), "responses": len(project.responses)}
    print(say("check_good", **counts, conversations=len(project.conversations)), file=sys.stderr)


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
