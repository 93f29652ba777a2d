"""`sportello desk route`: where a customer would wait and by which rule, without anybody being moved."""

import asyncio
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Iterator, Optional

from actions.routing import case_of, kinds_of
from base.clock import ROME, clock_for
from base.database import Database
from base.settings import load_settings
from cli.database import database_problems
from cli.desk import desk_rules
from cli.say import Problem, counted, say
from shop.connected import connected_shop
from shop.desk_rules import DeskRules
from shop.routing import Case, Decision, Rule, is_value
from shop.stores import provinces_of
from switchboard import handoffs, proposing
from switchboard.agents import AtDesk
from switchboard.models import Conversation

# options whose values conditions look at, by the name of the condition
CHECKED = {
    "kind": "kind",
    "postal_code": "cap",
    "reason": "reason",
    "channel": "channel",
    "amount": "amount_above",
}


@dataclass(frozen=True)
class Asked:
    """The case as it was typed; None: not said."""

    intent: Optional[str] = None
    kind: Optional[str] = None
    province: Optional[str] = None
    postal_code: Optional[str] = None
    sector: Optional[str] = None
    reason: Optional[str] = None
    channel: Optional[str] = None
    words: Optional[str] = None
    amount: Optional[str] = None
    handoffs: Optional[int] = None

    def over(self, case: Case) -> Case:
        """`case` with what was typed.

        Raises:
            Problem: something typed cannot be.
        """
        for name, condition in CHECKED.items():
            value = getattr(self, name)
            if value is not None and not is_value(condition, value):
                raise Problem("route_cannot_be", name=name.replace("_", "-"), value=value)
        provinces = provinces_of(self.province) if self.province else frozenset()
        if self.province and not provinces:
            raise Problem("route_cannot_be", name="province", value=self.province)
        changes: dict[str, Any] = {
            "intents": (self.intent,) if self.intent else None,
            "kinds": frozenset({self.kind}) if self.kind else kinds_of((self.intent,)) if self.intent else None,
            "provinces": provinces or None,
            "postal_codes": frozenset({self.postal_code}) if self.postal_code else None,
            "sectors": (self.sector,) if self.sector else None,
            "reason": self.reason,
            "channel": self.channel,
            "words": self.words,
            "amount": Decimal(self.amount) if self.amount else None,
            "handoffs": self.handoffs,
        }
        return replace(case, **{name: value for name, value in changes.items() if value is not None})


def route_command(asked: Asked, conversation_id: Optional[str]) -> None:
    """Say where a case goes: what was typed, over what is known of a conversation.

    Raises:
        Problem: there is no such conversation, or something typed cannot be.
    """
    rules, settings = desk_rules(), load_settings()
    now = clock_for(settings.dev, settings.var).now()
    with database_problems():
        database = Database(settings.database_url)
        try:
            known = asyncio.run(_known(database, rules, conversation_id, now)) if conversation_id else Case()
            case = asked.over(known)
            decision = rules.routing.decide(case)
            with database.reading() as session:
                skill = decision.rule.skill if decision.rule else ""
                wanted = (conversation_id or "", decision.department, skill, decision.seller)
                proposed = proposing.best(session, *wanted, now) if rules.departments else None
        finally:
            database.close()
    for line in explained(case, decision, rules, proposed, now):
        print(line)


async def _known(database: Database, rules: DeskRules, conversation_id: str, now: datetime) -> Case:
    conversation, handoff = await database.read(
        lambda session: (session.get(Conversation, conversation_id), handoffs.latest_of(session, conversation_id))
    )
    if conversation is None:
        raise Problem("route_no_conversation", id=conversation_id)
    reason, about = (handoff.reason, handoff.about) if handoff else ("asked", {})
    return await case_of(database, connected_shop(database), rules, conversation_id, reason, about, now)


def explained(
    case: Case, decision: Decision, rules: DeskRules, proposed: Optional[AtDesk], now: datetime
) -> Iterator[str]:
    """The decision in Italian, a line each: what is known, each rule that was tried, and what follows."""
    yield say("route_case", facts=", ".join(_facts(case)))
    if not rules.departments:
        yield say("route_no_departments")
    for rule in rules.routing.routes:
        missed = rule.misses(case)
        yield say(
            "route_rule_misses" if missed else "route_rule_holds", place=_place(rule), name=rule.name, condition=missed
        )
        if missed is None:
            break
    if rules.departments:
        yield from _where(decision, rules, proposed, now)
    if decision.priority:
        minutes = _minutes(decision.ahead)
        yield say("route_priority", place=_place(decision.priority), name=decision.priority.name, minutes=minutes)


def _where(decision: Decision, rules: DeskRules, proposed: Optional[AtDesk], now: datetime) -> Iterator[str]:
    own = rules.department(decision.department)
    if own is None:
        yield say("route_everybody")
    else:
        yield say("route_department", name=own.name)
    if decision.rule and decision.rule.skill:
        yield say("route_skill", name=rules.skills[decision.rule.skill])
    hours = rules.of(decision.department)
    if not hours.is_open(now):
        opens = hours.opens_next(now)
        when = opens.astimezone(ROME).strftime("%d/%m/%Y %H:%M") if opens else "—"
        yield say("route_closed", when=when)
    if rules.propose_for:
        yield say("route_proposed", name=proposed.name) if proposed else say("route_proposed_to_nobody")
    if own and own.next_after:
        following = rules.name_of(own.next)
        minutes = _minutes(own.next_after)
        yield (
            say("route_next", minutes=minutes, name=following) if following else say("route_next_all", minutes=minutes)
        )
    if own and own.mail:
        yield say("route_mail", addresses=", ".join(own.mail))


def _facts(case: Case) -> Iterator[str]:
    for name, value in asdict(case).items():
        shown = ", ".join(sorted(value)) if isinstance(value, (tuple, frozenset)) else value
        if shown and name not in ("words", "seller") and not (name == "handoffs" and shown == 1):
            yield say(f"route_fact_{name}", value=shown)


def _minutes(time: timedelta) -> str:
    return counted("route_minutes", int(time.total_seconds() // 60))


def _place(rule: Rule) -> str:
    return f"{rule.file}:{rule.line}"
