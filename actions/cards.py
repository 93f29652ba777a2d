"""Cards (docs/engine.md, "Cards"), with every word taken from data/responses."""

from typing import Mapping, Optional, Sequence

from actions.turn import Card
from shop.steps import Step, StepState
from switchboard.wording import Wording

NOW = "_now"  # the label of a step while it lasts, where it differs: "Preparato", "In preparazione"


def timeline(
    wording: Wording,
    topic: str,
    number: str,
    steps: Sequence[Step],
    facts: Mapping[str, Optional[str]],
    note: Optional[str] = None,
    links: Mapping[str, str] = {},
) -> Card:
    """The card of one record.

    Args:
        topic: order, return or quote: the labels are `utter_label_<topic>_title` and `utter_label_<topic>_step_<key>`.
        facts: name of the label -> value; a fact without value is left out.
        note: something to say beside the step at which the record stands.
        links: name of the label -> https address.
    """
    return {
        "kind": "timeline",
        "title": wording.label(f"{topic}_title", number=number),
        "steps": [_step(wording, topic, step, note) for step in steps],
        "facts": _facts(wording, facts),
        "links": [{"title": wording.label(f"link_{name}"), "url": url} for name, url in links.items()],
    }


def product_card(wording: Wording, title: str, price: str, facts: Mapping[str, Optional[str]]) -> Card:
    """The card of one product; `facts` as in `timeline`."""
    return {
        "kind": "product",
        "title": title,
        "image": None,
        "alt": None,
        "price": price,
        "facts": _facts(wording, facts),
        "links": [],
    }


def _facts(wording: Wording, facts: Mapping[str, Optional[str]]) -> list[dict[str, str]]:
    return [{"label": wording.label(f"fact_{name}"), "value": value} for name, value in facts.items() if value]


def _step(wording: Wording, topic: str, step: Step, note: Optional[str]) -> dict[str, Optional[str]]:
    when = step.at or step.on
    here = step.state in (StepState.CURRENT, StepState.PROBLEM)
    label = f"{topic}_step_{step.key}"
    lasting = step.state is StepState.CURRENT and wording.has_label(label + NOW)
    return {
        "label": wording.label(label + NOW if lasting else label),
        "at": wording.day(when) if when else None,
        "state": step.state.value,
        "note": note if here else None,
    }
