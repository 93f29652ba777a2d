"""The small signs in the customers' chat: cards, marks of delivery, what is new, who is writing, the draft."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect

from switchboard import log
from switchboard.body import ButtonMeaning, Reply
from switchboard.models import Conversation
from tests.e2e.site import Site
from tests.e2e.widget_site import Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
RECORDS = {
    "kind": "records",
    "title": "I tuoi ordini",
    "items": [
        {
            "title": "Ordine 104233",
            "subtitle": "20 novembre",
            "state": "current",
            "state_label": "In viaggio",
            "button": 0,
        },
        {"title": "Ordine 104101", "subtitle": None, "state": "done", "state_label": None, "button": None},
        {"title": "Ordine 1", "subtitle": None, "state": None, "state_label": None, "button": 9},
    ],
}
PRODUCT = {
    "kind": "product",
    "title": "Lampadario Sole",
    "image": "https://images.example.it/sole.png",
    "alt": "Lampadario di rattan",
    "price": "189,00 €",
    "facts": [{"label": "Diametro", "value": "50 cm"}],
    "links": [
        {"title": "Vedi", "url": "https://www.example.it/sole"},
        {"title": "Senza chiave", "url": "http://www.example.it"},
    ],
}
DOCUMENT = {
    "kind": "document",
    "title": "Ricevuta del recesso",
    "about": "Con data e ora.",
    "facts": [{"label": "Ordine", "value": "104233"}],
    "links": [{"title": "Scarica", "url": "https://www.example.it/r.pdf"}],
}
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>'
AWAY = """Object.defineProperty(document, "hidden", { get: () => window.away === true, configurable: true });
window.look = (away) => { window.away = away; document.dispatchEvent(new Event("visibilitychange")); };"""
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get: () => { throw new DOMException("no", "SecurityError"); } });"""


async def test_a_record_is_the_messages_own_button_shown_once_and_used_once(site: Site) -> None:
    chat = await site.opened()
    buttons = (ButtonMeaning("Dettagli di 104233", "track_order"), ButtonMeaning("Nessuno di questi", "deny"))
    await site.write(chat, Reply("Quale?", buttons, RECORDS))
    card = chat.page.get_by_role("region", name="I tuoi ordini")
    await card.wait_for()

    records = await card.get_by_role("listitem").all_text_contents()
    loose = await chat.page.get_by_role("group", name="Risposte rapide").last.get_by_role("button").all_inner_texts()
    await card.get_by_role("button", name=re.compile("^Ordine 104233.*In viaggio$")).click()
    await chat.message("eco: Dettagli di 104233").wait_for()

    assert records == ["Ordine 104233, 20 novembre, In viaggio", "Ordine 104101, fatto", "Ordine 1"]
    assert loose == ["Nessuno di questi"]
    await expect(card.get_by_role("button")).to_have_count(0)
    assert await card.get_by_role("listitem").all_text_contents() == records


async def test_a_product_shows_its_picture_to_nobody_else_and_only_safe_links(site: Site) -> None:
    asked: list[dict[str, str]] = []

    async def picture(route: Route) -> None:
        asked.append(await route.request.all_headers())
        await route.fulfill(body=SQUARE, content_type="image/svg+xml")

    chat = await site.visit(bypass_csp=True)
    await chat.page.route("https://images.example.it/*", picture)
    await chat.open()
    await site.write(chat, Reply("Eccolo.", card=PRODUCT))
    card = chat.page.get_by_role("region", name="Lampadario Sole")
    image = card.get_by_role("img", name="Lampadario di rattan")
    await image.wait_for()
    box = await image.bounding_box()

    assert asked and "referer" not in asked[0]
    assert box and abs(box["width"] / box["height"] - 4 / 3) < 0.02
    assert await card.get_by_role("link").evaluate_all("all => all.map(a => a.href + ' ' + a.rel)") == [
        "https://www.example.it/sole noopener noreferrer"
    ]
    await expect(card).to_contain_text("189,00 €")


async def test_a_picture_that_the_page_refuses_leaves_no_hole(site: Site) -> None:
    chat = await site.opened()

    await site.write(chat, Reply("Eccolo.", card=PRODUCT))
    card = chat.page.get_by_role("region", name="Lampadario Sole")
    await card.wait_for()

    await expect(card.locator("img")).to_have_count(0)
    await expect(card).to_contain_text("189,00 €")
    refused = [fault for fault in chat.faults if "images.example.it" in fault]
    assert refused and len(refused) == len(chat.faults)
    chat.faults.clear()


async def test_a_document_tells_what_it_is_and_where(site: Site) -> None:
    chat = await site.opened()

    await site.write(chat, Reply("Ecco la ricevuta.", card=DOCUMENT))
    card = chat.page.get_by_role("region", name="Ricevuta del recesso")

    await expect(card).to_contain_text("Con data e ora.")
    await expect(card.get_by_role("link", name="Scarica")).to_have_attribute("href", "https://www.example.it/r.pdf")


