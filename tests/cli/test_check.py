"""`sportello check` as it is called, by hand and by a build server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from base.settings import ROOT

CONTRADICTION = """rules:
- rule: dopo la fattura
  condition:
  - slot_was_set:
    - requested_slot: null
  steps:
  - intent: request_invoice
  - action: utter_goodbye
"""


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "cli.main", "check", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_nothing_wrong_ends_with_0() -> None:
    result = run()

    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith("Tutto a posto: ")


def test_faults_are_lines_on_standard_output_and_end_with_1(tmp_path: Path) -> None:
    (tmp_path / "responses").mkdir()
    (tmp_path / "responses" / "general.yml").write_text("responses:\n  utter_goodbye:\n  - text: Addio\n")

    result = run(SPORTELLO_HOME=str(tmp_path))

    assert result.returncode == 1
    assert result.stdout == f"{tmp_path}/responses/general.yml:3: il testo va tra virgolette doppie\n"
    assert result.stderr == "Da correggere: 1, in 1 file; 1 si corregge da sé con: sportello check --fix\n"


def test_fix_puts_right_what_it_can_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "responses").mkdir()
    file = tmp_path / "responses" / "general.yml"
    file.write_text("responses:\n  utter_goodbye:\n  - text: Addio  # e basta\n")

    result = run("--fix", SPORTELLO_HOME=str(tmp_path))

    assert result.returncode == 0
    assert result.stdout == f"Corretti da sé: 1, in {file}.\n"
    assert file.read_text() == 'responses:\n  utter_goodbye:\n  - text: "Addio"  # e basta\n'


def test_full_has_rasa_follow_the_rules() -> None:
    result = run("--full")

    assert (result.returncode, result.stdout) == (0, "")


def test_full_tells_rules_that_contradict_each_other_step_by_step(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yml").write_text(CONTRADICTION)

    result = run("--full", SPORTELLO_HOME=str(tmp_path))

    told = re.findall(r"^(\S+): la regola «([^»]+)» contraddice «([^»]+)»", result.stdout, re.MULTILINE)
    line = (ROOT / "data" / "rules" / "orders.yml").read_text().split("\n").index("- rule: vuole la fattura") + 1
    assert result.returncode == 1
    assert told == [
        (f"data/rules/orders.yml:{line}", "vuole la fattura", "dopo la fattura"),
        (f"{tmp_path}/rules/own.yml:2", "dopo la fattura", "vuole la fattura"),
    ]


@pytest.mark.parametrize(("arguments", "environment"), [(["--all"], {}), ([], {"SPORTELLO_REGISTER": "voi"})])
def test_a_wrong_call_is_told_apart(arguments: list[str], environment: dict[str, str]) -> None:
    result = run(*arguments, **environment)

    assert result.returncode == (2 if arguments else 1)
    assert result.stdout == "" and len(result.stderr.splitlines()) == 1
