"""The trainers' inbox over HTTP: what is shown and never shown, each step, and what is refused."""

import html
import re
from contextlib import asynccontextmanager
from pathlib import Path
from typing import AsyncIterator

import pytest_asyncio

from base.clock import FixedClock
from base.database import Database
from base.layers import Layers
from desk.training import Training, annotated
from desk.words import Words
from labels.written import written_faults
from switchboard.meaning import Marked, Meaning
from switchboard.models import Label
from tests.desk.desk_server import Browser, DeskServer, account
from tests.switchboard.inbox import asked

PERSONAL = "sono Ilaria Cucuzza, l'ordine 104277 va in via Manzoni 14, scrivete a ila.cucuzza@posta.example"
SECRETS = ("Ilaria", "Cucuzza", "cucuzza", "104277", "Manzoni", "posta.example")


async def meaning(text: str) -> Meaning:
    """An engine that finds numbers of orders, and takes everything for a question about one."""
    found = [Marked("order_number", *one.span()) for one in re.finditer(r"\b\d{6}\b", text)]
    return Meaning((("track_order", 0.4), ("track_return", 0.3), ("not_an_intent", 0.2)), tuple(found))


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    training = Training(meaning=meaning, faults=written_faults(Layers()))
    async with DeskServer(database, clock, tmp_path, training=training).serving() as server:
        account(database, clock, "Teresa", "trainer")
        yield server


@asynccontextmanager
async def trainer(desk: DeskServer) -> AsyncIterator[Browser]:
    async with desk.browser() as browser:
        await browser.sign_in("teresa@shop.example")
        yield browser


def came_in(database: Database, clock: FixedClock, *texts: str) -> list[str]:
    with database.writing() as session:
        return [asked(session, text, clock.now(), session_id=f"ws_{n}") for n, text in enumerate(texts)]


def labels(database: Database) -> list[tuple[str, str, bool]]:
    with database.reading() as session:
        return [(one.sentence, one.intent, one.held_out) for one in session.query(Label).order_by(Label.sentence)]


def group_of(page: str, text: str) -> str:
    """The id of the group whose sentence stands first in the list as `text`."""
    found = re.search(rf'g=(gr_[\w-]+)"[^>]*>\s*<span class="words">{re.escape(html.escape(text, quote=True))}', page)
    assert found, text
    return found[1]


def form_of(page: str) -> dict[str, str]:
    """The fields of the open group's form, as a browser without scripts would send them."""
    form = page[page.index('id="label"') :]
    form = form[: form.index("</form>")]
    fields = {name: html.unescape(text) for name, text in re.findall(r'<textarea name="([\w-]+)"[^>]*>([^<]*)<', form)}
    fields.update(dict.fromkeys(re.findall(r'<input type="checkbox" name="([\w-]+)" checked', form), "on"))
    fields.update(re.findall(r'<input type="hidden" name="(g|state|why)" value="([^"]*)"', form))
    return fields


