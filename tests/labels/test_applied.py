"""A plan written into files and taken back: every byte, whatever happened in between."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.layers import Layers
from base.settings import ROOT
from labels.applied import Applied, ApplyRefused, apply, history, undo
from labels.changes import plan
from labels.label import Label
from tests.conftest import NOW
from tests.labels.files import files, sentences
from tests.labels.product import small_product

LEARNT, KEPT_ASIDE = Label("il paccozzo dov'è", "track_order"), Label("paccozzo?", "track_order", held_out=True)
MOVED = Label("controlla meglio", "report_missing_parcel")  # of track_order in the product
OWN = 'version: "3.1"\r\n# Nostre.\r\nnlu:\r\n- intent: find_store\r\n  examples: |\r\n    - siete in centro?'


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    (tmp_path / "home" / "nlu").mkdir(parents=True)
    (tmp_path / "home" / "nlu" / "frasi.yml").write_bytes(OWN.encode())
    return Layers(small_product(tmp_path / "product"), tmp_path / "home")


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def written(layers: Layers, var: Path, *labels: Label) -> Applied:
    return apply(plan(layers, labels), var, NOW)


def refused(call: Iterator[object], key: str) -> None:
    with pytest.raises(ApplyRefused) as error:
        next(call)
    assert error.value.key == key
    assert error.value.message


def test_undo_gives_back_every_byte_and_takes_new_files_away(layers: Layers, var: Path) -> None:
    before = contents(layers.home)

    applied = written(layers, var, LEARNT, KEPT_ASIDE, MOVED, Label("vicino al duomo?", "find_store"))

    assert set(contents(layers.home)) == {"nlu/frasi.yml", "nlu/orders.yml", "tests/nlu/orders.yml"}
    assert b"siete in centro?\r\n    - vicino al duomo?\r\n" in contents(layers.home)["nlu/frasi.yml"]
    assert undo(applied.number, var).undone
    assert contents(layers.home) == before


def test_the_history_has_everything_the_latest_first_and_undo_takes_the_last(layers: Layers, var: Path) -> None:
    assert history(var) == []
    first = written(layers, var, LEARNT)
    second = apply(plan(layers, [KEPT_ASIDE]), var, NOW + timedelta(hours=1), by="us_1")

    assert history(var) == [second, first]
    assert (second.number, second.by, second.labels, second.at) == (2, "us_1", (KEPT_ASIDE,), NOW + timedelta(hours=1))
    assert undo(None, var).number == 2
    assert undo(None, var).number == 1
    assert [one.undone for one in history(var)] == [True, True]
    for number, key in ((None, "none"), (1, "undone"), (9, "unknown")):
        refused((undo(number, var) for _ in "1"), key)


def test_nothing_is_written_when_a_file_has_changed_since_the_plan(layers: Layers, var: Path) -> None:
    planned = plan(layers, [LEARNT, Label("vicino al duomo?", "find_store")])
    (layers.home / "nlu" / "frasi.yml").write_bytes(OWN.encode() + b"\n")
    before = contents(layers.home)

    refused((apply(planned, var, NOW) for _ in "1"), "changed")

    assert contents(layers.home) == before
    assert history(var) == []


def test_a_plan_is_written_once(layers: Layers, var: Path) -> None:
    planned = plan(layers, [LEARNT])
    apply(planned, var, NOW)

    refused((apply(planned, var, NOW) for _ in "1"), "changed")
    refused((apply(plan(layers, [LEARNT]), var, NOW) for _ in "1"), "nothing")


def test_the_products_files_are_only_written_when_that_is_wanted(layers: Layers, var: Path) -> None:
    product = Layers(layers.product)
    before = contents(layers.product)

    refused((apply(plan(product, [LEARNT]), var, NOW) for _ in "1"), "of_product")

    assert contents(layers.product) == before
    apply(plan(product, [LEARNT, MOVED]), var, NOW, into_product=True)
    assert contents(layers.product) != before
    undo(None, var)
    assert contents(layers.product) == before


def test_lines_are_taken_out_of_a_file_that_others_have_changed_since(layers: Layers, var: Path) -> None:
    written(layers, var, Label("vicino al duomo?", "find_store"), Label("dietro la fiera?", "find_store"))
    file = layers.home / "nlu" / "frasi.yml"
    text = (
        file.read_bytes().replace(b"# Nostre.", b"# Nostre, e d'altri.").replace(b"duomo?", b"duomo?\r\n    - e poi?")
    )
    file.write_bytes(text)

    undo(None, var)

    assert file.read_bytes() == OWN.replace("# Nostre.", "# Nostre, e d'altri.").encode() + b"\r\n    - e poi?\r\n"


@pytest.mark.parametrize("change", ["reworded", "gone", "no_yaml", "no_utf8"])
def test_undo_touches_nothing_where_it_cannot_be_clean(layers: Layers, var: Path, change: str) -> None:
    written(layers, var, Label("vicino al duomo?", "find_store"), LEARNT)
    file = layers.home / "nlu" / "frasi.yml"
    if change == "gone":
        file.unlink()
    else:
        new = {"reworded": b"vicino a noi?", "no_yaml": b"x\r\n\t- y", "no_utf8": b"\xe8?"}[change]
        file.write_bytes(file.read_bytes().replace(b"vicino al duomo?", new))
    before = contents(layers.home)

    refused((undo(None, var) for _ in "1"), {"gone": "gone", "no_utf8": "changed"}.get(change, "edited"))

    assert contents(layers.home) == before
    assert [one.undone for one in history(var)] == [False]


def test_a_file_in_the_place_of_a_folder_leaves_everything_as_it_was(layers: Layers, var: Path) -> None:
    (layers.home / "tests").write_text("non una cartella")
    before = contents(layers.home)

    with pytest.raises(OSError, match="tests"):
        written(layers, var, LEARNT, KEPT_ASIDE)

    assert contents(layers.home) == before
    assert history(var) == []


KILLED_AT = """
import os, signal, sys
from datetime import datetime, timezone
from pathlib import Path
from base.layers import Layers
from labels import applied
from labels.changes import plan
from labels.label import Label

