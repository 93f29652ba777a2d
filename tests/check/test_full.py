"""What only Rasa finds."""

from base.layers import Layers
from check import full
from check.project import Project

RULES = "data/rules/orders.yml"
CONTRADICTION = """
- rule: dopo la fattura
  condition:
  - slot_was_set:
    - requested_slot: null
  steps:
  - intent: request_invoice
  - action: utter_goodbye
"""


def test_the_real_rules_do_not_contradict_each_other() -> None:
    assert [str(fault) for fault in full.faults(Project.read(Layers()))] == []


def test_rules_that_contradict_each_other_step_by_step_are_told_with_their_lines(copied: Layers) -> None:
    file = copied.product / RULES
    spoilt = file.read_text(encoding="utf-8") + CONTRADICTION
    file.write_text(spoilt, encoding="utf-8")

    found = list(full.faults(Project.read(copied)))

    lines = spoilt.split("\n")

    assert {(fault.file, lines[fault.line - 1]) for fault in found} == {
        (RULES, "- rule: vuole la fattura"),
        (RULES, "- rule: dopo la fattura"),
    }
    assert all(fault.key == "rasa_contradicts" for fault in found)
