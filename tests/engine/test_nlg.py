"""The engine's texts as `endpoints.yml` asks for them."""

import pytest
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain

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
