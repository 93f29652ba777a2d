"""`sportello desk wrong`: answers that people of the shop called wrong, and what was meant; for whoever writes data."""

from typing import Iterator, Sequence

from cli.say import say
from cli.sentences import print_latest, sentence_line
from switchboard.wrong import Wrong, latest


def wrong_command(most: int) -> None:
    """Print the last `most` of them, oldest first, with personal data masked."""
    print_latest(latest, readable_lines, most)


def readable_lines(found: Sequence[Wrong]) -> Iterator[str]:
    """Two lines for each: when and the sentence, what it was taken for and what it meant."""
    if not found:
        yield say("wrong_none")
    for one in found:
        yield sentence_line(one.at, one.sentence)
        yield say("wrong_meant", understood=one.understood or "–", meant=one.meant or say("wrong_other"))
