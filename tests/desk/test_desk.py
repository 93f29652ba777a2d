"""The desk over HTTP: who may do what, what a page tells, and what cannot be forged."""

import re
from pathlib import Path
from typing import AsyncIterator
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from sanic import Sanic

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT
from desk.sign_in import BURST
from shop.importer import import_shop
from shop.shop_file import read_shop_file
from switchboard import agents, attending, log, proofs
from switchboard.agents import ADMIN, AGENT, SUPERVISOR, TRAINER
from switchboard.body import Reply
from switchboard.models import BOT, CLOSED, HUMAN, WAITING, AgentSession, Handoff
from tests.conftest import NOW
from tests.desk.desk_server import PASSWORD, DeskServer, account
from tests.switchboard.desk import JOINED, hand_over, owner_of
from tests.switchboard.helpers import say, texts_of

NOBODY = "nobody"
WHO = (NOBODY, AGENT, SUPERVISOR, TRAINER, ADMIN)
ALL, LEADS = (AGENT, SUPERVISOR, ADMIN), (SUPERVISOR, ADMIN)  # of those who answer customers; trainers do not
TRAINS, REVIEWS, EVERYBODY = (TRAINER, ADMIN), (SUPERVISOR, TRAINER, ADMIN), WHO[1:]
# Who gets an answer; `handed` was handed to people and waits, with `private` they never had anything to do.
ROUTES = (
    ("GET", "/desk/", EVERYBODY),  # trainers are led to their own page
    ("GET", "/desk/mine", ALL),
    ("GET", "/desk/requests", ALL),
    ("GET", "/desk/lists?list=queue", ALL),
    ("GET", "/desk/search?q=persona", ALL),
    ("GET", "/desk/calls", ALL),
    ("POST", "/desk/calls", ()),  # says nothing of whom
    ("GET", "/desk/all", LEADS),
    ("GET", "/desk/board?by=reason", LEADS),
    ("GET", "/desk/board.csv", LEADS),
    ("GET", "/desk/figures?days=7", LEADS),
    ("GET", "/desk/figures.csv?table=time", LEADS),
    ("GET", "/desk/review", REVIEWS),
    ("GET", "/desk/review/{private}", REVIEWS),
    ("POST", "/desk/review/{private}/tag", ()),  # names none
    ("POST", "/desk/review/{private}/comment", REVIEWS),
    ("GET", "/desk/review/{private}/test", TRAINS),
    ("POST", "/desk/review/{private}/test", ()),  # tests nothing
    ("GET", "/desk/c/{handed}", ALL),
    ("GET", "/desk/c/{handed}/rows?since=0", ALL),
    ("GET", "/desk/c/{private}", LEADS),
    ("GET", "/desk/c/{private}/rows?since=0", LEADS),
    ("GET", "/desk/files/at_none", ()),
    ("GET", "/desk/files/at_none/thumb", ()),
    ("POST", "/desk/c/{handed}/accept", ALL),
    ("POST", "/desk/c/{private}/accept", LEADS),
    ("POST", "/desk/c/{handed}/note", ALL),
    ("POST", "/desk/c/{private}/note", LEADS),
    ("POST", "/desk/c/{handed}/reply", ()),  # it is nobody's yet
    ("POST", "/desk/c/{handed}/files", ()),
    ("POST", "/desk/c/{handed}/act", ()),
    ("POST", "/desk/c/{handed}/wrong", ()),  # names no turn
    ("POST", "/desk/c/{handed}/put-back", ()),
    ("POST", "/desk/c/{handed}/pass", ()),
    ("POST", "/desk/c/{handed}/to-department", ()),  # there is none
    ("POST", "/desk/c/{handed}/give-back", ()),
    ("POST", "/desk/c/{handed}/close", ()),
    ("POST", "/desk/requests/2/take", ALL),
    ("POST", "/desk/requests/2/leave", ALL),
    ("POST", "/desk/requests/1/done", ALL),
    ("GET", "/desk/inbox", TRAINS),
    ("POST", "/desk/inbox/label", ()),  # names no group
    ("POST", "/desk/inbox/put", ()),
    ("POST", "/desk/inbox/merge", ()),
    ("POST", "/desk/inbox/split", ()),
    ("POST", "/desk/inbox/undo", ()),
    ("POST", "/desk/inbox/check", TRAINS),
    ("GET", "/desk/changes", TRAINS),
    ("GET", "/desk/changes.patch", TRAINS),
    ("GET", "/desk/changes/progress", TRAINS),
    ("POST", "/desk/changes/measure", TRAINS),  # nothing is pending
    ("POST", "/desk/changes/accept", ()),
    ("POST", "/desk/changes/undo", ()),
    ("POST", "/desk/changes/drop", TRAINS),
    ("POST", "/desk/sign-out", EVERYBODY),
)
ENOUGH = 5  # conversations, for figures to be told
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}{% raw %}",
    "</textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;b&gt;",
)


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


