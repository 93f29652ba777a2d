"""`sportello test` from end to end: a model, a handful of sentences and conversations, and a log with real ones."""

import os
import shutil
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from base.database import Database
from base.layers import Layers
from base.settings import ROOT
from cli import test_model as command
from cli.say import Problem
from engine.fingerprints import file_sha256
from engine.models import SERVICE_FILE, ModelInfo, sealed, usable_model, write_current
from evaluation.verdict import REPORT, read_verdict, verdict_folder
from switchboard import turns
from switchboard.asked import Asked
from switchboard.body import Reply
from switchboard.log import InboundMessage
from switchboard.people import Sender

NLU = """version: "3.1"
nlu:
- intent: track_order
  examples: |
    - dov'è il mio ordine [104233](order_number)?
- intent: {second}
  examples: |
    - ciao, buongiorno
"""
CONVERSATIONS = """
- conversation: saluta
  turns:
  - customer: "ciao"
    intent: greet
- conversation: chiede dov'è l'ordine
  turns:
  - customer: "dov'è il mio ordine 104206?"
    bot: [{response}]
"""
OWN = {
    "model_test.yml": "most: {calibration_error: 0.5}\n",
    "responses/own.yml": 'responses:\n  utter_goodbye:\n  - text: "Alla prossima, da Casa Lume!"\n',
    "tests/conversations/own.yml": """
- conversation: si congeda
  turns:
  - customer: "arrivederci"
    says: ["Casa Lume"]
""",
}
MODELS = Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models")
RIGHT_RESPONSE = "utter_ask_order_status_form_email"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product with very few tests, beside whose models there is room for another one in service."""
    (tmp_path / "models").mkdir()
    for folder in ("tests/nlu", "tests/conversations"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("data", "config.yml", "domain.yml", "components"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name, text in OWN.items():
        file = tmp_path / "home" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("SPORTELLO_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'log.db'}")
    monkeypatch.setattr(command, "data_layers", lambda: layers(tmp_path))
    monkeypatch.setattr(command, "var_folder", lambda: tmp_path / "var")
    return tmp_path


def layers(here: Path) -> Layers:
    return Layers(here, here / "home")


def wanting(here: Path, second: str = "greet", response: str = RIGHT_RESPONSE) -> None:
    (here / "tests/nlu/few.yml").write_text(NLU.format(second=second), encoding="utf-8")
    (here / "tests/conversations/few.yml").write_text(CONVERSATIONS.format(response=response), encoding="utf-8")


def trained(here: Path) -> ModelInfo:
    """The project's model, as the one that was trained last here."""
    info = usable_model(MODELS)
    kept = here / "models" / info.path.name
    shutil.copy(info.path, kept)
    write_current(here / "models", replace(info, path=kept))
    return usable_model(here / "models", layers(here))


def in_service(here: Path, content: bytes) -> str:
    file = here / "models" / "sportello-before.tar.gz"
    file.write_bytes(content)
    info = sealed(ModelInfo("before", file, file_sha256(file), datetime.now(timezone.utc)))
    write_current(here / "models", info, SERVICE_FILE)
    return info.sha256


def written_by_a_customer(text: str, migrated: Path, here: Path) -> None:
    shutil.copy(migrated, here / "log.db")
    database, now = Database(f"sqlite:///{here / 'log.db'}"), datetime.now(timezone.utc)
    inbound = InboundMessage(Sender("web", "web", "ws_1", "k", "a"), "ws_1:1", text, None)
    with database.writing() as session:
        taken = turns.take(session, inbound, Reply("Ciao"), "front-1", now, None)
        assert taken.turn
        turns.complete(session, taken.turn, [Reply("Ecco.")], [], now, {"intent": "greet"})
    database.close()


def test_without_a_model_or_with_a_stale_one_it_says_what_to_do_and_ends_with_2(here: Path) -> None:
    with pytest.raises(Problem) as missing:
        command.test_command(with_curve=False)

    assert (missing.value.key, missing.value.exit_code) == ("model_missing", 2)
    kept = here / "models" / "sportello-old.tar.gz"
    kept.write_bytes(b"of other files")
    old = ModelInfo("old", kept, file_sha256(kept), datetime.now(timezone.utc))
    write_current(here / "models", sealed(old))
    with pytest.raises(Problem) as stale:
        command.test_command(with_curve=False)
    assert (stale.value.key, stale.value.exit_code) == ("model_stale", 2)


def test_real_sentences_are_shown_with_everything_personal_hidden() -> None:
    asked = [Asked("dov'è il 104206? sono Ugo Segreti, via Garibaldi 12", 2), Asked("ciao", 1)]

    assert command.masked(asked, Layers()) == [("dov'è il ••••••? sono ••• •••••••, ••• ••••••••• ••", 2), ("ciao", 1)]


@pytest.mark.model
def test_it_says_what_is_wrong_and_keeps_verdict_and_report(
    here: Path, migrated_sqlite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = trained(here)
    wanting(here, second="say_goodbye", response="utter_greet")
    in_service(here, b"no model at all")
    written_by_a_customer("dov'è il mio ordine 104206?", migrated_sqlite, here)

    code = command.test_command(with_curve=False)

    told, verdict = capsys.readouterr().out, read_verdict(verdict_folder(here / "var", model.sha256))
    assert code == 1 and verdict and not verdict.passed
    assert verdict.conversations_failed == ("few: chiede dov'è l'ordine",) and verdict.conversations == 3
    assert (verdict.figures["intent_accuracy"], verdict.figures["entity_f1"]) == (0.5, 1.0)
    assert verdict.compared_sha256 is None
    assert "Non passa:" in told and "non si carica" in told and "2 di 3" in told
    report = (verdict_folder(here / "var", model.sha256) / REPORT).read_text(encoding="utf-8")
    assert "si voleva: utter_greet" in report and f"è successo: {RIGHT_RESPONSE}" in report
    assert "ciao, buongiorno" in report and "somiglianza" in report


@pytest.mark.model
def test_a_model_that_understands_what_the_one_in_service_does_passes(
    here: Path, migrated_sqlite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = trained(here)
    wanting(here)
    other = in_service(here, model.path.read_bytes() + b"\0")
    written_by_a_customer("ciao", migrated_sqlite, here)

    code = command.test_command(with_curve=False)

    verdict = read_verdict(verdict_folder(here / "var", model.sha256))
    assert code == 0 and verdict and verdict.passed
    assert (verdict.compared_sha256, verdict.compared_figures) == (other, verdict.figures)
    assert (verdict.better, verdict.worse, verdict.differing) == (0, 0, ())
    assert capsys.readouterr().out.startswith("Passa")
