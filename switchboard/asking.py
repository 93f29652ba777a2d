"""Which responses leave the customer without what he came for, if he goes then: questions, and dead ends."""

import re

from switchboard.texts import Texts

OF_A_FORM = re.compile(r"utter_ask_.+_form_|utter_case_ask_")
DEAD_ENDS = frozenset(
    {
        "utter_error_record_not_found",
        "utter_still_not_found",
        "utter_error_too_many_attempts",
        "utter_error_shop_unavailable",
        "utter_error_generic",
    }
)
COURTESIES = frozenset({"utter_ask_solved", "utter_greet"})  # questions that may stay without an answer


def questions_in(texts: Texts) -> frozenset[str]:
    """The keys of these responses: the questions of a form, what ends with a question mark, and dead ends."""
    return frozenset(
        key
        for key, variants in texts.responses.items()
        if OF_A_FORM.match(key)
        or key in DEAD_ENDS
        or any(str(one.get("text", "")).rstrip().endswith("?") for one in variants)
    ).difference(COURTESIES)