product, home, var, kind, at = sys.argv[1:]
replaced, count = applied._replace, 0

def replace(file, *content):
    global count
    count += 1
    if count == int(at):
        os.kill(os.getpid(), signal.SIGKILL)
    replaced(file, *content)

applied._replace = replace
if kind == "undo":
    applied.undo(None, Path(var))
else:
    labels = [Label("il paccozzo dov'è", "track_order"), Label("paccozzo?", "track_order", True)]
    labels.append(Label("vicino al duomo?", "find_store"))
    applied.apply(plan(Layers(Path(product), Path(home)), labels), Path(var), datetime.now(timezone.utc))
"""


@pytest.mark.parametrize("kind", ["apply", "undo"])
@pytest.mark.parametrize("at", [1, 3, 5])
def test_who_is_killed_in_the_middle_is_put_back_to_where_he_was(layers: Layers, var: Path, kind: str, at: int) -> None:
    """Killed before the first of five files is written, in the middle, and before the record says it is done."""
    if kind == "undo":
        written(layers, var, LEARNT, KEPT_ASIDE, Label("vicino al duomo?", "find_store"))
    before, earlier = contents(layers.home), history(var)
    arguments = [str(layers.product), str(layers.home), str(var), kind, str(at)]

    process = subprocess.run([sys.executable, "-c", KILLED_AT, *arguments], cwd=ROOT, check=False)

    assert process.returncode == -9
    assert history(var) == earlier
    assert contents(layers.home) == before


def test_records_are_for_their_owner_alone_and_files_keep_their_permissions(layers: Layers, var: Path) -> None:
    file = layers.home / "nlu" / "frasi.yml"
    file.chmod(0o664)

    written(layers, var, Label("vicino al duomo?", "find_store"))

    assert file.stat().st_mode & 0o777 == 0o664
    assert (var / "labels").stat().st_mode & 0o777 == 0o700
    assert (var / "labels" / "1.json").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_a_link_stays_one(layers: Layers, var: Path, tmp_path: Path) -> None:
    file = layers.home / "nlu" / "frasi.yml"
    file.rename(tmp_path / "altrove.yml")
    file.symlink_to(tmp_path / "altrove.yml")

    written(layers, var, Label("vicino al duomo?", "find_store"))

    assert file.is_symlink()
    assert "duomo" in (tmp_path / "altrove.yml").read_text(encoding="utf-8")


def test_old_records_are_forgotten(layers: Layers, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labels.applied.MOST_KEPT", 2)

    for word in ("uno", "due", "tre"):
        written(layers, var, Label(f"paccozzo {word}", "track_order"))

    assert [one.number for one in history(var)] == [3, 2]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files(), st.lists(st.tuples(sentences(), st.booleans()), min_size=1, max_size=4))
def test_undo_gives_back_any_file(
    tmp_path_factory: pytest.TempPathFactory, text: str, new: list[tuple[str, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    home = folder / "home"
    layers, var = Layers(small_product(folder / "product"), home), folder / "var"
    (home / "nlu").mkdir(parents=True)
    (home / "nlu" / "orders.yml").write_bytes(text.encode())
    planned = plan(layers, [Label(text, "track_order", held_out) for text, held_out in new])
    before = contents(home)
    if not planned.changes:
        return

    apply(planned, var, NOW)
    json.loads((var / "labels" / "1.json").read_text(encoding="utf-8"))
    undo(None, var)

    assert contents(home) == before
