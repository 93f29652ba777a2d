"""Where a customer who wants a person should wait: the rules that managers write in `data/desk.yml`, and what they say.

Values are taken as they are written: to YAML itself the postal code 00185 would be a number.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shop.italian import words_of

KINDS = ("order", "return", "quote")
CHANNELS = ("web", "telegram")
REASONS = ("asked", "attempts", "not_understood", "failed_turn", "anger", "legal_threat", "intent")
ANY_ENDING = "*"
KEY = re.compile(r"[a-z][a-z0-9_]{0,30}")
POSTAL_CODE = re.compile(r"[0-9]{1,5}")
PROVINCE = re.compile(r"[A-Z]{2}")

Condition = tuple[str, tuple[str, ...]]  # its key, and the values of which one is enough


@dataclass(frozen=True)
class Case:
    """What is known of a customer who wants a person. Nothing of it is kept but where it leads.

    `places` are as they were written: towns, provinces, postal codes. `handoffs` counts this one, too.
    """

    reason: str = "asked"
    intents: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    postal_codes: frozenset[str] = frozenset()
    sectors: tuple[str, ...] = ()
    channel: str = ""
    words: str = ""
    amount: Optional[Decimal] = None
    handoffs: int = 1
    seller: str = ""  # the e-mail of the person of the shop who follows the quote


@dataclass(frozen=True)
class Rule:
    """A rule with the file and the line it stands in. Without conditions it holds for every case.

    `to` and `skill` are of rules that send somewhere, `ahead` of those that let somebody go before others.
    """

    name: str
    line: int
    when: tuple[Condition, ...]
    to: str = ""
    skill: str = ""
    ahead: timedelta = timedelta(0)
    file: str = ""

    def misses(self, case: Case) -> Optional[str]:
        """The key of the first condition that this case does not meet; None when the rule holds."""
        return next((key for key, values in self.when if not MATCHES[key](case, values)), None)


@dataclass(frozen=True)
class Decision:
    """Where a case goes. No rule: to everybody; no priority: in its turn."""

    rule: Optional[Rule] = None
    priority: Optional[Rule] = None
    seller: str = ""

    @property
    def department(self) -> Optional[str]:
        return self.rule.to if self.rule else None

    @property
    def ahead(self) -> timedelta:
        """How much longer the customer counts as having waited."""
        return self.priority.ahead if self.priority else timedelta(0)

    def way(self) -> dict[str, Any]:
        """The decision as the effect `handoff` carries it (docs/engine.md)."""
        why = {
            "rule": self.rule.name if self.rule else "",
            "skill": self.rule.skill if self.rule else "",
            "priority": self.priority.name if self.priority else "",
            "seller": self.seller,
        }
        return {
            "department": self.department,
            "ahead_minutes": int(self.ahead.total_seconds() // 60),
            "why": {name: value for name, value in why.items() if value},
        }


@dataclass(frozen=True)
class Routing:
    """The rules in their order: of `routes` the first that holds counts, of `priorities` the strongest."""

    routes: tuple[Rule, ...] = ()
    priorities: tuple[Rule, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.routes and not self.priorities

    def decide(self, case: Case) -> Decision:
        """Where this case goes."""
        rule = next((rule for rule in self.routes if rule.misses(case) is None), None)
        held = [rule for rule in self.priorities if rule.misses(case) is None]
        priority = max(held, key=lambda rule: rule.ahead, default=None)
        return Decision(rule, priority, case.seller)


def _any_of(values: Sequence[str], had: "frozenset[str] | tuple[str, ...]") -> bool:
    return any(value in had for value in values)


def _begins(case: Case, values: Sequence[str]) -> bool:
    return any(code.startswith(value) for value in values for code in case.postal_codes)


def _sector(case: Case, values: Sequence[str]) -> bool:
    return bool({plain(value) for value in values} & {plain(sector) for sector in case.sectors})


def _says(case: Case, values: Sequence[str]) -> bool:
    said = f" {plain(case.words)} "
    return any((f" {plain(value)}" if value.endswith(ANY_ENDING) else f" {plain(value)} ") in said for value in values)


def _above(case: Case, values: Sequence[str]) -> bool:
    return case.amount is not None and case.amount > Decimal(values[0])


def _at_least(case: Case, values: Sequence[str]) -> bool:
    return case.handoffs >= int(values[0])


MATCHES: Mapping[str, Callable[[Case, Sequence[str]], bool]] = {
    "reason": lambda case, values: case.reason in values,
    "intent": lambda case, values: _any_of(values, case.intents),
    "kind": lambda case, values: _any_of(values, case.kinds),
    "province": lambda case, values: _any_of(values, case.provinces),
    "cap": _begins,
    "sector": _sector,
    "channel": lambda case, values: case.channel in values,
    "words": _says,
    "amount_above": _above,
    "handoffs_at_least": _at_least,
}
NUMBERS = ("amount_above", "handoffs_at_least")
FROM_THE_SHOP = ("sector", "amount_above")  # what only the shop's records tell


def plain(text: str) -> str:
    """Words in small letters without accents, one space between them."""
    return " ".join(words_of(text))


def is_value(key: str, written: str) -> bool:
    """Whether this may be a value of the condition `key`; names of intents are the domain's and not looked at."""
    if key == "amount_above":
        return _amount(written) is not None
    if key == "handoffs_at_least":
        return written.isascii() and written.isdigit() and 1 <= int(written) <= 99
    fixed = {"reason": REASONS, "kind": KINDS, "channel": CHANNELS}.get(key)
    if fixed:
        return written in fixed
    shape = {"cap": POSTAL_CODE, "province": PROVINCE}.get(key)
    return bool(shape.fullmatch(written)) if shape else bool(plain(written))


