"""What labels change in the files, as trainers see it: the diff, its effect, written into the shop's folder, undone."""

import asyncio
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any, AsyncIterator, Iterator, Optional

import pytest
import pytest_asyncio

from base.clock import FixedClock
from base.database import Database
from base.layers import Layers
from base.settings import ROOT
from cli.labels import undo_command
from desk import changes
from desk.training import Training
from labels.applied import Applied, apply
from switchboard import inbox_steps
from switchboard.inbox_steps import Taught
from switchboard.models import InboxSentence, Label
from tests.desk.desk_server import Browser, DeskServer, account
from tests.front.fake_engine import until
from tests.switchboard.inbox import asked, gather

MEASURER = (sys.executable, str(Path(__file__).with_name("measurer.py")))
WORDS = ("zuzzurellone", "sgnaccherando")
OTHER, LATER = "mi mandate la carta delle tasse", "salve a tutta la truppa"
SENTENCE = "a che punto siamo con la mia [credenza](product) benedetta"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "casa-lume"
    folder.mkdir()
    return folder


@pytest.fixture
def backend() -> str:
    """The pages are the same on every database; `tests/switchboard` looks at the rest."""
    return "sqlite"


def served(
    database: Database, clock: FixedClock, folder: Path, home: Optional[Path], *more: str, patience_s: float = 60
) -> DeskServer:
    account(database, clock, "Teresa", "trainer")
    training = Training(Layers(home=home), var=folder / "var", measure=(*MEASURER, *more), patience_s=patience_s)
    return DeskServer(database, clock, folder, training=training)


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path, home: Path) -> AsyncIterator[DeskServer]:
    async with served(database, clock, tmp_path, home).serving() as server:
        yield server


def labelled(database: Database, clock: FixedClock, *taught: tuple[str, str], held_out: bool = False) -> None:
    """A customer wrote something for each, and a trainer labelled it."""
    for number, (sentence, intent) in enumerate(taught):
        with database.writing() as session:
            turn_id = asked(session, f"{WORDS[number]} {intent}", clock.now(), session_id=f"ws_{number}")
        gather(database, clock)
        with database.writing() as session:
            group_id = session.get(InboxSentence, turn_id).group_id
            inbox_steps.label(session, group_id, Taught((sentence,), intent, held_out), clock.now())


def states(database: Database) -> list[str]:
    with database.reading() as session:
        return [one.state for one in session.query(Label).order_by(Label.at, Label.id)]


async def page_of(browser: Browser) -> str:
    status, page = await browser.get("/desk/changes")
    assert status == 200
    return page


