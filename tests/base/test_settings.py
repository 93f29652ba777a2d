"""What the environment may say, and what is refused."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.settings import Register, Settings, SettingsError, load_settings
from cli.say import say

SECRETS = {"SPORTELLO_SECRET": "s" * 32, "SPORTELLO_ENGINE_SECRET": "e" * 32}
LIMITS = ("SPORTELLO_MESSAGES_PER_MINUTE", "SPORTELLO_SESSIONS_PER_MINUTE")


@pytest.mark.parametrize("variable", LIMITS)
def test_a_limit_that_lets_nobody_in_is_refused(variable: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        _settings(**{variable: "0"})

    assert (refusal.value.variable, refusal.value.problem, refusal.value.value) == (variable, "not_positive", "0")


def test_a_limit_of_one_is_fine() -> None:
    settings = _settings(**dict.fromkeys(LIMITS, "1"))

    assert (settings.messages_per_minute, settings.sessions_per_minute) == (1, 1)


def test_customers_are_addressed_as_the_shop_says() -> None:
    assert _settings().register is _settings(SPORTELLO_REGISTER="").register is Register.TU
    assert _settings(SPORTELLO_REGISTER="lei").register is Register.LEI


@pytest.mark.parametrize("value", ["Lei", "voi", " tu"])
def test_another_register_is_refused(value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        _settings(SPORTELLO_REGISTER=value)

    said = say(f"settings_{refusal.value.problem}", variable=refusal.value.variable, value=refusal.value.value)
    assert said == f"SPORTELLO_REGISTER deve essere «tu» oppure «lei», non «{value}»."


def test_a_front_is_named_after_its_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "cassa-2.negozio.it")

    assert _settings().front_id == "cassa-2.negozio.it"
    assert _settings(SPORTELLO_FRONT_ID="bologna").front_id == "bologna"


@given(name=st.text())
def test_whatever_a_computer_is_called_makes_a_short_plain_name(name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "gethostname", lambda: name)

        front_id = _settings().front_id

    assert 1 <= len(front_id) <= 60
    assert front_id.isascii() and front_id.isprintable() and " " not in front_id


def _settings(**env: str) -> Settings:
    return load_settings({**SECRETS, **env})
