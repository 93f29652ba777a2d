"""`sportello choices`: sentences that could mean several things, and what customers chose; for whoever writes data."""

from typing import Iterator, Sequence

from cli.say import say
from cli.sentences import print_latest, sentence_line
from switchboard.choices import Decision, latest

NOT_ANSWERED = "open"


def choices_command(most: int) -> None:
    """Print the last `most` of them, oldest first, with personal data masked."""
    print_latest(latest, readable_lines, most)


def readable_lines(decisions: Sequence[Decision]) -> Iterator[str]:
    """Three lines for each: when and the sentence, what was offered, what came of it."""
    if not decisions:
        yield say("choices_none")
    for decision in decisions:
        yield sentence_line(decision.asked_at, decision.sentence)
        offered = (f"{one.intent} {round(one.confidence * 100)} %" for one in decision.offered)
        yield say("choices_offered", listed=", ".join(offered))
        answer = say(f"choices_answer_{decision.answer or NOT_ANSWERED}", chosen=decision.chosen or "")
        yield say("choices_answer", answer=answer)
