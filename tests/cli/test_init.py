"""A shop's own folder: made once, right as it is, and right when its examples are used."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from base.layers import Layers
from base.settings import ROOT
from check.checker import check
from cli.init import READ_ME, TEMPLATES, init_command, templates
from cli.say import Problem

COMMENTED = re.compile(r"^# ?", re.MULTILINE)
FILES = [file.relative_to(TEMPLATES) for file in templates() if file.suffix == ".yml"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_command(tmp_path / "negozio")
    return tmp_path / "negozio"


def uncommented(file: Path) -> str:
    """What stands below the line that says to take the signs away."""
    explained = file.read_text(encoding="utf-8")
    return COMMENTED.sub("", explained.partition("togli i cancelletti:\n#\n")[2])


def test_a_new_folder_changes_nothing_and_nothing_is_wrong_in_it(home: Path) -> None:
    assert check(Layers(home=home)) == ()
    assert str(home) in (home / READ_ME).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES, ids=str)
def test_the_example_of_a_file_is_right_when_it_is_used(home: Path, name: Path) -> None:
    used = uncommented(home / name)
    assert YAML(typ="safe").load(used)

    (home / name).write_text(used, encoding="utf-8")

    assert [str(fault) for fault in check(Layers(home=home))] == []


def test_the_read_me_names_every_file(home: Path) -> None:
    told = (home / READ_ME).read_text(encoding="utf-8")

    assert all(f"`{name}`" in told or f"`{name.parts[0]}/" in told for name in FILES)


@pytest.mark.parametrize("there", ["file", "folder with something in it"])
def test_what_is_there_already_is_left_alone(tmp_path: Path, there: str) -> None:
    folder = tmp_path / "negozio"
    if there == "file":
        folder.write_text("mio")
    else:
        folder.mkdir()
        (folder / "note.txt").write_text("mio")

    with pytest.raises(Problem):
        init_command(folder)

    left = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    assert left == ["mio"]


def test_templates_explain_every_parameter_file_of_the_product() -> None:
    parameters = {file.name for file in (ROOT / "data").glob("*.yml")}

    assert parameters <= {file.name for file in templates()}
