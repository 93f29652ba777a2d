"""A shop with departments, for tests: its own desk.yml, laid over data/desk.yml."""

import shutil
from pathlib import Path

from base.settings import ROOT
from shop.desk_rules import DeskRules

ADDED = Path(__file__).with_name("departments.yml")


def departments() -> DeskRules:
    """The rules of this shop."""
    return DeskRules.load((ROOT / "data" / "desk.yml", ADDED))


def shop_folder(folder: Path) -> Path:
    """A shop's own folder with this desk.yml, made in `folder`."""
    home = folder / "home"
    home.mkdir()
    shutil.copy(ADDED, home / "desk.yml")
    return home
