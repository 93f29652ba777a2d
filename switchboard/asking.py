"""Which responses wait for the customer to say something: whoever goes then has not got what he came for."""

import re

from switchboard.texts import Texts

OF_A_FORM = re.compile(r"utter_ask_.+_form_|utter_case_ask_")
COURTESIES = frozenset({"utter_ask_solved", "utter_greet"})  # questions that may stay without an answer


def questions_in(texts: Texts) -> frozenset[str]:
    """The keys of these responses: the questions of a form, and what ends with a question mark."""
    return frozenset(
        key
        for key, variants in texts.responses.items()
        if OF_A_FORM.match(key) or any(str(one.get("text", "")).rstrip().endswith("?") for one in variants)
    ).difference(COURTESIES)
