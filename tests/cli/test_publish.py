"""A model goes into service when its test says so, and out again: what is written, refused and kept."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from base.settings import ROOT, load_settings
from cli.doctor import examine
from cli.lock import only_one
from cli.models import models_command
from cli.publish import publish_command
from cli.rollback import rollback_command
from cli.say import Problem
from cli.screen import Screen
from cli.starting_model import have_model_in_service
from engine.models import ModelError, ModelForeign, ModelInfo, sealed, write_current
from engine.service import FIRST, PUBLISH, ROLLBACK, UPGRADE, Service, only_publication, write_service
from tests.cli.installation import EngineDouble, Installation

OK = (200, {"serving": ""})


@pytest.fixture
def shop(tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Installation:
    shop = Installation(tmp_path, migrated_url)
    for name, value in shop.env.items():
        monkeypatch.setenv(name, value)
    return shop


def publish(why: str = "", anyway: bool = False, by: str = "giulia") -> None:
    publish_command(why, anyway, by, test_first=False)


def start(shop: Installation) -> None:
    have_model_in_service(load_settings(), shop.var / "train.log", Screen())


def old_and_new(shop: Installation) -> tuple[ModelInfo, ModelInfo]:
    """One in service, another trained since."""
    old = shop.model("old")
    start(shop)
    return old, shop.model("new")


def history(capsys: pytest.CaptureFixture) -> list[str]:
    capsys.readouterr()
    models_command(20)
    return capsys.readouterr().out.splitlines()


def test_the_first_model_goes_into_service_by_itself(shop: Installation) -> None:
    first = shop.model("first")

    start(shop)

    assert shop.service.model == first
    assert (shop.service.change.action, shop.service.before) == (FIRST, None)


def test_a_later_start_serves_what_is_in_service_whatever_was_trained_or_edited_since(
    shop: Installation, capsys: pytest.CaptureFixture
) -> None:
    published = shop.model("published", trained_from="other sentences")
    write_service(shop.models, Service(published))
    start(shop)
    untrained = capsys.readouterr().out
    shop.model("trained")
    start(shop)
    trained = capsys.readouterr().out

    assert shop.service.model == published
    assert "sportello train" in untrained and "sportello publish" in untrained
    assert "sportello train" not in trained and "sportello publish" in trained


def test_after_an_upgrade_the_model_of_the_new_code_goes_into_service(shop: Installation) -> None:
    before = shop.model("before", code="older code")
    write_service(shop.models, Service(before))
    now = shop.model("now")

    start(shop)

    assert (shop.service.model, shop.service.before, shop.service.change.action) == (now, before, UPGRADE)


def test_a_model_in_service_that_is_gone_is_not_replaced_in_silence(shop: Installation) -> None:
    old, _ = old_and_new(shop)
    old.path.unlink()

    with pytest.raises(Problem) as refusal:
        start(shop)

    assert refusal.value.key == "up_service_lost"


def test_a_model_that_passed_its_test_goes_into_service(shop: Installation) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)

    publish("resi più chiari")

    made = shop.service.change
    assert (shop.service.model, shop.service.before) == (new, old)
    assert (made.action, made.by, made.why, made.override) == (PUBLISH, "giulia", "resi più chiari", False)
    assert made.figures["intent_accuracy"] == 0.941


def not_tested(shop: Installation, old: ModelInfo, new: ModelInfo) -> None:
    pass


def failed(shop: Installation, old: ModelInfo, new: ModelInfo) -> None:
    shop.tested(new, old, "Gli intenti giusti calano da 94 a 90 %.")


def beside_another(shop: Installation, old: ModelInfo, new: ModelInfo) -> None:
    shop.tested(new, new)


def beside_none(shop: Installation, old: ModelInfo, new: ModelInfo) -> None:
    shop.tested(new, None)


def of_another_model(shop: Installation, old: ModelInfo, new: ModelInfo) -> None:
    shop.tested(old, None)


WAYS = pytest.mark.parametrize("test", [not_tested, failed, beside_another, beside_none, of_another_model])


@WAYS
def test_without_the_yes_of_its_test_a_model_stays_out(shop: Installation, test: Any) -> None:
    old, new = old_and_new(shop)
    test(shop, old, new)

    with pytest.raises(Problem) as refusal:
        publish()

    assert refusal.value.key == "publish_refused"
    assert shop.service.model == old


@WAYS
def test_it_goes_into_service_anyway_with_a_reason_that_is_kept(
    shop: Installation, test: Any, capsys: pytest.CaptureFixture
) -> None:
    old, new = old_and_new(shop)
    test(shop, old, new)

    publish("Natale è domani", anyway=True)

    assert shop.service.model == new and shop.service.change.override
    lines = history(capsys)
    assert any("senza il sì della prova" in line for line in lines)
    assert any("Natale è domani" in line for line in lines)


def test_the_reasons_of_a_failed_test_are_told(shop: Installation, capsys: pytest.CaptureFixture) -> None:
    old, new = old_and_new(shop)
    failed(shop, old, new)

    with pytest.raises(Problem):
        publish()

    assert "Gli intenti giusti calano da 94 a 90 %." in capsys.readouterr().err


def test_a_yes_is_no_override_even_where_anyway_is_said(shop: Installation) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)

    publish("per sicurezza", anyway=True)

    assert not shop.service.change.override


@pytest.mark.parametrize("why", ["", "   "])
def test_anyway_wants_a_reason(shop: Installation, why: str) -> None:
    with pytest.raises(Problem) as refusal:
        publish(why, anyway=True)

    assert (refusal.value.key, refusal.value.exit_code) == ("publish_anyway_why", 2)


def test_what_serves_already_is_not_published_again(shop: Installation, capsys: pytest.CaptureFixture) -> None:
    old = shop.model("old")
    start(shop)

    publish()

    assert old.sha256[:12] in capsys.readouterr().out
    assert shop.service.change.action == FIRST


def test_a_foreign_model_is_refused(shop: Installation) -> None:
    old, new = old_and_new(shop)
    write_current(shop.models, ModelInfo(new.fingerprint, new.path, new.sha256, new.trained_at, new.code, "0" * 64))

    with pytest.raises(ModelForeign):
        publish("la voglio", anyway=True)

    assert shop.service.model == old


def test_a_model_of_other_code_is_refused(shop: Installation) -> None:
    old, _ = old_and_new(shop)
    new = shop.model("newer", code="older code")
    shop.tested(new, old)

    with pytest.raises(Problem) as refusal:
        publish()

    assert refusal.value.key == "publish_code_changed"


def test_a_rollback_brings_the_one_before_back_and_a_second_one_undoes_it(shop: Installation) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)
    publish()

    rollback_command("risponde male sui resi", "marco")
    assert (shop.service.model, shop.service.before) == (old, new)
    assert (shop.service.change.action, shop.service.change.by) == (ROLLBACK, "marco")

    rollback_command(None, None)
    assert (shop.service.model, shop.service.before) == (new, old)
    assert shop.service.change.figures["intent_accuracy"] == 0.941


def test_nothing_before_the_first_can_come_back(shop: Installation) -> None:
    shop.model("first")
    start(shop)

    with pytest.raises(Problem) as refusal:
        rollback_command(None, None)

    assert refusal.value.key == "rollback_nothing"


def test_what_an_upgrade_left_behind_cannot_come_back(shop: Installation) -> None:
    before = shop.model("before", code="older code")
    write_service(shop.models, Service(shop.model("now"), before))

    with pytest.raises(Problem) as refusal:
        rollback_command(None, None)

    assert refusal.value.key == "rollback_code_changed"


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_bytes(b"x")])
def test_a_model_before_that_is_gone_leaves_the_one_in_service(shop: Installation, harm: Any) -> None:
    old, new = old_and_new(shop)
    write_service(shop.models, Service(new, old))
    harm(old.path)

    with pytest.raises(Problem) as refusal:
        rollback_command(None, None)

    assert refusal.value.key == "rollback_lost"
    assert shop.service.model == new


def test_the_history_tells_who_when_why_and_which_one_serves(shop: Installation, capsys: pytest.CaptureFixture) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)
    publish("resi più chiari")

    lines = history(capsys)

    assert [line.startswith("●") for line in lines if " da " in line] == [False, True]
    assert any("pubblicato da giulia" in line for line in lines)
    assert any("perché: resi più chiari" in line for line in lines)
    assert any("intenti giusti 94,1 %" in line for line in lines)
    assert any(new.sha256[:12] in line and "In servizio" in line for line in lines)
    assert any(old.sha256[:12] in line and "primo modello" in line for line in lines)


def test_a_history_that_was_cut_off_is_completed(shop: Installation, capsys: pytest.CaptureFixture) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)
    publish("fatto")
    made = shop.service
    write_service(shop.models, Service(old, new, None))
    rollback_command("a metà", "marco")
    write_service(shop.models, made)

    assert sum("da giulia" in line for line in history(capsys)) == 1


def test_a_running_engine_loads_first_and_swaps_after_it_is_written(shop: Installation) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)
    in_service = []

    def answer(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        in_service.append(shop.service.model.sha256)
        return OK

    with EngineDouble(shop.port, answer) as engine:
        publish()

    assert engine.asked == [("swap", {"sha256": new.sha256, "only_load": True}), ("swap", {"sha256": new.sha256})]
    assert in_service == [old.sha256, new.sha256]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("not_loadable", "KeyError: close"),
        ("model_foreign", "non è stato addestrato"),
        ("model_missing", "SPORTELLO_MODELS"),
        ("secret", "SPORTELLO_ENGINE_SECRET"),
    ],
)
def test_what_the_engine_refuses_is_not_put_into_service(shop: Installation, error: str, words: str) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)

    said = {"error": error, "reason": "KeyError: close"}
    with EngineDouble(shop.port, lambda body: (409, said)), pytest.raises(Problem) as refusal:
        publish()

    assert words in refusal.value.values["reason"]
    assert shop.service.model == old


@pytest.mark.parametrize("supervised", [True, False])
def test_where_code_changed_a_supervised_engine_is_asked_to_leave(
    shop: Installation, supervised: bool, capsys: pytest.CaptureFixture
) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)

    with EngineDouble(shop.port, lambda body: (409, {"error": "other_code"})) as engine:
        if supervised:
            with only_one(shop.var, dev=False):
                publish()
        else:
            publish()

    assert shop.service.model == new
    assert ("leave" in [route for route, _ in engine.asked]) == supervised
    assert ("riavvia il motore" in capsys.readouterr().out) == (not supervised)


def test_two_commands_do_not_publish_at_once(shop: Installation) -> None:
    old_and_new(shop)

    with only_publication(shop.models), pytest.raises(Problem) as refusal:
        publish()

    assert refusal.value.key == "publish_elsewhere"


@pytest.mark.parametrize("during", ["load", "swap"])
def test_a_publication_that_is_killed_has_happened_or_has_not(
    shop: Installation, during: str, capsys: pytest.CaptureFixture
) -> None:
    old, new = old_and_new(shop)
    shop.tested(new, old)
    reached, let_go = threading.Event(), threading.Event()

    def answer(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if ("only_load" in body) == (during == "load"):
            reached.set()
            let_go.wait(60)
        return OK

    with EngineDouble(shop.port, answer):
        command = [sys.executable, "-m", "cli.main", "publish", "--by", "giulia"]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **shop.env})
        assert reached.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        let_go.set()

    happened = during == "swap"
    assert shop.service.model == (new if happened else old)
    assert shop.service.before == (old if happened else None)
    assert any("da giulia" in line for line in history(capsys)) == happened
    shop.model("newest")
    publish("si va avanti", anyway=True)


def test_the_doctor_tells_which_model_serves_and_what_waits(shop: Installation, capsys: pytest.CaptureFixture) -> None:
    old, _ = old_and_new(shop)
    write_service(shop.models, Service(sealed(replace(old, fingerprint="other"), shop.secret), None, None))
    lines = [finding.line for finding in examine(shop.env, shop.var / ".env")]

    assert any(f"In servizio il modello {old.sha256[:12]}" in line for line in lines)
    assert any("sportello publish" in line for line in lines)


def test_a_start_refuses_a_model_of_somebody_else_s(shop: Installation) -> None:
    new = shop.model("new")
    write_current(shop.models, ModelInfo(new.fingerprint, new.path, new.sha256, new.trained_at, new.code, "0" * 64))

    with pytest.raises(ModelError):
        start(shop)