async def test_pending_labels_are_shown_as_a_diff_and_written_and_undone(
    database: Database, clock: FixedClock, desk: DeskServer, home: Path
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        before = await page_of(browser)
        _, told = await browser.post("/desk/changes/accept")
        after = (await browser.get(told["to"]))[1]
        written = (home / "nlu" / "orders.yml").read_text(encoding="utf-8")
        applied = states(database)
        [number] = re.findall(r'name="number" value="(\d+)"', after)
        _, undone = await browser.post("/desk/changes/undo", {"number": number})
        again = (await browser.get(undone["to"]))[1]

    assert f'<span class="added">+    - {SENTENCE}\n</span>' in before and "1 frase etichettata" in before
    assert f"- {SENTENCE}\n" in written and applied == ["applied"]
    assert "sportello train" in after and "Annulla" in after
    assert not (home / "nlu" / "orders.yml").exists() and states(database) == ["pending"]
    assert "i file sono come prima" in again


async def test_what_is_taken_back_on_the_command_line_waits_again(
    database: Database, clock: FixedClock, desk: DeskServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))
    labelled(database, clock, (SENTENCE, "track_order"), (OTHER, "request_invoice"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        await browser.post("/desk/changes/accept")
        clock.move(timedelta(minutes=1))
        labelled(database, clock, (LATER, "greet"))
        await browser.post("/desk/changes/accept")
        undo_command(1)
        page = await page_of(browser)

    assert states(database) == ["pending", "pending", "applied"]
    assert "2 frasi etichettate" in page and "annullata" in page and page.count('name="number"') == 1


async def test_the_inbox_counts_what_was_taken_back_on_the_command_line_at_once(
    database: Database, clock: FixedClock, desk: DeskServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))
    labelled(database, clock, (SENTENCE, "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        await browser.post("/desk/changes/accept")
        before = (await browser.get("/desk/inbox"))[1]
        undo_command(1)
        after = (await browser.get("/desk/inbox"))[1]

    assert "da scrivere nei file" not in before
    assert "1 frase da scrivere nei file" in after and states(database) == ["pending"]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Writing begins to write once this is set."""
    let = Event()

    def slowly(*args: Any, **values: Any) -> Applied:
        assert let.wait(60)
        return apply(*args, **values)

    monkeypatch.setattr(changes, "apply", slowly)
    yield let
    let.set()


async def test_what_takes_long_is_said_on_the_page_until_it_is_done(
    database: Database, clock: FixedClock, tmp_path: Path, home: Path, held: Event
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    server = served(database, clock, tmp_path, home, patience_s=0)
    async with server.serving() as desk, desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        preparing = await page_of(browser)
        await asyncio.wait({desk.desk._changes._planned[1]})
        ready = await page_of(browser)
        _, told = await browser.post("/desk/changes/accept")
        writing = (await browser.get(told["to"]))[1]
        await browser.post("/desk/changes/accept")  # an impatient hand
        going = (await browser.json("/desk/changes/progress"))["going"]
        held.set()
        [step] = desk.desk._changes._begun.values()
        await step.task
        after, once_more = await page_of(browser), await page_of(browser)

    assert 'data-going="plan"' in preparing and "Preparo le modifiche" in preparing
    assert 'data-going=""' in ready and "Scrivi nella cartella" in ready
    assert 'data-going="accept"' in writing and "Scrivo nella cartella" in writing and going == "accept"
    assert "Scritto nella cartella del negozio" in after and "Scritto nella" not in once_more
    assert states(database) == ["applied"] and len(list((tmp_path / "var" / "labels").glob("*.json"))) == 1


async def test_what_was_begun_is_done_though_its_page_was_left(
    database: Database, clock: FixedClock, desk: DeskServer, home: Path, held: Event
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        await page_of(browser)
        sent = asyncio.create_task(browser.post("/desk/changes/accept"))
        await until(lambda: bool(desk.desk._changes._begun), 60)
        sent.cancel()
        await asyncio.gather(sent, return_exceptions=True)
        [step] = desk.desk._changes._begun.values()
        held.set()
        await step.task
        page = await page_of(browser)

    assert states(database) == ["applied"] and (home / "nlu" / "orders.yml").exists()
    assert "Scritto nella cartella del negozio" in page


async def test_threads_that_wait_for_something_else_hold_up_nothing(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    free = Event()
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        others = [asyncio.create_task(asyncio.to_thread(free.wait, 60)) for _ in range(40)]
        status, told = await browser.post("/desk/changes/accept")
        busy = sum(not one.done() for one in others)
        free.set()
        await asyncio.gather(*others)

    assert (status, told.get("to")) == (200, "/desk/changes?done=accept") and busy == 40
    assert states(database) == ["applied"]


async def test_without_a_folder_only_the_patch_can_be_taken_and_it_applies(
    database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    async with served(database, clock, tmp_path, None).serving() as desk, desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        page = await page_of(browser)
        status, patch = await browser.get("/desk/changes.patch")
        refused, told = await browser.post("/desk/changes/accept")

    assert "SPORTELLO_HOME" in page and "changes/accept" not in page and "changes/measure" in page
    assert status == 200
    checked = subprocess.run(["git", "apply", "--check", "-"], cwd=ROOT, input=patch, text=True, capture_output=True)
    assert checked.returncode == 0, checked.stderr
    assert refused == 409 and states(database) == ["pending"]


async def test_what_cannot_be_written_is_told_with_the_reason_and_the_rest_is_written(
    database: Database, clock: FixedClock, desk: DeskServer, home: Path
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"), ("dov'è il mio pacco [x](niente)", "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        page = await page_of(browser)
        await browser.post("/desk/changes/accept")
        [label] = re.findall(r'name="label" value="(lb_[\w-]+)"', await page_of(browser))
        await browser.post("/desk/changes/drop", {"label": label})

    assert "1 frase non si può scrivere" in page and "l&#39;entità «niente» non esiste" in page
    assert sorted(states(database)) == ["applied", "dropped"]


async def test_one_sentence_is_taken_away_and_the_others_stay(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"), ("quando mi arriva il divano", "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        listed = re.findall(
            r'value="(lb_[\w-]+)"><button class="quiet" aria-label="Togli: ([^"]+)"', await page_of(browser)
        )
        [label] = [id_ for id_, sentence in listed if sentence == "quando mi arriva il divano"]
        _, told = await browser.post("/desk/changes/drop", {"label": label})
        page = (await browser.get(told["to"]))[1]

    assert "Tolta." in page and "1 frase etichettata" in page
    assert "divano" not in page and sorted(states(database)) == ["dropped", "pending"]


async def test_what_is_thrown_away_comes_back_into_the_inbox(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        _, told = await browser.post("/desk/changes/drop")
        page = (await browser.get(told["to"]))[1]
        _, inbox = await browser.get("/desk/inbox")

    assert states(database) == ["dropped"] and "Non c&#39;è niente da scrivere" in page
    assert "zuzzurellone track_order" in inbox


async def test_the_effect_is_measured_aside_and_shown_until_the_labels_change(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        await browser.post("/desk/changes/measure")
        for _ in range(200):
            if not (await browser.json("/desk/changes/progress"))["runs"]:
                break
        page = await page_of(browser)
        labelled(database, clock, ("un'altra frase che insegna qualcosa", "request_invoice"))
        later = await page_of(browser)

    assert "90,0 %" in page and "90,5 %" in page and "17 di 20" in page
    assert "1 frase capita peggio" in page and "mandatemi la carta" in page
    assert "I file sono cambiati" in page
    assert "mandatemi la carta" not in later


async def test_a_measurement_that_fails_says_why(
    database: Database, clock: FixedClock, tmp_path: Path, home: Path
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    server = served(database, clock, tmp_path, home, "--fail")
    async with server.serving() as desk, desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        await browser.post("/desk/changes/measure")
        measuring = desk.desk._changes.measuring
        await until(lambda: not measuring.runs)
        page = await page_of(browser)

    assert "sportello train" in page and "La misura non è riuscita" in page
    assert list((tmp_path / "var" / "labels-measured").glob("pending-*")) == []


async def test_a_file_that_cannot_be_read_is_named_and_nothing_is_written(
    database: Database, clock: FixedClock, desk: DeskServer, home: Path
) -> None:
    (home / "nlu").mkdir()
    (home / "nlu" / "orders.yml").write_text('nlu:\n- intent: "track_order\n', encoding="utf-8")
    labelled(database, clock, (SENTENCE, "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        page = await page_of(browser)
        status, _ = await browser.post("/desk/changes/accept")

    assert "orders.yml" in page and status == 409 and states(database) == ["pending"]


async def test_held_out_sentences_go_where_tests_are(
    database: Database, clock: FixedClock, desk: DeskServer, home: Path
) -> None:
    labelled(database, clock, (SENTENCE, "track_order"), held_out=True)
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        await browser.post("/desk/changes/accept")

    assert SENTENCE in (home / "tests" / "nlu" / "orders.yml").read_text(encoding="utf-8")


async def test_a_forged_form_changes_nothing(database: Database, clock: FixedClock, desk: DeskServer) -> None:
    labelled(database, clock, (SENTENCE, "track_order"))
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        forged = [(await browser.post(f"/desk/changes/{step}", csrf=""))[0] for step in ("accept", "drop", "measure")]

    assert forged == [403] * 3 and states(database) == ["pending"]
