"""A shop with departments, for tests: data/desk.yml with departments.yml after it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from base.settings import ROOT
from shop.desk_rules import DeskRules

ADDED = Path(__file__).with_name("departments.yml")


def written() -> str:
    """The whole file."""
    return (ROOT / "data" / "desk.yml").read_text(encoding="utf-8") + ADDED.read_text(encoding="utf-8")


def departments() -> DeskRules:
    """The rules that are in it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "desk.yml"
        file.write_text(written(), encoding="utf-8")
        return DeskRules.load(file)
