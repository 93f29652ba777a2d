"""Which rule of desk.yml takes which case: conditions one by one, the order of rules, and what is written in YAML."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.clock import ROME
from base.settings import ROOT
from shop.desk_rules import DeskRules, DeskRulesUnreadable, loop_in
from shop.routing import KINDS, Case, Condition, Rule, covers, is_value

OUTCOMES = "outcomes: ["
DEPARTMENTS = """
departments:
  vendite: {name: "Vendite", mail: ["vendite@shop.example"], next_after_minutes: 10, next: assistenza}
  assistenza: {name: "Assistenza", hours: {monday: ["08:00-09:00"]}, promise_after_minutes: 3, next_after_minutes: 4}
skills: {cucine: "Cucine"}
"""


def written(folder: Path, text: str) -> DeskRules:
    file = folder / "desk.yml"
    file.write_text((ROOT / "data" / "desk.yml").read_text(encoding="utf-8") + text, encoding="utf-8")
    return DeskRules.load(file)


def rule(**when: str) -> Rule:
    return Rule("r", 1, tuple((key, tuple(value.split("|"))) for key, value in when.items()))


@pytest.mark.parametrize(
    ("when", "case", "holds"),
    [
        ({}, Case(), True),
        ({"reason": "attempts|asked"}, Case(), True),
        ({"reason": "attempts"}, Case(), False),
        ({"intent": "request_quote"}, Case(intents=("request_quote", "complain")), True),
        ({"intent": "request_quote"}, Case(intents=("track_order",)), False),
        ({"kind": "quote|return"}, Case(kinds=frozenset({"return"})), True),
        ({"kind": "quote"}, Case(), False),
        ({"province": "MI|NO"}, Case(provinces=frozenset({"NO"})), True),
        ({"province": "MI"}, Case(provinces=frozenset({"NO"})), False),
        ({"cap": "20|21"}, Case(postal_codes=frozenset({"20121"})), True),
        ({"cap": "20"}, Case(postal_codes=frozenset({"00120"})), False),
        ({"sector": "Su Misura"}, Case(sectors=("su misura",)), True),
        ({"sector": "cucina"}, Case(sectors=("camera",)), False),
        ({"channel": "telegram"}, Case(channel="telegram"), True),
        ({"words": "avvocat*"}, Case(words="vi mando il mio AVVOCATO!"), True),
        ({"words": "dall'avvocato"}, Case(words="vado dall’avvocato"), True),
        ({"words": "avvocat"}, Case(words="il mio avvocato"), False),
        ({"words": "causa"}, Case(words="a causalità"), False),
        ({"amount_above": "500.50"}, Case(amount=Decimal("500.51")), True),
        ({"amount_above": "500.50"}, Case(amount=Decimal("500.50")), False),
        ({"amount_above": "1"}, Case(), False),
        ({"handoffs_at_least": "2"}, Case(handoffs=2), True),
        ({"handoffs_at_least": "2"}, Case(), False),
        ({"kind": "quote", "channel": "web"}, Case(kinds=frozenset({"quote"}), channel="telegram"), False),
    ],
)
def test_a_rule_holds_when_all_its_conditions_do(when: dict[str, str], case: Case, holds: bool) -> None:
    assert (rule(**when).misses(case) is None) is holds


def test_the_first_rule_that_holds_counts_and_the_strongest_priority(tmp_path: Path) -> None:
    rules = written(
        tmp_path,
        DEPARTMENTS
        + """
routing:
- rule: "Preventivi di Novara"
  when: {kind: quote, province: [NO], cap: 00185}
  to: vendite
  skill: cucine
- rule: "Preventivi"
  when: {kind: quote}
  to: vendite
- rule: "Il resto"
  to: assistenza
