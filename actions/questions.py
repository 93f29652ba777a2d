"""The shop's own questions (`domande.yml`): the answer with its title, and the question which one is meant."""

from typing import Sequence

from actions.base import SportelloAction
from actions.choices import QUESTION, SOMETHING_ELSE, offer, question_button
from actions.turn import Events, Turn


class ActionAnswerQuestion(SportelloAction):
    """Answers the entry that was recognised or chosen; one that holds no more is not answered."""

    def name(self) -> str:
        return "action_answer_question"

    async def act(self, turn: Turn) -> Events:
        for title in turn.entity_values(QUESTION)[:1]:
            found = turn.context.questions.titled(title, turn.wording.today)
            if found:
                turn.say("utter_shop_question", title=found.title, answer=found.said(turn.context.register))
                return []
        turn.say("utter_shop_question_gone")
        return []


def ask_which_question(turn: Turn, titles: Sequence[str]) -> Events:
    """Ask between entries; a request of the product that is likely, too, is one of the choices."""
    buttons = [question_button(title) for title in titles]
    return offer(turn, "utter_which_question", _likely_request(turn), SOMETHING_ELSE, before=buttons)


def _likely_request(turn: Turn) -> list[str]:
    """The likeliest request, if customers have a name for it."""
    first = turn.likely_intents[:1]
    return [intent for intent in first if turn.wording.has_label(f"intent_{intent}")]