async def test_nothing_personal_is_in_the_page_nor_in_what_is_taught(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    [turn_id] = came_in(database, clock, PERSONAL)
    async with trainer(desk) as browser:
        status, page = await browser.get("/desk/inbox")
        fields = form_of(page)
        _, told = await browser.post("/desk/inbox/label", {**fields, "intent": "track_order"})

    assert status == 200 and told["ok"] and fields
    assert [secret for secret in SECRETS if secret in page] == []
    [(sentence, _, _)] = labels(database)
    assert [secret for secret in SECRETS if secret in sentence] == []
    assert re.search(r"l'ordine \[10\d{4}\]\(order_number\)", sentence) and "@example.it" in sentence


async def test_a_group_is_labelled_without_scripts_and_the_next_one_opens(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    came_in(database, clock, "fate il montaggio a casa?", "il montaggio a casa lo fate?", "vendete vernici")
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        fields = {**form_of(page), "intent": "ask_product_info", "held_out": "on", "csrf": browser.csrf}
        async with browser.http.post(f"{desk.url}/desk/inbox/label", data=fields) as response:
            after = await response.text()

    assert "Fatto: 2 frasi per «Vuole sapere com&#39;è fatto un articolo»" in after
    assert "vendete vernici" in form_of(after).values()
    assert labels(database) == [
        ("fate il montaggio a casa?", "ask_product_info", True),
        ("il montaggio a casa lo fate?", "ask_product_info", True),
    ]


async def test_the_likeliest_intents_are_offered_by_number_and_any_other_by_its_words(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    came_in(database, clock, "fate il montaggio a casa?")
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        offered = re.findall(r'name="intent" value="(\w+)" data-key="(\d)"', page)
        fields = form_of(page)
        unknown = await browser.post("/desk/inbox/label", {**fields, "other": "Vuole la luna"})
        several = await browser.post("/desk/inbox/label", {**fields, "other": "preventivo"})
        nothing = await browser.post("/desk/inbox/label", {**fields, "other": " "})
        _, told = await browser.post("/desk/inbox/label", {**fields, "other": "vuole la fattura"})

    assert offered == [("track_order", "1"), ("track_return", "2"), ("out_of_scope", "0")]
    assert unknown[0] == 409 and "«Vuole la luna»" in unknown[1]["error"]
    assert nothing[0] == 409 and "Scegli" in nothing[1]["error"]
    assert several[0] == 409 and "«Accetta un preventivo», " in several[1]["error"]
    assert told["ok"] and [intent for _, intent, _ in labels(database)] == ["request_invoice"]


async def test_some_words_of_what_it_is_are_enough_where_only_one_thing_has_them(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    came_in(database, clock, "fate il montaggio a casa?")
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        _, told = await browser.post("/desk/inbox/label", {**form_of(page), "other": "PERCHÉ RIMBORSO"})
        ambiguous = told["ok"]
        _, told = await browser.post("/desk/inbox/label", {**form_of(page), "other": "rimbòrso quando"})

    assert not ambiguous and told["ok"]
    assert [intent for _, intent, _ in labels(database)] == ["track_refund"]


async def test_a_sentence_with_a_broken_annotation_is_refused_and_what_was_typed_stays(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    [turn_id] = came_in(database, clock, "fate il montaggio a casa?")
    typed = "dov'è il [104206](ordine)"
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        fields = {**form_of(page), f"sentence_{turn_id}": typed, "intent": "track_order"}
        status, told = await browser.post("/desk/inbox/label", fields)
        _, checked = await browser.post("/desk/inbox/check", {"sentence": typed})
        async with browser.http.post(f"{desk.url}/desk/inbox/label", data={**fields, "csrf": browser.csrf}) as response:
            shown = await response.text()

    assert status == 409 and "l'entità «ordine» non esiste" in told["faults"][turn_id][0]
    assert checked["faults"] == told["faults"][turn_id]
    assert typed in form_of(shown).values() and "l&#39;entità «ordine» non esiste" in shown
    assert labels(database) == []


async def test_nothing_marked_and_nothing_written_are_refused(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    [turn_id] = came_in(database, clock, "fate il montaggio a casa?")
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        fields = {**form_of(page), "intent": "track_order"}
        none = {name: text for name, text in fields.items() if not name.startswith("teach_")}
        refused = [
            await browser.post("/desk/inbox/label", none),
            await browser.post("/desk/inbox/label", {**fields, f"sentence_{turn_id}": "  "}),
            await browser.post("/desk/inbox/label", {**fields, f"sentence_{turn_id}": "a" * 301}),
        ]

    assert [status for status, _ in refused] == [409] * 3 and labels(database) == []


async def test_groups_are_merged_split_put_off_ignored_and_each_step_undone(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    came_in(database, clock, "fate il montaggio a casa?", "vendete vernici")
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        mounting, paint = (group_of(page, text) for text in ("fate il montaggio a casa?", "vendete vernici"))

        _, merged = await browser.post("/desk/inbox/merge", {"g": paint, "into": mounting})
        _, page = await browser.get(merged["to"])
        assert "2 frasi simili" in page and "1 gruppo" in page
        [sentence] = re.findall(r'name="sentence" value="(ms_[\w-]+)"', page)[1:]
        _, split = await browser.post("/desk/inbox/split", {"g": mounting, "sentence": sentence})
        _, put = await browser.post("/desk/inbox/put", {"g": mounting, "kind": "skip"})
        _, page = await browser.get(put["to"])
        assert "1 gruppo" in page
        _, skipped = await browser.get("/desk/inbox?state=skipped")
        _, reopened = await browser.post("/desk/inbox/put", {"g": mounting, "kind": "reopen", "state": "skipped"})
        for _ in range(4):
            _, page = await browser.get("/desk/inbox?g=none")
            [step] = re.findall(r'name="step" value="(st_[\w-]+)"', page)
            status, _ = await browser.post("/desk/inbox/undo", {"step": step})
            assert status == 200
        _, page = await browser.get("/desk/inbox?g=none")

    assert f"g={mounting}" in skipped and split["ok"] and reopened["ok"]
    assert group_of(page, "fate il montaggio a casa?") == mounting and group_of(page, "vendete vernici") == paint
    assert "inbox/undo" not in page


async def test_what_somebody_else_did_meanwhile_is_told(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    came_in(database, clock, "fate il montaggio a casa?")
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        fields = {**form_of(page), "intent": "track_order"}
        await browser.post("/desk/inbox/label", fields)

        again = await browser.post("/desk/inbox/label", fields)
        undone = await browser.post("/desk/inbox/undo", {"step": "st_other"})

    assert again[0] == undone[0] == 409
    assert "qualcun altro" in again[1]["error"] and "Non si può annullare" in undone[1]["error"]
    assert len(labels(database)) == 1


async def test_an_empty_inbox_says_what_it_is_for(desk: DeskServer) -> None:
    async with trainer(desk) as browser:
        pages = [await browser.get(path) for path in ("/desk/inbox", "/desk/inbox?why=wrong&g=gr_none&state=x")]

    assert [status for status, _ in pages] == [200, 200]
    assert "Qui arrivano da sole le frasi" in pages[0][1]


async def test_a_form_without_the_session_s_token_does_nothing(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    came_in(database, clock, "fate il montaggio a casa?")
    async with trainer(desk) as browser:
        _, page = await browser.get("/desk/inbox")
        fields = {**form_of(page), "intent": "track_order"}

        forged = [
            (await browser.post("/desk/inbox/label", fields, csrf=""))[0],
            (await browser.post("/desk/inbox/label", fields, Origin="https://elsewhere.example"))[0],
        ]

    assert forged == [403, 403] and labels(database) == []


def test_entities_are_written_as_annotations_where_they_can_be() -> None:
    marks = [Marked("size", 3, 9), Marked("order_number", 3, 9), Marked("date", 20, 25), Marked("color", 10, 14)]

    assert annotated("il 104206 blu! fine", marks) == "il [104206](size) [blu!](color) fine"
    assert annotated("il [104206]", [Marked("size", 4, 10)]) == "il ([104206](size))"


def test_every_intent_that_sentences_teach_has_italian_words() -> None:
    named = Training().intents(Words.load())

    assert [name for name, words in named.items() if name == words] == []
    assert {"track_order", "greet", "out_of_scope"} <= set(named)
