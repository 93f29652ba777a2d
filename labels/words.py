"""What is said about labels, in Italian: texts of `it.yml` by their key."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

WORDS = Path(__file__).with_name("it.yml")


@cache
def words() -> dict[str, str]:
    """Every text by its key, placeholders still open."""
    return YAML(typ="safe").load(WORDS.read_text(encoding="utf-8"))
