"""`make test` runs every test: those that want the computer for themselves are looked for in a few folders only."""

import re

from base.settings import ROOT

MARK = re.compile(r"pytest\.mark\.alone\b")


def test_every_test_that_runs_alone_is_in_a_folder_of_the_makefile() -> None:
    folders = re.findall(r"^ALONE = (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
    marked = [file for file in (ROOT / "tests").rglob("test_*.py") if MARK.search(file.read_text(encoding="utf-8"))]

    outside = [file for file in marked if not any(file.is_relative_to(ROOT / folder) for folder in folders)]

    assert marked and outside == []
