"""The engine's texts as `endpoints.yml` asks for them."""

from pathlib import Path

import pytest
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from base.settings import ROOT
from engine.nlg import ResponseTexts


@pytest.mark.parametrize(("register", "words"), [("tu", "Segui la spedizione"), ("lei", "Segua la spedizione")])
def test_the_engine_says_what_the_environment_asks_for(
    monkeypatch: pytest.MonkeyPatch, register: str, words: str
) -> None:
    monkeypatch.setenv("SPORTELLO_ACTIONS_PORT", "5055")
    monkeypatch.setenv("SPORTELLO_REGISTER", register)
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))

    nlg = NaturalLanguageGenerator.create(endpoints.nlg, Domain.empty())

    assert isinstance(nlg, ResponseTexts) and nlg.texts.say("utter_label_link_tracking") == words


def test_the_words_of_the_shop_are_said_instead_of_the_products(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "responses").mkdir()
    (tmp_path / "responses" / "own.yml").write_text('responses:\n  utter_label_link_tracking:\n  - text: "Dov\'è?"\n')
    monkeypatch.setenv("SPORTELLO_HOME", str(tmp_path))

    nlg = ResponseTexts(EndpointConfig(register="tu"))

    assert nlg.texts.say("utter_label_link_tracking") == "Dov'è?"
    assert nlg.texts.say("utter_label_today") == "oggi"