priority:
- {rule: "Seconda volta", when: {handoffs_at_least: 2}, ahead_minutes: 10}
- {rule: "Avvocati", when: {words: ["avvocat*"]}, ahead_minutes: 60}
""",
    )
    quote = Case(kinds=frozenset({"quote"}))
    novara = replace(quote, provinces=frozenset({"NO"}), postal_codes=frozenset({"00185"}))

    first, second, last = (rules.routing.decide(case) for case in (novara, quote, Case()))
    urgent = rules.routing.decide(Case(words="chiamo l'avvocato", handoffs=2))

    assert first.rule and (first.rule.name, first.rule.skill) == ("Preventivi di Novara", "cucine")
    assert second.rule and second.rule.name == "Preventivi" and second.priority is None
    assert last.department == "assistenza"
    assert urgent.priority and urgent.priority.name == "Avvocati" and urgent.ahead == timedelta(minutes=60)
    lines = (tmp_path / "desk.yml").read_text(encoding="utf-8").splitlines()
    assert lines[second.rule.line - 1] == '- rule: "Preventivi"'


def test_a_department_has_hours_and_times_of_its_own_and_otherwise_those_of_all(tmp_path: Path) -> None:
    rules = written(tmp_path, DEPARTMENTS)
    monday = datetime(2026, 11, 23, 8, 30, tzinfo=ROME)

    assert rules.of("assistenza").is_open(monday) and not rules.of("vendite").is_open(monday)
    assert rules.is_open_anywhere(monday) and not rules.is_open(monday)
    assert rules.of("assistenza").promise == timedelta(minutes=3)
    assert rules.of("assistenza").alert_again == rules.alert_again
    assert rules.of("gone from the file") is rules and rules.of(None) is rules


def test_a_closed_department_is_passed_over_and_its_own_time_begins_when_it_opens(tmp_path: Path) -> None:
    rules = written(tmp_path, DEPARTMENTS)
    early, late = (datetime(2026, 11, 23, hour, 0, tzinfo=ROME) for hour in (8, 10))

    assert rules.after("vendite", early) == "assistenza" and rules.after("vendite", late) is None
    assert rules.leaves_at("vendite", late) == late + timedelta(minutes=10)
    assert rules.leaves_at("vendite", early) == early + timedelta(minutes=70)  # from nine o'clock on
    assert rules.leaves_at(None, late) is None


def test_without_departments_nothing_is_decided() -> None:
    rules = DeskRules.load(ROOT / "data" / "desk.yml")

    decision = rules.routing.decide(Case(words="avvocato"))

    assert rules.departments == () and rules.routing.is_empty
    assert decision.way() == {"department": None, "ahead_minutes": 0, "why": {}}


@pytest.mark.parametrize(
    "text",
    [
        DEPARTMENTS + 'routing: [{rule: "x", to: vendita}]',
        DEPARTMENTS + 'routing: [{rule: "x", to: vendite, skill: divani}]',
        DEPARTMENTS + 'routing: [{rule: "x", to: vendite, when: {colour: rosso}}]',
        DEPARTMENTS + 'routing: [{rule: "x", to: vendite, when: {kind: parcel}}]',
        DEPARTMENTS + 'routing: [{rule: "x", to: vendite, when: {intent: []}}]',
        'priority: [{rule: "x", ahead_minutes: 0}]',
        'departments: {"Vendite": {name: "Vendite"}}',
        "departments: {vendite: {mail: []}}",
        'departments: {vendite: {name: "Vendite", next: resi}}',
        'departments: {a: {name: "A", next: b}, b: {name: "B", next: a}}',
        'departments: {a: {name: "A", hours: {monday: ["9"]}}}',
        'departments: {a: {name: "A", next_after_minutes: presto}}',
        "propose_for_minutes: -1",
    ],
)
def test_what_leads_nowhere_is_refused_by_name_of_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(DeskRulesUnreadable, match="desk.yml"):
        written(tmp_path, f"\n{text}\n")


@pytest.mark.parametrize(
    ("following", "loop"),
    [
        ({}, ()),
        ({"a": "b", "b": None}, ()),
        ({"a": "b", "b": "c", "c": "b"}, ("b", "c", "b")),
    ],
)
def test_a_way_without_end_is_found(following: dict[str, Optional[str]], loop: tuple[str, ...]) -> None:
    assert loop_in(following) == loop


VALUES = {
    "reason": st.sampled_from(["asked", "attempts"]),
    "kind": st.sampled_from(KINDS),
    "province": st.sampled_from(["MI", "NO", "RM"]),
    "cap": st.sampled_from(["2", "20", "201", "20121", "00185"]),
    "channel": st.sampled_from(["web", "telegram"]),
    "words": st.sampled_from(["avvocato", "avvocat*", "causa"]),
}
CASES = st.builds(
    Case,
    reason=VALUES["reason"],
    kinds=st.frozensets(VALUES["kind"]),
    provinces=st.frozensets(VALUES["province"]),
    postal_codes=st.frozensets(st.sampled_from(["20121", "20900", "00185"])),
    channel=VALUES["channel"],
    words=st.sampled_from(["", "il mio avvocato", "gli avvocati in causa"]),
)


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Condition, ...]:
    keys = draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=3))
    return tuple((key, tuple(draw(st.lists(VALUES[key], min_size=1, max_size=3)))) for key in sorted(keys))


@given(conditions(), conditions(), CASES)
def test_what_a_covered_rule_takes_the_earlier_one_takes_before(
    earlier: tuple[Condition, ...], later: tuple[Condition, ...], case: Case
) -> None:
    taken = Rule("later", 2, later).misses(case) is None

    if covers(earlier, later) and taken:
        assert Rule("earlier", 1, earlier).misses(case) is None


@given(st.sampled_from(["cap", "province", "amount_above", "handoffs_at_least", "words", "kind"]), st.text(max_size=8))
def test_a_value_that_is_taken_never_breaks_a_rule(key: str, value: str) -> None:
    if is_value(key, value):
        assert rule(**{key: value.replace("|", "")}).misses(Case(amount=Decimal(1))) in (None, key) or "|" in value
