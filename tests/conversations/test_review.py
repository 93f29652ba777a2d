"""A conversation that was held with the trained model is made into a test that asks for the same."""

from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from base.layers import Layers
from desk.as_test import sample_shop, written
from desk.reviewed import turns_of
from switchboard.masking import mask_personal
from switchboard.models import Conversation, Turn

pytestmark = pytest.mark.model
TALKS = (
    ["dov'è il mio ordine 104206?", "anna.rossi@example.it"],
    ["a che punto è il reso R-20805? anna.rossi@example.it"],
    ["voglio parlare con una persona"],
    ["vorrei annullare l'ordine 104204", "l'ho preso per sbaglio", "sì"],
    ["a che punto è il mio preventivo?", "3002", "anna.rossi@example.it"],
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("messages", TALKS)
async def test_the_test_asks_for_what_was_answered_and_goes_the_same_way(talk: Any, messages: list[str]) -> None:
    said = []
    for message in messages:
        await talk.say(message)
        said.append((talk.responses, named(talk)))
        _keep(talk)
    with talk.database.reading() as session:
        id_ = session.execute(select(Conversation.id)).scalar_one()
        turns = turns_of(session, id_)

    [made] = YAML(typ="safe").load(written("una prova", turns, sample_shop(Layers()), mask_personal))

    assert [(turn["bot"], turn.get("effects", [])) for turn in made["turns"]] == said
    talk.somebody_else("ws_2")
    for turn in made["turns"]:
        await talk.say(turn["customer"])
        assert (talk.responses, named(talk)) == (turn["bot"], turn.get("effects", []))


def named(talk: Any) -> list[str]:
    """The effects of the last turn as tests name them."""
    return [f"staff_request/{one['reason']}" if one["kind"] == "staff_request" else one["kind"] for one in talk.effects]


def _keep(talk: Any) -> None:
    """Keep with the last turn what it was answered with, as the front does (`front/engine_client.py`)."""
    with talk.database.writing() as session:
        turn = session.execute(select(Turn).order_by(Turn.seq.desc())).scalars().first()
        turn.understood = {**turn.understood, "responses": talk.responses}
