"""What the assistant says, where the shop says "tu" and where it says "Lei"."""

from pathlib import Path
from typing import Any, Iterator

import pytest
from ruamel.yaml import YAML

from actions import context
from base.settings import ROOT, Register
from check.informal import informal_words
from switchboard.texts import Texts

RESPONSES = ROOT / "data" / "responses"
INFORMAL, FORMAL = Texts.load(RESPONSES, Register.TU).responses, Texts.load(RESPONSES, Register.LEI).responses
ENV = {"SPORTELLO_SECRET": "s" * 32, "SPORTELLO_ENGINE_SECRET": "e" * 32, "SPORTELLO_REGISTER": "lei"}


def written() -> dict[str, list[dict[str, Any]]]:
    """Every response as it stands in its file."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in RESPONSES.glob("*.yml"):
        found.update(YAML(typ="safe").load(file.read_text(encoding="utf-8"))["responses"])
    return found


def words_of(responses: Any) -> Iterator[tuple[str, str]]:
    """Name and words of every text and every button."""
    for key, variants in responses.items():
        for variant in variants:
            yield key, variant["text"]
            yield from ((key, button["title"]) for button in variant.get("buttons", ()))


def test_with_tu_every_response_is_what_stands_in_its_file() -> None:
    assert written() == INFORMAL


def test_no_informal_word_is_left_where_the_shop_is_formal() -> None:
    found = [(key, words, informal_words(words)) for key, words in words_of(FORMAL)]
    left = [f"{key}: {informal} in «{words}»" for key, words, informal in found if informal]

    assert not left, "\n".join(
        ['say it formally too, with `metadata: {lei: "…"}` under a text and `lei: "…"` in a button:', *left]
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Puoi scegliere il colore?", ["puoi"]),
        ("Come posso aiutarti? Ti rispondo.", ["aiutarti", "ti"]),
        ("Se preferisci, riceverai un'e-mail: vorresti?", ["preferisci", "riceverai", "vorresti"]),
        ("Fatto. Non scrivere il numero della carta.", ["non scrivere"]),
        ("Le rispondo per non ripetere la domanda; i reparti sono aperti.", []),
    ],
)
def test_what_says_tu_is_found(words: str, found: list[str]) -> None:
    assert informal_words(words) == found


def test_every_informal_word_that_was_replaced_would_have_been_found() -> None:
    pairs = zip(words_of(INFORMAL), words_of(FORMAL))
    unknown = [said for (_, said), (_, formal) in pairs if said != formal and not informal_words(said)]

    assert not unknown, f"check/informal.py does not know what is informal in {unknown}"


def test_the_formal_welcome_tells_what_the_informal_one_tells() -> None:
    for variant in FORMAL["utter_welcome"]:
        assert all(words in variant["text"] for words in ("assistente automatico", "persona", "/privacy"))


def test_formal_words_stand_only_where_they_differ() -> None:
    variants = [variant for variants in written().values() for variant in variants]
    texts = [(variant["text"], variant["metadata"]["lei"]) for variant in variants if "metadata" in variant]
    buttons = [button for variant in variants for button in variant.get("buttons", ())]
    titles = [(button["title"], button["lei"]) for button in buttons if "lei" in button]

    assert texts and titles and not [pair for pair in (*texts, *titles) if pair[0] == pair[1]]


def test_the_actions_say_what_the_environment_asks_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {**ENV, "SPORTELLO_VAR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}.items():
        monkeypatch.setenv(name, value)
    context.use(None)

    try:
        assert context.context().texts.say("utter_label_store_pickup") == "Qui può ritirare gli ordini."
    finally:
        context.use(None)