@pytest.mark.parametrize("who", WHO)
async def test_every_route_is_open_to_some_only(
    database: Database, clock: FixedClock, desk: DeskServer, who: str
) -> None:
    fields = {"text": "una nota", "id": "a" * 12, "outcome": "solved", "to": "ag_none"}
    async with desk.browser() as browser:
        if who != NOBODY:
            account(database, clock, "Giulia", who)
            await browser.sign_in("giulia@shop.example")
        handed = private = ""
        for number, (method, path, allowed) in enumerate(ROUTES):
            with database.writing() as session:
                if number < ENOUGH or "{handed}" in path:
                    handed = hand_over(session, clock.now(), f"ws_{number}")
                if number < ENOUGH or "{private}" in path:
                    private = say(session, "ciao", clock.now(), session_id=f"ws_private_{number}").conversation_id
            url = path.format(handed=handed, private=private)

            status = (await browser.get(url) if method == "GET" else await browser.post(url, fields))[0]

            if who == NOBODY:
                assert (url, status) == (url, 302 if method == "GET" else 401)
            else:
                assert (url, status in (200, 302, 303)) == (url, who in allowed)
                assert status == 403 or not (who == TRAINER and allowed in (ALL, LEADS)), url


async def test_every_route_of_the_desk_was_tried(desk: DeskServer) -> None:
    tried = {(method, path.partition("?")[0]) for method, path, _ in ROUTES}
    tried = {(m, re.sub(r"{(handed|private)}|at_none|(?<=requests/)[12]", "<>", path).rstrip("/")) for m, path in tried}

    [app] = [app for app in Sanic._app_registry.values() if app.name == desk.name]
    there = {
        (method, re.sub(r"<[^>]+>", "<>", f"/{route.path}").rstrip("/"))
        for route in app.router.routes
        for method in route.methods
        if "/static/" not in route.path and "socket.io" not in route.path
    }

    assert there - tried == {("GET", "/desk/sign-in"), ("POST", "/desk/sign-in")}


