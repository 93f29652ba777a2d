from pathlib import Path
from typing import Optional

import pytest

from actions.dialogue import Dialogue, DialogueUnreadable
from tests.actions.helpers import DIALOGUE, TEXTS
from tests.actions.test_texts import INTENTS, rules

WHOLE = """
cases: {request_invoice: [order, contact]}
described_by_words: 6
leaves_a_case_at: 0.6
heard_in_a_description: [ask_human]
told_in_a_case: [complain]
corrections: ["volevo dire", "no"]
choices: [track_order]
at_once: {requests: [request_invoice], from_euro: 1500}
elsewhere:
  channels: {telegram: [telegram, tg], web: [altro computer], whatsapp: [whatsapp]}
  web_from_telegram: [sito]
  only_a_person: [email]
  back: [ho già scritto]
  notices: [avvisi]
  copies: [copia della chat]
identity:
  proved_first: [request_invoice]
  named: [codice]
  no_code: [ordine, sconto]
  not_arrived: [non mi arriva]
  again: [rimandamelo]
  log_out: [esci]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dialogue.yml"


def test_a_correction_is_told_by_how_the_message_begins(file: Path) -> None:
    file.write_text(WHOLE)
    dialogue = Dialogue.load(file)

    assert dialogue.corrects("No, il reso") and dialogue.corrects("volevo dire il 104234")
    assert not dialogue.corrects("nove pezzi") and not dialogue.corrects("volevo sapere") and not dialogue.corrects("")


def test_a_code_that_has_not_come_and_one_that_is_wanted_again_are_told_by_words(file: Path) -> None:
    file.write_text(WHOLE)
    dialogue = Dialogue.load(file)

    assert dialogue.says_not_arrived("Non mi arriva!") and not dialogue.says_not_arrived("non mi arriva l'ordine")
    assert dialogue.asks_again("rimandamelo, grazie") and not dialogue.asks_again("rimandamelo domani l'ordine")


@pytest.mark.parametrize(
    ("text", "here", "named"),
    [
        ("Passiamo su Telegram?", "web", "telegram"),
        ("avete whatsapp o telegram?", "web", "telegram"),
        ("whatsapp?", "telegram", "whatsapp"),
        ("posso continuare sul sito?", "telegram", "web"),
        ("sono raggiungibile fuori dal sito", "web", None),
        ("da un altro computer", "web", "web"),
        ("dal telefono", "web", None),
        ("telegrammi", "web", None),
    ],
)
def test_another_channel_is_told_by_its_names(file: Path, text: str, here: str, named: Optional[str]) -> None:
    file.write_text(WHOLE)

    assert Dialogue.load(file).channel_named(text, here) == named


def test_every_channel_that_may_be_named_has_a_name_to_be_read() -> None:
    read = {name for name in DIALOGUE.channels if name not in {*DIALOGUE.only_a_person, "web"}}

    assert {f"utter_label_channel_{name}" for name in read} <= set(TEXTS.responses)


@pytest.mark.parametrize(
    "broken",
    [
        WHOLE.replace("contact", "telepathy"),
        WHOLE.replace("choices", "chioces"),
        WHOLE.replace("named", "nmaed"),
        WHOLE.replace("elsewhere", "esewhere"),
        WHOLE.replace("requests: [request_invoice], from", "requests: [greet], from"),
        WHOLE.replace("1500", "tanti"),
        WHOLE.replace("[request_invoice]", "[track_order]"),
        "x: 1",
    ],
)
def test_a_file_that_cannot_be_used_says_why(file: Path, broken: str) -> None:
    file.write_text(broken)

    with pytest.raises(DialogueUnreadable, match="dialogue.yml"):
        Dialogue.load(file)


def test_every_case_has_its_rule_and_its_words() -> None:
    opened = {step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step and _opens_case(rule)}

    assert set(DIALOGUE.cases) == opened <= INTENTS
    assert {f"utter_label_intent_{intent}" for intent in DIALOGUE.cases} <= set(TEXTS.responses)
    for details in DIALOGUE.cases.values():
        for detail in details:
            assert {f"utter_case_ask_{detail}", f"utter_case_explain_{detail}"} <= set(TEXTS.responses)


def test_what_is_offered_as_a_choice_has_a_name() -> None:
    assert {f"utter_label_intent_{intent}" for intent in DIALOGUE.choices} <= set(TEXTS.responses)


def _opens_case(rule: dict) -> bool:
    return any(step.get("action") == "case_form" for step in rule["steps"])
