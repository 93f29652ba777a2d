"""What the command line says: Italian texts from `cli/it.yml`, and the one error that ends a command with such a text.

A key names what happened, led by the command it belongs to (`up_port_busy`). A test keeps code and texts in step.
"""

from functools import cache
from pathlib import Path
from typing import Mapping

from base.words import WordsOf

TEXTS = Path(__file__).with_name("it.yml")


class Problem(Exception):
    """A command cannot go on: `cli.main` prints the text of `key` as one line and ends with `exit_code`.

    Args:
        key: the text in `cli/it.yml`.
        exit_code: 1 when the world is wrong, 2 when the command was called wrongly.
        values: what fills the text's placeholders.
    """

    def __init__(self, key: str, exit_code: int = 1, **values: object) -> None:
        super().__init__(f"{key} {values}")
        self.key, self.exit_code, self.values = key, exit_code, values


def say(key: str, **values: object) -> str:
    """The text of `key` with `values` filled in.

    Raises:
        KeyError: there is no such text, or it needs a value that was not given.
    """
    return _words().say(key, **values)


def counted(key: str, count: int, **values: object) -> str:
    """The text of `key_one` or `key_many`, with `{count}` besides `values`.

    Raises:
        KeyError: as of `say`.
    """
    return _words().count(key, count, **values)


def texts() -> Mapping[str, str]:
    """Every text by its key, placeholders still open."""
    return _words().texts


@cache
def _words() -> WordsOf:
    return WordsOf.read(TEXTS)
