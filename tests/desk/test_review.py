"""Conversations are reviewed with everything personal masked, tagged, commented on, and made into tests."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from sqlalchemy import delete

from base.clock import FixedClock
from base.database import Database
from base.layers import Layers
from desk.as_test import Turn, sample_shop, titles, written
from desk.review_test import free_title
from desk.training import Training
from shop.models import CustomerRow, OrderRow
from shop.records import OrderState, PaymentMethod
from switchboard import attending, review
from switchboard.masking import mask_personal
from switchboard.models import Conversation, ReviewComment, ReviewTag
from switchboard.review import NoSuchConversation, Refusal
from tests.conftest import NOW
from tests.desk.desk_server import Browser, DeskServer, account
from tests.switchboard.desk import JOINED, agent
from tests.switchboard.talks import PERSON, REQUEST, Talker

MINUTE = timedelta(minutes=1)
SHOP = sample_shop(Layers())
MASK = Training().masked
REAL = "dov'è l'ordine 998 877? ugo.segreti@gmail.com, tel. 347 5551234"
WHO = "sono Ugo Segreti, abito in via Garibaldi 12; parlo con la signora Rosalba"


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


@pytest_asyncio.fixture
async def trainer(database: Database, clock: FixedClock, desk: DeskServer) -> AsyncIterator[Browser]:
    account(database, clock, "Tea", "trainer")
    async with desk.browser() as browser:
        await browser.sign_in("tea@shop.example")
        yield browser


@pytest.fixture
def anna(database: Database, clock: FixedClock) -> Talker:
    return Talker(database, clock)


def asks_about_an_order(anna: Talker) -> str:
    return anna.asks(
        "track_order",
        "utter_order_shipped",
        text=REAL,
        answers=("L'ordine 998877 è in viaggio, lo trovi con 1Z999AA10123456784.",),
        entities={"order_number": "998877", "email": "ugo.segreti@gmail.com"},
        read=[["order", "998877"]],
    )


async def test_a_trainer_reads_what_was_understood_and_nothing_that_is_personal(
    database: Database, clock: FixedClock, trainer: Browser, anna: Talker
) -> None:
    clock.move(timedelta(microseconds=1_400))  # is rounded down
    id_ = asks_about_an_order(anna)
    clock.move(MINUTE)
    anna.asks("nlu_fallback", "utter_not_understood", text="blu")
    clock.move(MINUTE)
    anna.asks("ask_human", effects=[PERSON], text=f"una persona, {WHO}")
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        attending.accept(session, id_, giulia, JOINED, clock.now())
        attending.reply(session, id_, giulia, "desk:1", "Chiami il 3475551234", clock.now())
        attending.note(session, id_, giulia, "cliente difficile", clock.now())
    clock.move(MINUTE)

    pages = [(await trainer.get(path))[1] for path in ("/desk/review", f"/desk/review/{id_}")]

    for page in pages:
        hidden = ("998 877", "998877", "ugo.segreti", "347 5551234", "3475551234", "1Z999", "Giulia", "difficile")
        hidden += ("Ugo", "Segreti", "Garibaldi", "Rosalba")
        assert [word for word in hidden if word in page] == []
    one = pages[1]
    assert "Ha capito: track_order, sicuro al 90 %" in one and "Non ha capito" in one
    assert "Ha trovato: E-mail, Ordine" in one and "utter_order_shipped" in one
    assert "Una persona del negozio" in one and "Con una persona" in one
    assert "<form" in one and f"/desk/c/{id_}" not in one


async def test_names_that_the_shop_s_records_tell_are_hidden_in_small_letters_too(
    database: Database, trainer: Browser, anna: Talker
) -> None:
    with database.writing() as session:
        session.add(CustomerRow(email="w@example.it", first_name="Wanda", last_name="Zanchetta"))
        session.flush()
        placed = {"placed_at": NOW, "payment_method": PaymentMethod.CARD, "total": Decimal("10.00")}
        session.add(OrderRow(number="104999", email="w@example.it", state=OrderState.PLACED, **placed))
    anna.asks("track_order", text="il pacco di zanchetta?", read=[["order", "104999"]])
    id_ = anna.asks("thank", text="ok, zanchetta ringrazia")

    pages = [(await trainer.get(f"/desk/review/{id_}{path}"))[1] for path in ("", "/test")]

    assert ["zanchetta" in page.lower() for page in pages] == [False, False]
    assert all("il pacco di •••••••••?" in page for page in pages)


LISTS = (
    ("", "abcd"),
    ("outcome=person", "b"),
    ("outcome=left", "c"),
    ("outcome=not_resolved", "c"),
    ("outcome=open", "ad"),
    ("outcome=resolved", ""),
    ("intent=track_order", "ac"),
    ("reason=intent", "b"),
    ("channel=telegram", "d"),
    ("missed=1", "c"),
    ("tag=Tono", "a"),
    ("tag=nessuno", ""),
    ("outcome=x&channel=fax&first=ieri&last=9999-12-31&page=-1", "abcd"),
    ("first=2026-11-24", "abcd"),  # after today, which is the last day
    ("last=2026-11-22", ""),
    ("page=7", ""),
)


async def test_the_list_shows_what_is_asked_for(database: Database, clock: FixedClock, trainer: Browser) -> None:
    a, b, c = (Talker(database, clock, "web", f"ws_{name}") for name in "abc")
    d = Talker(database, clock, "telegram", "44")
    ids = {a.asks("track_order"): "a", b.asks("request_return", effects=[REQUEST]): "b"}
    ids |= {c.asks("track_order"): "c", d.asks("find_store"): "d"}
    clock.move(MINUTE)
    c.asks("nlu_fallback")
    clock.move(MINUTE)
    with database.writing() as session:
        review.add_tag(session, next(iter(ids)), " Tono ", clock.now())

    for query, found in LISTS:
        status, page = await trainer.get(f"/desk/review?{query}")

        shown = sorted(ids[one] for one in re.findall(r'href="/desk/review/(cv_[^"]+)"', page))
        assert (query, status, "".join(shown)) == (query, 200, found)


async def test_tags_and_comments_are_written_and_taken_back(
    database: Database, clock: FixedClock, trainer: Browser, anna: Talker
) -> None:
    id_ = asks_about_an_order(anna)
    for tag in ("Da  Fare Prova", "da fare prova", "tono"):
        assert (await trainer.post(f"/desk/review/{id_}/tag", {"tag": tag}))[0] == 200
    await trainer.post(f"/desk/review/{id_}/comment", {"text": "meglio dire il corriere, non 3475551234 a Ugo Segreti"})

    page = (await trainer.get(f"/desk/review/{id_}"))[1]
    listed = (await trainer.get("/desk/review?tag=tono"))[1]
    with database.reading() as session:
        [comment] = review.comments_of(session, id_)

    assert page.count('<span class="tag">') == 2 and "meglio dire il corriere, non •" in page
    assert '<span class="tag">da fare prova</span>' in listed and "3475551234" not in page
    assert "a ••• •••••••" in comment.text and "Segreti" not in page

    await trainer.post(f"/desk/review/{id_}/tag", {"tag": "tono", "undo": "1"})
    await trainer.post(f"/desk/review/{id_}/comment", {"undo": comment.id})

    with database.reading() as session:
        assert review.tags_of(session, [id_]) == {id_: ["da fare prova"]}
        assert review.comments_of(session, id_) == []


async def test_what_cannot_be_kept_is_refused(database: Database, trainer: Browser, anna: Talker) -> None:
    id_ = anna.asks("track_order")

    for tag in ("", "x" * 41, "<script>", "ordine 104206"):
        assert (tag, (await trainer.post(f"/desk/review/{id_}/tag", {"tag": tag}))[0]) == (tag, 409)
    for text in ("  ", "x" * 2001):
        assert (await trainer.post(f"/desk/review/{id_}/comment", {"text": text}))[0] == 409

    with database.reading() as session:
        assert review.tags_of(session, [id_]) == {} and review.comments_of(session, id_) == []


async def test_supervisors_review_and_only_trainers_make_tests(
    database: Database, clock: FixedClock, desk: DeskServer, trainer: Browser, anna: Talker
) -> None:
    id_ = anna.asks("track_order")
    account(database, clock, "Marta", "supervisor")
    account(database, clock, "Giulia")
    paths = ("/desk/review", f"/desk/review/{id_}", f"/desk/review/{id_}/test")
    async with desk.browser() as marta, desk.browser() as giulia:
        await marta.sign_in("marta@shop.example")
        await giulia.sign_in("giulia@shop.example")
        seen = [(await who.get(path))[0] for who in (trainer, marta, giulia) for path in paths]
        menu = (await giulia.get("/desk/"))[1]

    assert seen == [200, 200, 200, 200, 200, 403, 403, 403, 403]
    assert "/desk/review" not in menu


async def test_there_is_nothing_to_do_with_a_conversation_that_is_not_there(trainer: Browser) -> None:
    for path in ("", "/test"):
        assert (await trainer.get(f"/desk/review/cv_none{path}"))[0] == 404
    assert (await trainer.post("/desk/review/cv_none/tag", {"tag": "tono"}))[0] == 404
    assert (await trainer.post("/desk/review/cv_none/comment", {"text": "tono"}))[0] == 404


def test_tags_and_comments_go_with_their_conversation(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        for id_ in ("pe_1",):
            session.execute(Conversation.__table__.metadata.tables["people"].insert(), {"id": id_, "created_at": NOW})
        session.add(Conversation(id="cv_1", person_id="pe_1", opened_at=NOW, last_at=NOW))
        session.flush()
        review.add_tag(session, "cv_1", "tono", NOW)
        review.add_comment(session, "cv_1", "da rivedere", mask_personal, NOW)
    with database.writing() as session:
        session.execute(delete(Conversation))

    with database.reading() as session:
        assert session.query(ReviewTag).count() == session.query(ReviewComment).count() == 0


def test_a_conversation_has_so_many_tags_and_must_be_there(database: Database, clock: FixedClock, anna: Talker) -> None:
    id_ = anna.asks("track_order")
    with database.writing() as session:
        for number in range(review.MOST_TAGS):
            review.add_tag(session, id_, f"etichetta {number}", NOW)
        with pytest.raises(Refusal):
            review.add_tag(session, id_, "una di troppo", NOW)
        review.add_tag(session, id_, "etichetta 3", NOW)
        with pytest.raises(NoSuchConversation):
            review.add_tag(session, "cv_none", "tono", NOW)


def turn(text: str, responses: tuple[str, ...] = ("utter_answer",), **values: Any) -> Turn:
    told = {"button": None, "files": 0, "intent": "track_order", **values}
    return Turn(text=text, responses=responses, **told)


def made(*turns: Turn) -> list[dict[str, Any]]:
    [item] = YAML(typ="safe").load(written("una prova", turns, SHOP, MASK))
    assert item["conversation"] == "una prova"
    return list(item["turns"])


def test_a_customers_values_become_those_of_the_test_shop() -> None:
    said = turn(REAL, ("utter_ask_order_status_form_email",), entities={"order_number": "998877"})
    later = turn("è il 998877, non il 112233", ("utter_order_parcel_in_transit",), intent="give_details")

    first, second = made(said, later)

    number = re.search(r"ordine (\d+)\?", first["customer"])
    assert number and any(one.number == number[1] for one in SHOP)
    assert first["customer"].endswith("? anna.rossi@example.it, tel. 333 1234567")
    assert first["intent"] == "track_order" and "intent" not in second
    assert second["customer"] == f"è il {number[1]}, non il ••••••"
    assert second["bot"] == ["utter_order_parcel_in_transit"]


def test_names_and_streets_stay_hidden_and_take_no_value_along() -> None:
    [asked] = made(
        turn("sono Ugo Segreti 998877 ugo.segreti@gmail.com, via Garibaldi 12", entities={"order_number": "998877"})
    )

    number = re.fullmatch(r"sono ••• ••••••• (\d+) anna\.rossi@example\.it, ••• ••••••••• ••", asked["customer"])
    assert number and any(one.number == number[1] for one in SHOP)


def test_the_record_is_one_of_which_tests_say_the_same() -> None:
    [asked] = made(turn("il reso R-55555?", ("utter_return_refused",), read=(("return", "R-55555"),)))

    assert asked["customer"] == "il reso R-20806?"


def test_buttons_files_and_two_records_are_written_as_tests_have_them() -> None:
    both = (("order", "111111"), ("order", "222222"))
    pressed, sent = made(
        turn("Ordine 111111", button="Ordine 111111", read=both),
        turn("", files=2, intent="send_attachment"),
    )

    assert pressed["button"].startswith("Ordine 104") and "customer" not in pressed and "intent" not in pressed
    assert sent == {"files": 2, "bot": ["utter_answer"]}
    [two] = made(turn("111111 e 222222", read=both))
    assert len(set(re.findall(r"\d{6}", two["customer"]))) == 2


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=40))
def test_whatever_was_written_the_test_can_be_read_and_holds_no_number(text: str, email: str) -> None:
    words = f"{text} 998877 {email}@example.org".strip()
    kept = "".join(c for c in words if c.isprintable() and not "\ud800" <= c <= "\udfff")

    [asked] = made(turn(kept, entities={"order_number": "998877"}))

    assert "998877" not in asked["customer"]
    assert len(asked["bot"]) == 1


class TestMaking:
    """By HTTP, with the command that writes."""

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        (tmp_path / "home").mkdir()
        return tmp_path / "home"

    @pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
    async def test_a_test_is_looked_at_put_right_and_written_once(
        self, database: Database, clock: FixedClock, anna: Talker, home: Path, tmp_path: Path
    ) -> None:
        file = home / "tests" / "conversations" / "orders.yml"
        file.parent.mkdir(parents=True)
        before = "# Le nostre.\n\n- conversation: una   # resta\n  turns:\n  - customer: 'ciao'\n"
        file.write_text(before)
        id_ = anna.asks(
            "track_order",
            "utter_ask_order_status_form_email",
            text="dov'è il 998877? il codice è AB12345678",
            entities={"order_number": "998877"},
        )
        account(database, clock, "Tea", "trainer")
        async with DeskServer(database, clock, tmp_path, home=home).serving() as server, server.browser() as browser:
            await browser.sign_in("tea@shop.example")
            page = (await browser.get(f"/desk/review/{id_}/test"))[1]
            text = unescaped(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])  # type: ignore[index]
            masked = await posted(browser, id_, topic="orders", text=text, write="1")
            right = text.replace("••••••••••", "nel messaggio")
            checked = await posted(browser, id_, topic="orders", text=right)
            untouched = file.read_text()
            wrote = await posted(browser, id_, topic="orders", text=right, write="1")
            again = await posted(browser, id_, topic="orders", text=right, write="1")
            bad = await posted(browser, id_, topic="../../etc", text=right, write="1")

        assert "AB12345678" not in page and "998877" not in page
        assert masked[0] == 409 and "valore nascosto" in masked[1]
        assert checked[0] == 200 and "È a posto" in checked[1] and untouched == before
        assert wrote[0] == 200 and "Scritta nella cartella del negozio" in wrote[1]
        assert file.read_text() == f"{before}\n{right}"
        assert again[0] == 409 and "c&#39;è già" in again[1]
        assert bad[0] == 409 and sorted(home.rglob("*.yml")) == [file]

    @pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
    async def test_without_a_folder_it_is_checked_and_only_copied(self, trainer: Browser, anna: Talker) -> None:
        id_ = anna.asks("track_order", "utter_ask_order_status_form_email", text="dov'è il mio ordine?")
        page = (await trainer.get(f"/desk/review/{id_}/test"))[1]
        text = unescaped(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])  # type: ignore[index]

        status, told = await posted(trainer, id_, topic="orders", text=text, write="1")

        assert "SPORTELLO_HOME" in page and 'name="write"' not in page
        assert status == 200 and "È a posto" in told


async def test_the_page_says_what_is_hidden(trainer: Browser) -> None:
    hidden = {
        "numeri": "104206",
        "e-mail": "ugo@example.it",
        "codici": "1Z999AA10123456784",
        "link": "https://x.example/a",
        "date": "12/03/1985",
        "nomi": "Ugo Segreti",
        "vie": "via Garibaldi 12",
    }
    hint = re.search(r'<p class="hint">([^<]*sono nascosti[^<]*)</p>', (await trainer.get("/desk/review"))[1])

    assert hint and [word for word in hidden if word not in hint[1].lower()] == []
    assert [one for one in hidden.values() if one in MASK(f"ecco: {one}")] == []


FIELD = re.compile(r'name="topic"[^>]* value="([^"]*)"')


async def test_a_test_begins_with_the_topic_of_what_was_asked_and_says_in_its_title_what_it_is_about(
    clock: FixedClock, trainer: Browser, anna: Talker
) -> None:
    anna.asks("greet", "utter_greet", text="ciao")
    clock.move(MINUTE)
    anna.asks("request_return", "utter_ask_return_form_order_number", text="vorrei restituire le scarpe")
    clock.move(MINUTE)
    anna.asks("track_refund", "utter_ask_refund_status_form_order_number", text="e i soldi quando tornano?")
    clock.move(MINUTE)
    id_ = anna.asks("nlu_fallback", "utter_not_understood", text="blu")

    page = (await trainer.get(f"/desk/review/{id_}/test"))[1]

    assert FIELD.search(page)[1] == "returns"  # type: ignore[index]
    title = "vuole rendere un articolo, poi vuole sapere quando arriva il rimborso, e lascia a metà"
    assert f'- conversation: "{title}"' in unescaped(page)


@pytest.mark.parametrize(
    ("intents", "topic", "title"),
    [
        (["ask_human"], "people", "vuole una persona, e finisce con una persona"),
        (["greet"], "general", "saluta"),
        (["nlu_fallback"], "", "nessuna richiesta capita, e lascia a metà"),
        (
            ["track_order", "find_store", "ask_price", "request_quote"],
            "orders",
            "vuole sapere dov'è il suo ordine, poi cerca un negozio o i suoi orari,"
            " poi vuole sapere quanto costa un articolo e altro, e riceve la risposta",
        ),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whatever_a_conversation_is_about_its_test_has_a_title_and_a_topic_if_there_is_one(
    clock: FixedClock, trainer: Browser, anna: Talker, intents: list[str], topic: str, title: str
) -> None:
    for intent in intents:
        id_ = anna.asks(intent, "utter_answer", effects=[PERSON] if intent == "ask_human" else (), text="sì")
        clock.move(MINUTE)

    page = (await trainer.get(f"/desk/review/{id_}/test"))[1]

    assert FIELD.search(page)[1] == topic  # type: ignore[index]
    assert f'- conversation: "{title}"' in unescaped(page)


def test_a_title_that_is_taken_gets_a_number() -> None:
    taken = titles(Layers())

    assert "chiede dov'è l'ordine, dà l'e-mail e lo sa" in taken
    assert free_title("nuova", taken) == "nuova"
    assert free_title("nuova", frozenset({"nuova", "nuova (2)"})) == "nuova (3)"


def unescaped(text: str) -> str:
    return text.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")


async def posted(browser: Browser, id_: str, **fields: str) -> tuple[int, str]:
    data = {"csrf": browser.csrf, **fields}
    async with browser.http.post(f"{browser.url}/desk/review/{id_}/test", data=data) as response:
        return response.status, await response.text()
