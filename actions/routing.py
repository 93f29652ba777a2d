"""Where a customer who wants a person goes, by the rules of `data/desk.yml`: what is known is gathered here.

Nothing is asked of anybody where no rules are written.
"""

from datetime import datetime
from typing import Mapping, Optional

from actions.details import NUMBER_OF_KIND
from base.database import Database
from shop.desk_rules import DeskRules
from shop.gateway import ShopGateway
from shop.routed_records import record_facts
from shop.routing import FROM_THE_SHOP, KINDS, Case, Decision
from shop.stores import provinces_of
from switchboard.cases import COMPLAINT, Known, known_of
from switchboard.staff_requests import WISH

CASE = "case"  # the key under which a handoff keeps the request that was being prepared
PLACES = ("place", "postal_code")


async def decide(
    database: Database,
    shop: ShopGateway,
    rules: DeskRules,
    conversation_id: str,
    reason: str,
    about: Mapping[str, str],
    now: datetime,
) -> Decision:
    """Where this conversation goes; to everybody where there are no rules.

    Args:
        about: what is known besides the log, by the names of entities and of what a handoff keeps.
    """
    if rules.routing.is_empty:
        return Decision()
    case = await case_of(database, shop, rules, conversation_id, reason, about, now)
    return rules.routing.decide(case)


async def case_of(
    database: Database,
    shop: ShopGateway,
    rules: DeskRules,
    conversation_id: str,
    reason: str,
    about: Mapping[str, str],
    now: datetime,
) -> Case:
    """What the rules look at; the shop is asked only when one of them looks at what it knows."""
    known = await database.read(known_of, conversation_id, now)
    told = {**known.entities, **about}
    numbers = {
        kind: number for kind, read in NUMBER_OF_KIND.items() if (number := read(told.get(f"{kind}_number", "")))
    }
    named = {kind: number for kind, number in numbers.items() if f"{kind}_number" in about} or numbers
    facts = await record_facts(shop, named if _asks_the_shop(rules) else {}, _product(rules, told))
    places = [told[name] for name in PLACES if told.get(name)]
    intents = _intents(known, reason, about)
    return Case(
        reason=reason.partition(":")[0],
        intents=intents,
        kinds=frozenset(named) or kinds_of(intents),
        provinces=frozenset().union(*(provinces_of(place) for place in places)),
        postal_codes=frozenset(place for place in places if place.isdigit()),
        sectors=facts.sectors,
        channel=known.channel,
        words=known.words,
        amount=facts.amount,
        handoffs=known.handoffs + 1,
        seller=facts.seller,
    )


def kinds_of(intents: tuple[str, ...]) -> frozenset[str]:
    """The kinds of records that requests are about which name none: `request_quote` is about a quote."""
    return frozenset(kind for kind in KINDS for intent in intents if intent.endswith(f"_{kind}"))


def _asks_the_shop(rules: DeskRules) -> bool:
    """Who follows a quote is proposed wherever there are departments."""
    return bool(rules.departments) or _looks_at(rules, FROM_THE_SHOP)


def _looks_at(rules: DeskRules, keys: tuple[str, ...]) -> bool:
    every = (*rules.routing.routes, *rules.routing.priorities)
    return any(key in keys for rule in every for key, _ in rule.when)


def _product(rules: DeskRules, told: Mapping[str, str]) -> str:
    return told.get("product", "") if _looks_at(rules, ("sector",)) else ""


def _intents(known: Known, reason: str, about: Mapping[str, str]) -> tuple[str, ...]:
    """What the customer wants: what was being prepared, passed on, or said last; and whether he complained."""
    passed_on = reason[len(WISH) :] if reason.startswith(WISH) else None
    wanted: Optional[str] = about.get(CASE) or passed_on or known.wanted
    return (*([wanted] if wanted else []), *([COMPLAINT] if known.complained else []))
