"""What is said about labels, in Italian: texts of `it.yml` by their key."""

from functools import cache
from pathlib import Path

from base.words import WordsOf

WORDS = Path(__file__).with_name("it.yml")


@cache
def words() -> WordsOf:
    """Every text by its key."""
    return WordsOf.read(WORDS)
