"""Which model is in service: written whole, read back, and never thrown away by a training."""

import hashlib
from datetime import datetime, timezone
from pathlib import Path

import pytest

from engine.models import CURRENT_FILE, SERVICE_FILE, ModelInfo, ModelMissing, sealed, write_current
from engine.service import (
    PUBLISH,
    Change,
    PublishingElsewhere,
    Service,
    ServiceBroken,
    model_to_serve,
    only_publication,
    read_service,
    write_service,
)
from engine.training import forget_others

AT = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
CHANGE = Change("mc_1", AT, PUBLISH, "giulia", "resi più chiari", True, {"intent_accuracy": 0.94}, "0" * 64)


def model(models: Path, name: str) -> ModelInfo:
    archive = models / f"sportello-{name}.tar.gz"
    archive.write_bytes(name.encode())
    return sealed(ModelInfo("f", archive, hashlib.sha256(name.encode()).hexdigest(), AT, "c"))


def test_what_is_in_service_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = Service(model(tmp_path, "new"), model(tmp_path, "old"), CHANGE)

    write_service(tmp_path, written)

    assert read_service(tmp_path) == written


def test_nothing_is_in_service_before_the_first(tmp_path: Path) -> None:
    assert read_service(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", "{", '{"fingerprint": 1}'])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / SERVICE_FILE).write_text(content)

    with pytest.raises(ServiceBroken) as error:
        read_service(tmp_path)

    assert error.value.path == tmp_path / SERVICE_FILE


def test_where_nothing_was_published_the_last_training_is_served(tmp_path: Path) -> None:
    trained = model(tmp_path, "trained")
    write_current(tmp_path, trained)

    assert model_to_serve(tmp_path) == trained


def test_a_published_model_is_served_whatever_was_trained_since(tmp_path: Path) -> None:
    published = model(tmp_path, "published")
    write_service(tmp_path, Service(published))
    write_current(tmp_path, model(tmp_path, "trained"))

    assert model_to_serve(tmp_path) == published


def test_a_published_model_that_is_gone_is_not_replaced_in_silence(tmp_path: Path) -> None:
    published = model(tmp_path, "published")
    write_service(tmp_path, Service(published))
    write_current(tmp_path, model(tmp_path, "trained"))
    published.path.unlink()

    with pytest.raises(ModelMissing):
        model_to_serve(tmp_path)


def test_a_training_keeps_what_is_in_service_and_what_was_before(tmp_path: Path) -> None:
    service = Service(model(tmp_path, "now"), model(tmp_path, "before"))
    write_service(tmp_path, service)
    trained, forgotten = model(tmp_path, "trained"), model(tmp_path, "forgotten")

    forget_others(tmp_path, trained.path)

    assert not forgotten.path.exists()
    assert all(info.path.exists() for info in (service.model, service.before, trained))


def test_only_one_command_publishes_at_a_time(tmp_path: Path) -> None:
    with only_publication(tmp_path), pytest.raises(PublishingElsewhere), only_publication(tmp_path):
        pass

    with only_publication(tmp_path):
        pass


def test_nothing_unfinished_is_left_beside_it(tmp_path: Path) -> None:
    write_service(tmp_path, Service(model(tmp_path, "now")))
    write_current(tmp_path, model(tmp_path, "trained"))

    assert {file.name for file in tmp_path.glob("*.json*")} == {SERVICE_FILE, CURRENT_FILE}