def covers(earlier: Sequence[Condition], later: Sequence[Condition]) -> bool:
    """Whether whatever meets all of `later` meets all of `earlier`: after the one, the other is never reached."""
    wanted = dict(later)
    return all(key in wanted and _is_wider(key, values, wanted[key]) for key, values in earlier)


def _is_wider(key: str, wide: Sequence[str], narrow: Sequence[str]) -> bool:
    if key in NUMBERS:
        return Decimal(wide[0]) <= Decimal(narrow[0])
    if key == "cap":
        return all(any(value.startswith(begin) for begin in wide) for value in narrow)
    if key in ("sector", "words"):
        return set(map(_compared, narrow)) <= set(map(_compared, wide))
    return set(narrow) <= set(wide)


def _compared(value: str) -> tuple[str, bool]:
    return plain(value), value.endswith(ANY_ENDING)


def read_routing(
    roots: Sequence[tuple[str, Optional[Node]]], departments: Sequence[str], skills: Sequence[str]
) -> Routing:
    """The rules of files that were composed, with how each file is shown; a later file's replace earlier ones.

    Raises:
        ValueError: a rule names what does not exist, or a value is none; the message says where.
    """
    reader = _Reader(departments, skills)
    return Routing(
        tuple(reader.route(file, rule) for file, rule in _last(roots, "routing")),
        tuple(reader.priority(file, rule) for file, rule in _last(roots, "priority")),
    )


def _last(roots: Sequence[tuple[str, Optional[Node]]], section: str) -> list[tuple[str, Node]]:
    """The rules of the last file that has this section."""
    written = [(file, _get(root, section)) for file, root in roots if _get(root, section) is not None]
    return [(file, rule) for file, rules in written[-1:] for rule in _items(rules)]


@dataclass(frozen=True)
class _Reader:
    departments: Sequence[str]
    skills: Sequence[str]

    def route(self, file: str, node: Node) -> Rule:
        place, to, skill = _place(file, node), _raw(_get(node, "to")), _raw(_get(node, "skill"))
        if to not in self.departments:
            raise ValueError(f"{place}: there is no department {to!r}")
        if skill and skill not in self.skills:
            raise ValueError(f"{place}: there is no skill {skill!r}")
        when = tuple(_conditions(_get(node, "when"), place))
        return Rule(_raw(_get(node, "rule")), _line(node), when, to, skill, file=file)

    def priority(self, file: str, node: Node) -> Rule:
        place, ahead = _place(file, node), _raw(_get(node, "ahead_minutes"))
        if not (ahead.isascii() and ahead.isdigit() and int(ahead) > 0):
            raise ValueError(f"{place}: ahead_minutes: {ahead!r} is no number of minutes")
        when = tuple(_conditions(_get(node, "when"), place))
        return Rule(_raw(_get(node, "rule")), _line(node), when, ahead=timedelta(minutes=int(ahead)), file=file)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _place(file: str, node: Node) -> str:
    return f"{file}:{_line(node)}"


def _conditions(when: Optional[Node], place: str) -> Iterator[Condition]:
    for key, value in when.value if isinstance(when, MappingNode) else ():
        values = tuple(_raw(one) for one in (value.value if isinstance(value, SequenceNode) else [value]))
        if key.value not in MATCHES:
            raise ValueError(f"{place}: {key.value!r} is no condition")
        wrong = next((one for one in values if not is_value(key.value, one)), None)
        if wrong is not None or not values or (key.value in NUMBERS and len(values) > 1):
            raise ValueError(f"{place}: {key.value}: {wrong!r} cannot be")
        yield key.value, values


def _amount(written: str) -> Optional[Decimal]:
    try:
        amount = Decimal(written)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _get(node: Optional[Node], key: str) -> Optional[Node]:
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _items(node: Optional[Node]) -> Sequence[Node]:
    return node.value if isinstance(node, SequenceNode) else ()


def _raw(node: Optional[Node]) -> str:
    return str(node.value).strip() if isinstance(node, ScalarNode) else ""
