from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

from engine.results import result_of

CARD = {"kind": "timeline", "title": "Ordine 104233", "steps": [], "facts": [], "links": []}
MESSAGE = UserUttered("dov'è?", {"name": "track_order", "confidence": 0.9}, message_id="ms_2")


def test_only_the_last_turn_counts() -> None:
    before = [UserUttered("ciao", {"name": "greet"}, message_id="ms_1"), BotUttered("Ciao!")]

    result = result_of([*before, *_turn(BotUttered("In viaggio.", metadata={"utter_action": "utter_order"}))])

    assert result == {
        "turn_id": "ms_2",
        "replies": [{"text": "In viaggio.", "buttons": [], "card": None, "response": "utter_order"}],
        "effects": [],
        "actions": ["utter_order"],
        "read": [],
        "understood": {"intent": "track_order", "confidence": 0.9, "entities": {}, "ranking": []},
    }


def test_what_a_message_was_nearly_taken_for_is_told_too() -> None:
    likely = [("nlu_fallback", 0.5), ("track_order", 0.41234), ("track_return", 0.4), ("greet", 0.1), ("thank", 0.05)]
    ranking = [{"name": name, "confidence": confidence} for name, confidence in likely]
    unclear = UserUttered("e allora?", {"name": "nlu_fallback"}, parse_data={"intent_ranking": ranking}, message_id="m")

    result = result_of([unclear, BotUttered("Non ho capito.")])

    assert result["understood"]["ranking"] == [["track_order", 0.412], ["track_return", 0.4], ["greet", 0.1]]


def test_a_button_is_its_intent_and_entities() -> None:
    button = {"title": "Sì", "payload": '/affirm{"order_number": "104233"}'}

    result = result_of(_turn(BotUttered("Va bene?", {"buttons": [button, {"title": "No", "payload": "/deny"}]})))

    assert result["replies"][0]["buttons"] == [
        {"title": "Sì", "intent": "affirm", "entities": {"order_number": "104233"}},
        {"title": "No", "intent": "deny", "entities": {}},
    ]


def test_what_was_done_is_told_in_order_without_what_rasa_does_by_itself() -> None:
    done = ("action_extract_slots", "order_status_form", "action_tell_order", "order_status_form", "action_listen")

    result = result_of(_turn(*(ActionExecuted(name) for name in done)))

    assert result["actions"] == ["utter_order", "order_status_form", "action_tell_order"]


def test_an_effect_is_not_shown() -> None:
    effect = {"kind": "staff_request", "reason": "asked"}

    result = result_of(_turn(BotUttered("Ti passo una persona."), BotUttered(None, {"custom": {"effect": effect}})))

    assert [reply["text"] for reply in result["replies"]] == ["Ti passo una persona."]
    assert result["effects"] == [effect]


def test_a_card_goes_with_its_words() -> None:
    together = result_of(_turn(BotUttered("In viaggio.", {"custom": {"card": CARD}})))
    apart = result_of(_turn(BotUttered("In viaggio."), BotUttered(None, {"custom": {"card": CARD}})))

    assert together["replies"] == apart["replies"]
    assert together["replies"][0]["card"] == CARD


def test_a_card_without_words_is_announced_by_its_title() -> None:
    result = result_of(_turn(BotUttered(None, {"custom": {"card": CARD}})))

    assert [(reply["text"], reply["card"]) for reply in result["replies"]] == [("Ordine 104233", CARD)]


def _turn(*events: Event) -> list[Event]:
    return [MESSAGE, ActionExecuted("utter_order"), *events, ActionExecuted("action_listen")]


def test_records_that_were_read_are_told_once_in_their_order() -> None:
    told = {"read": [["order", "104206"], ["return", "20803"]]}

    again = {"read": [["order", "104206"]]}
    result = result_of(_turn(BotUttered(None, {"custom": told}), BotUttered(None, {"custom": again})))

    assert result["read"] == [["order", "104206"], ["return", "20803"]] and result["replies"] == []