async def test_a_form_of_another_page_or_session_does_nothing(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
    account(database, clock, "Giulia")
    account(database, clock, "Marco")
    async with desk.browser() as giulia, desk.browser() as marco:
        await giulia.sign_in("giulia@shop.example")
        await marco.sign_in("marco@shop.example")
        path = f"/desk/c/{conversation_id}/accept"

        forged = [
            (await giulia.post(path, csrf=""))[0],
            (await giulia.post(path, csrf=marco.csrf))[0],
            (await giulia.post(path, Origin="https://elsewhere.example"))[0],
            (await giulia.post(path, **{"Sec-Fetch-Site": "cross-site"}))[0],
        ]

        assert forged == [403] * 4
        with database.reading() as session:
            assert owner_of(session, conversation_id)[0] == WAITING
        assert (await giulia.post(path, Origin=desk.url))[0] == 200


async def test_signing_in_gives_a_new_cookie_that_scripts_cannot_read(
    database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    account(database, clock, "Giulia")
    fields = {"email": "Giulia@shop.example ", "password": PASSWORD, "to": "https://elsewhere.example/"}
    async with DeskServer(database, clock, tmp_path, secure=True).serving() as desk, desk.browser() as browser:
        chosen = {"Cookie": "sportello_desk=chosen-by-somebody"}

        async with browser.http.post(
            f"{desk.url}/desk/sign-in", data=fields, headers=chosen, allow_redirects=False
        ) as response:
            cookie, to = response.headers["Set-Cookie"], response.headers["Location"]

        assert "chosen-by-somebody" not in cookie
        assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/desk"))
        assert to == "/desk/"
        token = re.search(r"sportello_desk=([^;]+)", cookie)[1]
        with database.reading() as session:
            assert token not in [stored.token_hash for stored in session.query(AgentSession)]


async def test_wrong_passwords_are_answered_alike_and_bring_a_pause(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    async with desk.browser() as browser:
        unknown = await browser.sign_in("nobody@shop.example", "una password qualunque")
        wrong = [await browser.sign_in("giulia@shop.example", "sbagliata") for _ in range(5)]
        locked = await browser.sign_in("giulia@shop.example")
        clock.move(agents.LOCKED_FOR)
        opened = await browser.sign_in("giulia@shop.example")

    assert (unknown, wrong, locked, opened) == (401, [401] * 5, 429, 303)


async def test_guessing_from_one_address_is_slowed_down_whoever_is_guessed(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    async with desk.browser() as browser:
        tried = [await browser.sign_in(f"user{number}@shop.example", "sbagliata") for number in range(BURST + 1)]
        right = await browser.sign_in("giulia@shop.example")

    assert tried == [*[401] * BURST, 429] and right == 429


async def test_who_signs_out_is_out_and_gives_back_the_customers(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        await browser.post(f"/desk/c/{conversation_id}/accept")
        await browser.post("/desk/sign-out")

        assert (await browser.get("/desk/"))[0] == 302
        with database.reading() as session:
            assert owner_of(session, conversation_id) == (WAITING, None)


async def test_a_conversation_from_the_queue_to_its_end(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        assert conversation_id in (await browser.get("/desk/"))[1]
        path = f"/desk/c/{conversation_id}"

        await browser.post(f"{path}/accept")
        await browser.reply(conversation_id, "Buongiorno, sono Giulia")
        again = {"text": "una volta sola", "id": "f" * 12}
        await browser.post(f"{path}/reply", again)
        await browser.post(f"{path}/reply", again)
        await browser.post(f"{path}/note", {"text": "cliente gentile"})
        status, told = await browser.post(f"{path}/close", {"outcome": "solved", "told": "il rimborso parte oggi"})

        assert (status, told["to"]) == (200, "/desk/")
    with database.reading() as session:
        assert owner_of(session, conversation_id)[0] == CLOSED
        said = texts_of(session, conversation_id)
        assert said[-3:-1] == ["Buongiorno, sono Giulia", "una volta sola"]
        assert said[-1] == "Giulia ha chiuso la conversazione: il rimborso parte oggi. È risolto?"
        assert "cliente gentile" not in said
        handoff = session.query(Handoff).one()
        assert (handoff.outcome, handoff.ending) == ("solved", "closed")


async def test_the_second_of_two_is_told_who_was_faster_and_his_words_are_kept_from_the_customer(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    account(database, clock, "Marco")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
    async with desk.browser() as giulia, desk.browser() as marco:
        await giulia.sign_in("giulia@shop.example")
        await marco.sign_in("marco@shop.example")
        await giulia.post(f"/desk/c/{conversation_id}/accept")

        late = await marco.post(f"/desk/c/{conversation_id}/accept")
        refused = await marco.reply(conversation_id, "Salve")

        assert late == (409, {"ok": False, "error": "L'ha presa Giulia un attimo prima."})
        assert refused == (409, {"ok": False, "error": "Non è stato mandato: ora se ne occupa Giulia."})
        assert "Se ne occupa Giulia" in (await marco.get(f"/desk/c/{conversation_id}"))[1]


async def test_a_conversation_goes_to_a_colleague_and_back_to_the_assistant(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    marco = account(database, clock, "Marco")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
    path = f"/desk/c/{conversation_id}"
    async with desk.browser() as one, desk.browser() as two:
        await one.sign_in("giulia@shop.example")
        await two.sign_in("marco@shop.example")
        await one.post(f"{path}/accept")
        assert (await one.post(f"{path}/pass", {"to": "ag_none", "text": ""}))[0] == 409
        await one.post(f"{path}/pass", {"to": marco.id, "text": "sa tutto di divani"})
        page = (await two.get(path))[1]
        await two.post(f"{path}/give-back", {"outcome": "solved", "told": ""})

        assert "sa tutto di divani" in page
    with database.reading() as session:
        assert owner_of(session, conversation_id)[0] == BOT
        assert texts_of(session, conversation_id)[-1].startswith("Marco ti lascia all'assistente")


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("reply", {"text": "   ", "id": "a" * 12}),
        ("reply", {"text": "x" * 2001, "id": "a" * 12}),
        ("reply", {"text": "ciao", "id": "../../x"}),
        ("reply", {"text": "ciao"}),
        ("note", {"text": ""}),
        ("close", {"outcome": "whatever"}),
        ("give-back", {}),
        ("pass", {}),
    ],
)
async def test_what_cannot_be_used_is_refused_and_changes_nothing(
    database: Database, clock: FixedClock, desk: DeskServer, step: str, fields: dict[str, str]
) -> None:
    giulia = account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        before = texts_of(session, conversation_id)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        status, told = await browser.post(f"/desk/c/{conversation_id}/{step}", fields)

        assert status == 409 and told["error"]
    with database.reading() as session:
        assert texts_of(session, conversation_id) == before
        assert owner_of(session, conversation_id) == (HUMAN, giulia.id)


async def test_nothing_a_customer_or_agent_writes_becomes_markup(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    giulia = account(database, clock, "Giulia", SUPERVISOR)
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), text=" ".join(PAYLOADS), description=PAYLOADS[1])
        attending.note(session, conversation_id, giulia, PAYLOADS[0], clock.now())
        attending.accept(session, conversation_id, giulia, Reply(PAYLOADS[4]), clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        pages = [
            (await browser.get(path))[1]
            for path in (
                "/desk/",
                "/desk/mine",
                "/desk/all",
                "/desk/requests",
                f"/desk/search?{urlencode({'q': PAYLOADS[1]})}",
                f"/desk/c/{conversation_id}",
            )
        ]
        fragments = await browser.json(f"/desk/c/{conversation_id}/rows?since=0")

    for html in (*pages, fragments["rows"], fragments["panel"]):
        assert "<script>alert" not in html and "<img src=x" not in html and "<svg" not in html
    assert "&lt;script&gt;alert(1)" in pages[-1] and "{{7*7}}" in fragments["rows"]


async def test_every_answer_has_a_strict_policy(database: Database, clock: FixedClock, desk: DeskServer) -> None:
    async with desk.browser() as browser:
        for path in ("/desk/sign-in", "/desk/", "/desk/static/desk.js", "/desk/c/none"):
            async with browser.http.get(f"{desk.url}{path}", allow_redirects=False) as response:
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy and "unsafe" not in policy
                assert response.headers["X-Frame-Options"] == "DENY"


async def test_a_page_that_was_away_gets_what_it_has_not_got_once_and_in_order(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    giulia = account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        since = log.rows_since(session, conversation_id, 0)[-1].seq
        for number in range(5):
            say(session, f"messaggio {number}", clock.now())
        attending.note(session, conversation_id, giulia, "nel frattempo", clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        told = await browser.json(f"/desk/c/{conversation_id}/rows?since={since}&noted=")
        query = urlencode({"since": told["last_seq"], "noted": told["noted"]})
        more = await browser.json(f"/desk/c/{conversation_id}/rows?{query}")

    assert re.findall(r"messaggio \d", told["rows"]) == [f"messaggio {number}" for number in range(5)]
    assert "nel frattempo" in told["rows"]
    assert more["rows"].strip() == ""


async def test_the_card_tells_the_next_step_to_somebody_who_did_not_see_the_chat(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        import_shop(session, read_shop_file(ROOT / "tests" / "conversations" / "shop.json"), NOW)
        conversation_id = hand_over(
            session,
            clock.now(),
            case="report_item_problem",
            order_number="104206",
            description="la sedia è arrivata con una gamba rotta",
            phone="3331234567",
        )
        turn = log.rows_since(session, conversation_id, 0)[1]
        proofs.reserve_try(session, turn.id, "order", "104206", clock.now())
        proofs.grant(session, conversation_id, turn.id, "order", "104206", clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        _, page = await browser.get(f"/desk/c/{conversation_id}")

    assert "Ha ricevuto un articolo rotto o sbagliato (ordine 104206). Ha chiesto una persona." in page
    assert "la sedia è arrivata con una gamba rotta" in page
    assert "3331234567" in page and "Conosce numero ed e-mail: Ordine 104206" in page
    assert re.search(r"Ordine 104206</strong>: \w+", page)
    shown = re.sub(r"<datalist.*?</datalist>", "", page, flags=re.DOTALL)  # what a trainer may be told was meant
    assert "report_item_problem" not in shown


async def test_who_trains_reads_nothing_that_customers_wrote_to_agents(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Teresa", TRAINER)
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), text="voglio una persona, sono Ornella")
    async with desk.browser() as browser:
        await browser.http.post(
            f"{desk.url}/desk/sign-in", data={"email": "teresa@shop.example", "password": PASSWORD, "to": "/desk/"}
        )

        led = await browser.get("/desk/")
        pages = [
            await browser.get(path)
            for path in ("/desk/mine", "/desk/lists?list=queue", "/desk/search?q=persona", f"/desk/c/{conversation_id}")
        ]
        async with browser.http.get(f"{desk.url}/desk/inbox") as response:
            own = await response.text()

    assert led[0] == 302
    assert [status for status, _ in pages] == [403] * 4
    assert not any("Ornella" in page for _, page in pages)
    assert conversation_id not in own and "/desk/search" not in own


def test_who_trains_answers_nobody(database: Database, clock: FixedClock) -> None:
    account(database, clock, "Teresa", TRAINER)
    with database.writing() as session:
        [teresa] = agents.everybody(session)
        agents.begin_session(session, teresa.id, "token", clock.now())

        there = (agents.is_staffed(session), list(agents.answering(session)), list(agents.live(session, clock.now())))

    assert there == (False, [], [])