async def test_a_message_is_marked_as_received_and_then_as_read_by_a_person(site: Site) -> None:
    chat = await site.opened()
    await chat.say("uno")
    await chat.message("eco: uno").wait_for()
    await chat.say("due")
    await chat.message("eco: due").wait_for()
    received = await chat.log.locator(".status").all_inner_texts()

    await read_up_to(site, 2)
    await expect(chat.log.get_by_text("Letto da una persona")).to_be_visible()
    partly = await chat.log.locator(".status").all_inner_texts()
    await read_up_to(site, 9)
    await expect(chat.log.get_by_text("Ricevuto")).to_have_count(0)
    wholly = await chat.log.locator(".status").all_inner_texts()
    await chat.page.reload()
    await chat.message("eco: due").wait_for()

    assert [mark for mark in received if mark] == ["Ricevuto"]
    assert [mark for mark in partly if mark] == ["Letto da una persona", "Ricevuto"]
    assert [mark for mark in wholly if mark] == ["Letto da una persona"]
    assert await chat.log.locator(".status").all_inner_texts() == wholly


async def test_a_page_in_the_background_tells_in_its_title_what_is_new_and_where_it_begins(site: Site) -> None:
    chat = await site.visit()
    await chat.page.add_init_script(AWAY)
    await chat.page.reload()
    await chat.open()
    title = await chat.page.title()

    await chat.page.evaluate("look(true)")
    await site.write(chat, Reply("uno"), Reply("due"))
    await chat.message("due").wait_for()
    away = await chat.page.title()
    await chat.page.evaluate("document.title = '(7) Carrello'")  # the page has a number of its own
    await site.write(chat, Reply("tre"))
    await chat.message("tre").wait_for()
    changed = await chat.page.title()
    await chat.page.evaluate("look(false)")
    order = await chat.log.locator(".divider-news, .bubble").all_inner_texts()

    assert away == f"(2) {title}"
    assert changed == "(3) (7) Carrello"
    assert await chat.page.title() == "(7) Carrello"
    assert order[1:] == ["Nuovi messaggi", "uno", "due", "tre"]


async def test_the_line_above_what_is_new_goes_away_when_one_answers(site: Site) -> None:
    chat = await site.opened()
    await chat.page.get_by_role("button", name="Chiudi la chat").click()
    await site.write(chat, Reply("novità"))
    await chat.page.get_by_role("button", name="1 messaggio nuovo").click()
    await expect(chat.log.locator(".divider-news")).to_have_text("Nuovi messaggi")

    await chat.say("grazie")
    await chat.message("eco: grazie").wait_for()

    await expect(chat.log.locator(".divider-news")).to_have_count(0)


async def test_typing_belongs_to_who_is_writing_and_ends_by_itself(site: Site) -> None:
    chat = await site.visit()
    sockets = await watched(chat.page)
    await chat.page.clock.install()
    await chat.open()

    tell(sockets[-1], "typing", {"who": "agent", "name": "Elena Conti", "on": True, "expires_in": 60})
    typing = chat.page.get_by_text("Elena Conti sta scrivendo")
    await typing.wait_for()
    tell(sockets[-1], "typing", {"who": "bot", "name": None, "on": False})  # not hers
    await site.write(chat, Reply("un avviso"), kind="system")
    await chat.message("un avviso").wait_for()
    kept = await typing.is_visible()
    await chat.page.clock.fast_forward(4_000)
    still = await typing.is_visible()
    await chat.page.clock.fast_forward(7_000)  # not the 60 seconds it was told

    assert kept and still
    await expect(typing).to_be_hidden()


async def test_what_is_being_written_stays_in_its_tab_until_it_is_sent(site: Site) -> None:
    chat = await site.opened()
    await chat.input.fill("quasi\ndetto")
    other = Chat(await chat.page.context.new_page())
    site.chats.append(other)
    await other.page.goto(site.front.url)
    await other.open()

    await chat.page.reload()
    await chat.message("assistente automatico del negozio").wait_for()
    kept = await chat.input.input_value()
    await chat.input.press("Enter")
    await chat.message("eco: quasi").wait_for()

    assert kept == "quasi\ndetto" and await other.input.input_value() == ""
    assert await chat.page.evaluate("sessionStorage.getItem('sportello.draft')") is None


async def test_the_focus_returns_to_the_link_of_the_page_that_opened_the_chat(site: Site) -> None:
    chat = await site.visit()
    await chat.page.evaluate(
        """() => { const link = document.querySelector("a[href='#prova']");
        link.addEventListener("click", (event) => {
          event.preventDefault();
          document.querySelector("sportello-chat").show();
        }); }"""
    )

    await chat.page.get_by_role("link", name="Prova l'assistente").press("Enter")
    await expect(chat.input).to_be_focused()
    await chat.page.keyboard.press("Escape")

    await expect(chat.page.get_by_role("link", name="Prova l'assistente")).to_be_focused()


async def test_where_storage_is_forbidden_the_chat_works_all_the_same(site: Site) -> None:
    chat = await site.visit()
    await chat.page.add_init_script(NO_STORAGE)
    await chat.page.reload()
    await chat.open()

    await chat.say("si può?")
    await chat.message("eco: si può?").wait_for()

    assert await chat.said("customer") == ["si può?"]


async def read_up_to(site: Site, seq: int) -> None:
    """A person of the shop has read every open conversation so far."""

    def read(session: Any) -> None:
        for (id_,) in session.query(Conversation.id).filter(Conversation.closed_at.is_(None)).all():
            log.mark_read(session, id_, seq)

    await site.database.write(read)


async def watched(page: Page) -> list[WebSocketRoute]:
    """The page's websockets, newest last, through which a test can speak too."""
    sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    await page.route_web_socket("**/socket.io/**", connect)
    return sockets


def tell(socket: WebSocketRoute, event: str, data: dict[str, Any]) -> None:
    """Say something to the page as the server would: an engine.io message with a Socket.IO event in it."""
    socket.send(f"42{json.dumps([event, data])}")
