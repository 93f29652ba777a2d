"""The queue by departments: an agent's own first, and everybody sees all of it. Without departments it is one list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from desk.seen import Entry, Whole
from desk.words import Words
from shop.desk_rules import DeskRules
from switchboard.agents import AtDesk

PROPOSED, EVERYBODY = "proposed_heading", "everybody_heading"
OF = "department_"  # how the id of a department's heading begins


@dataclass(frozen=True)
class Choice:
    """A department to which a conversation can be passed."""

    key: str
    name: str
    is_open: bool


def proposed_to(entry: Entry, now: datetime) -> Optional[str]:
    """To whom this customer is proposed at this moment, the id of an agent."""
    return entry.proposed_to if entry.proposed_until and entry.proposed_until > now else None


def parts_of(
    entries: Sequence[Entry], agent: AtDesk, rules: DeskRules, now: datetime
) -> list[tuple[str, str, list[Entry]]]:
    """Headings with what stands below them, as the template of a list takes them; none that is empty."""
    mine = [entry for entry in entries if proposed_to(entry, now) == agent.id]
    left = [entry for entry in entries if entry not in mine]
    keys = [one.key for one in rules.departments]
    first = [key for key in keys if key in agent.departments]
    parts = [(PROPOSED, "", mine), *((f"{OF}{key}", "", _of(left, key)) for key in first)]
    parts.append((EVERYBODY, "", [entry for entry in left if entry.department not in keys]))
    parts += [(f"{OF}{key}", "", _of(left, key)) for key in keys if key not in first]
    return [part for part in parts if part[2]]


def titles_of(rules: DeskRules) -> Mapping[str, str]:
    """What headings of departments say."""
    return {f"{OF}{one.key}": one.name for one in rules.departments}


def choices_for(whole: Whole, rules: DeskRules, now: datetime) -> list[Choice]:
    """The departments this conversation can be passed to: all but the one where it waits."""
    here = whole.handoff.department if whole.handoff and whole.position else None
    return [Choice(one.key, one.name, rules.of(one.key).is_open(now)) for one in rules.departments if one.key != here]


def standing(whole: Whole, people: Sequence[AtDesk], rules: DeskRules, words: Words, now: datetime) -> list[str]:
    """Where a customer waits and why, in short pieces; nothing where there are no departments."""
    handoff = whole.handoff
    if not rules.departments or handoff is None or handoff.ended_at is not None:
        return []
    name = rules.name_of(handoff.department)
    pieces = [words.say("in_department", name=name) if name else words.say("for_everybody")]
    if handoff.routed.get("rule") and handoff.hops == 0:
        pieces.append(words.say("by_rule", name=handoff.routed["rule"]))
    if handoff.routed.get("priority"):
        pieces.append(words.say("by_priority", name=handoff.routed["priority"]))
    if handoff.routed.get("skill"):
        skill = handoff.routed["skill"]
        pieces.append(words.say("wants_skill", name=rules.skills.get(skill, skill)))
    if whole.position and handoff.proposed_until and handoff.proposed_until > now:
        proposed = next((one.name for one in people if one.id == handoff.proposed_to), None)
        pieces += [words.say("proposed_to", name=proposed)] if proposed else []
    return pieces


def _of(entries: Sequence[Entry], key: str) -> list[Entry]:
    return [entry for entry in entries if entry.department == key]


def values_for_lists(entries: Sequence[Entry], people: Mapping[str, str], rules: DeskRules, now: datetime) -> Any:
    """What the template of a list needs besides: names of departments, and to whom entries are proposed, by entry."""
    proposals = {entry.id: people.get(proposed_to(entry, now) or "", "") for entry in entries}
    return {
        "titles": titles_of(rules),
        "department_names": {one.key: one.name for one in rules.departments},
        "proposals": {id_: name for id_, name in proposals.items() if name},
    }
