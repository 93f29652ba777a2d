"""A copy of the real files, to be spoilt."""

import shutil
from pathlib import Path

import pytest

from base.layers import Layers
from base.settings import ROOT
from check.code import FOLDERS


@pytest.fixture
def copied(tmp_path: Path) -> Layers:
    """The layers of the copy."""
    for folder in ("data", "tests/nlu", "tests/conversations"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for folder in FOLDERS:
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / file, tmp_path / file)
    return Layers(tmp_path)
