"""Which model may be used: whole, and trained from the files as they are."""

import hashlib
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from base.layers import Layers
from engine.fingerprints import code_fingerprint, fingerprint
from engine.models import (
    CURRENT_FILE,
    ModelBroken,
    ModelForeign,
    ModelInfo,
    ModelMissing,
    ModelStale,
    ModelUnsealed,
    read_current,
    sealed,
    usable_model,
    whole_model,
    write_current,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project."""
    for name, content in {
        "config.yml": "a",
        "domain.yml": "b",
        "data/nlu/general.yml": "c",
        "components/x.py": "d",
    }.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path / "project"


@pytest.fixture
def models(root: Path, tmp_path: Path) -> Path:
    """A folder with a model of that project."""
    folder = tmp_path / "models"
    folder.mkdir()
    archive = folder / "sportello-1.tar.gz"
    archive.write_bytes(b"model")
    digest = hashlib.sha256(b"model").hexdigest()
    trained_at = datetime(2026, 11, 23, tzinfo=timezone.utc)
    write_current(folder, sealed(ModelInfo(fingerprint(Layers(root)), archive, digest, trained_at)))
    return folder


def test_an_unchanged_model_is_usable(models: Path, root: Path) -> None:
    info = usable_model(models, Layers(root))

    assert info.path == models / "sportello-1.tar.gz"


def test_an_engine_can_come_back_while_the_files_are_being_edited(models: Path, root: Path) -> None:
    (root / "data/nlu/general.yml").write_text("half a sent")

    assert whole_model(models).path == models / "sportello-1.tar.gz"
    with pytest.raises(ModelStale):
        usable_model(models, Layers(root))


def test_an_empty_folder_has_no_model(tmp_path: Path, root: Path) -> None:
    with pytest.raises(ModelMissing):
        usable_model(tmp_path, Layers(root))


def test_a_described_model_that_is_gone_is_missing(models: Path, root: Path) -> None:
    (models / "sportello-1.tar.gz").unlink()

    with pytest.raises(ModelMissing):
        usable_model(models, Layers(root))


def test_a_changed_archive_is_broken(models: Path, root: Path) -> None:
    (models / "sportello-1.tar.gz").write_bytes(b"mode")

    with pytest.raises(ModelBroken):
        usable_model(models, Layers(root))


def test_a_model_that_somebody_dropped_there_is_refused(models: Path, root: Path) -> None:
    archive = models / "sportello-1.tar.gz"
    archive.write_bytes(b"another")
    mine = read_current(models)
    write_current(models, replace(mine, sha256=hashlib.sha256(b"another").hexdigest()))

    with pytest.raises(ModelForeign):
        usable_model(models, Layers(root))


def test_a_model_of_another_installation_is_refused(models: Path, root: Path) -> None:
    with pytest.raises(ModelForeign):
        usable_model(models, Layers(root), secret="of another installation " * 2)


def test_a_model_whose_description_was_changed_is_refused(models: Path, root: Path) -> None:
    write_current(models, replace(read_current(models), code="0"))

    with pytest.raises(ModelForeign):
        usable_model(models, Layers(root))


def test_a_model_that_nobody_sealed_is_not_ours(models: Path, root: Path) -> None:
    write_current(models, replace(read_current(models), seal=""))

    with pytest.raises(ModelUnsealed):
        usable_model(models, Layers(root))


@pytest.mark.parametrize(
    ("name", "is_code"),
    [
        ("config.yml", True),
        ("domain.yml", True),
        ("components/x.py", True),
        ("data/nlu/general.yml", False),
        ("data/rules/new.yml", False),
    ],
)
def test_a_new_process_is_needed_only_where_code_has_changed(root: Path, name: str, is_code: bool) -> None:
    before, file = code_fingerprint(Layers(root)), root / name
    file.parent.mkdir(parents=True, exist_ok=True)

    file.write_text("changed")

    assert (code_fingerprint(Layers(root)) != before) == is_code


def test_a_shop_s_own_domain_is_data(root: Path, tmp_path: Path) -> None:
    home = tmp_path / "shop"
    home.mkdir()
    (home / "domain.yml").write_text("more")

    assert code_fingerprint(Layers(root, home)) == code_fingerprint(Layers(root))


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "{", '{"fingerprint": 1, "file": 2, "sha256": 3, "trained_at": 4}']
)
def test_an_unreadable_description_is_broken(models: Path, root: Path, content: str) -> None:
    (models / CURRENT_FILE).write_text(content)

    with pytest.raises(ModelBroken):
        usable_model(models, Layers(root))


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "data/nlu/general.yml", "components/x.py", "data/rules/new.yml"]
)
def test_any_changed_or_new_source_makes_the_model_stale(models: Path, root: Path, name: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("changed")

    with pytest.raises(ModelStale):
        usable_model(models, Layers(root))


def test_new_hours_and_ready_replies_need_no_training(models: Path, root: Path) -> None:
    for name in ("data/desk.yml", "data/replies.yml"):
        (root / name).write_text("changed")

    assert usable_model(models, Layers(root)).path == models / "sportello-1.tar.gz"


def test_other_words_in_a_response_need_no_training_a_new_response_does(root: Path, models: Path) -> None:
    file = root / "data" / "responses" / "general.yml"
    file.parent.mkdir()
    file.write_text('responses:\n  utter_a:\n  - text: "a"\n')
    before = fingerprint(Layers(root))

    file.write_text('responses:\n  utter_a:\n  - text: "b"\n')
    assert fingerprint(Layers(root)) == before

    file.write_text('responses:\n  utter_a:\n  - text: "b"\n  utter_b:\n  - text: "b"\n')
    assert fingerprint(Layers(root)) != before


def test_a_shop_folder_without_anything_to_learn_leaves_the_model_usable(
    root: Path, models: Path, tmp_path: Path
) -> None:
    home = tmp_path / "shop"
    for name in ("responses", "nlu"):
        (home / name).mkdir(parents=True)
    (home / "dialogue.yml").write_text("described_by_words: 5\n")
    (home / "nlu" / "frasi.yml").write_text("# nlu:\n\n  # - intent: greet\n")

    assert usable_model(models, Layers(root, home))


@pytest.mark.parametrize("name", ["domain.yml", "nlu/general.yml", "rules/general.yml"])
def test_what_a_shop_adds_to_learn_makes_the_model_stale(root: Path, models: Path, tmp_path: Path, name: str) -> None:
    home = tmp_path / "shop"
    (home / name).parent.mkdir(parents=True)
    (home / name).write_text("more")

    with pytest.raises(ModelStale):
        usable_model(models, Layers(root, home))
