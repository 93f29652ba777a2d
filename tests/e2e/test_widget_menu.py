"""The menu of the customers' chat: a copy on the clipboard and on paper, sounds, beginning again, leaving."""

from datetime import datetime, timezone
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from switchboard.body import ButtonMeaning, Reply
from switchboard.models import Conversation
from tests.e2e.line import Line
from tests.e2e.site import Site
from tests.e2e.widget_site import CARD, PHONE, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
NO_CLIPBOARD = """Object.defineProperty(navigator, "clipboard", {
  value: { write: () => Promise.reject(new DOMException("no", "NotAllowedError")) } });"""
NO_PRINTER = "window.print = () => { window.printed = true; };"
TONES = """window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) { window.tones += 1; start.call(this, when); };"""
TONES_OF_ONE_SOUND = 2
STORED = "Object.keys({...localStorage, ...sessionStorage})"
UNSENT = {"id": "x1", "text": "vecchio", "button": None, "at": "2026-11-23T09:15:02Z", "state": "waiting"}
WELCOME = "assistente automatico del negozio"


async def test_the_menu_is_used_with_the_keyboard_and_esc_closes_only_it(site: Site) -> None:
    chat = await site.opened()
    menu = chat.page.get_by_role("button", name="Altre opzioni")

    await menu.focus()
    await chat.page.keyboard.press("Enter")
    await chat.page.keyboard.press("ArrowDown")
    await expect(choice(chat, "Copia la conversazione")).to_be_focused()
    await chat.page.keyboard.press("ArrowUp")
    await expect(choice(chat, "Esci")).to_be_focused()
    await chat.page.keyboard.press("Escape")

    await expect(menu).to_be_focused()
    await expect(menu).to_have_attribute("aria-expanded", "false")
    await expect(choice(chat, "Stampa")).to_have_count(0)
    await expect(chat.input).to_be_visible()


async def test_the_menu_goes_away_when_one_goes_on_elsewhere(site: Site) -> None:
    chat = await site.opened()

    await open_menu(chat)
    await chat.log.click()
    await expect(choice(chat, "Stampa")).to_have_count(0)
    await open_menu(chat)
    await choice(chat, "Esci").focus()
    await chat.page.keyboard.press("Tab")

    await expect(choice(chat, "Stampa")).to_have_count(0)


async def test_a_copy_of_the_conversation_is_whole_with_dates_authors_and_cards(site: Site) -> None:
    chat = await site.opened(**CLIPBOARD)
    await chat.say("ordine")
    await chat.message("È in viaggio").wait_for()
    await site.write(chat, *(Reply(f"messaggio {number}") for number in range(1, 121)))
    await site.write(chat, Reply("Buongiorno"), kind="agent", author="Elena Conti")
    await chat.message("Buongiorno").wait_for()
    await chat.page.reload()
    await chat.message("Buongiorno").wait_for()

    await choose(chat, "Copia la conversazione")
    await expect(chat.page.get_by_text("Conversazione copiata")).to_be_visible()
    copied = await chat.page.evaluate("navigator.clipboard.readText()")

    lines = copied.splitlines()
    year = datetime.now(timezone.utc).strftime("%Y")
    assert lines[0] == "Assistenza clienti: conversazione in chat"
    assert year in lines[1] and year in lines[3]
    said = [line.partition("] ")[2] for line in lines if line.startswith("[")]
    assert said[0].startswith("Assistente automatico: ") and WELCOME in said[0]
    assert said[1:3] == ["Tu: ordine", "Assistente automatico: È in viaggio."]
    assert said[3:123] == [f"Assistente automatico: messaggio {number}" for number in range(1, 121)]
    assert said[123] == "Elena Conti, servizio clienti: Buongiorno"
    assert f"    {CARD['title']}" in lines and "    Corriere: BRT" in lines
    assert "    - In viaggio, in corso, oggi alle 9.15, Ultimo passaggio: Bologna" in lines
    assert "    Segui la spedizione: https://www.example.it/segui" in lines


async def test_where_the_clipboard_is_refused_the_text_is_there_to_be_copied_by_hand(site: Site) -> None:
    chat = await site.visit()
    await chat.page.add_init_script(NO_CLIPBOARD)
    await chat.page.reload()
    await chat.open()

    await choose(chat, "Copia la conversazione")
    text = chat.page.get_by_role("textbox", name="Copia il testo")
    await expect(text).to_be_focused()
    selected = await text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    await chat.page.keyboard.press("Escape")

    assert WELCOME in selected
    await expect(chat.input).to_be_visible()
    await expect(chat.page.get_by_role("button", name="Altre opzioni")).to_be_focused()


async def test_on_paper_there_is_the_whole_conversation_and_nothing_else(site: Site) -> None:
    chat = await site.visit()
    await chat.page.add_init_script(NO_PRINTER)
    await chat.page.reload()
    await chat.open()
    await chat.say("ordine")
    await chat.message("È in viaggio").wait_for()
    await site.write(chat, *(Reply(f"messaggio {number}") for number in range(1, 81)))
    await chat.message("messaggio 80").wait_for()
    await chat.page.reload()
    await chat.message("messaggio 80").wait_for()

    await choose(chat, "Stampa")
    await chat.page.wait_for_function("window.printed")
    on_screen = await chat.page.locator("sportello-print").is_visible()
    await chat.page.emulate_media(media="print")
    paper = chat.page.locator("sportello-print article")
    lines = [line for line in (await paper.inner_text()).splitlines() if line]
    shop = [await chat.page.get_by_role("heading", level=1).all_inner_texts(), await chat.log.is_visible()]
    pages = (await chat.page.pdf()).count(b"/Type /Page\n")

    assert not on_screen
    assert lines[0] == "Assistenza clienti: conversazione in chat" and lines[1].startswith("Copia del ")
    assert [line for line in lines if line.startswith("messaggio")] == [
        f"messaggio {number}" for number in range(1, 81)
    ]
    assert CARD["title"] in lines and "Corriere: BRT" in lines
    assert shop == [["Assistenza clienti: conversazione in chat"], False]
    assert pages >= 2
    await expect(paper).to_have_count(0)  # it was printed


async def test_sounds_are_off_until_the_customer_wants_them_and_only_for_what_nobody_looks_at(site: Site) -> None:
    chat = await site.visit()
    await chat.page.add_init_script(TONES)
    await chat.page.reload()
    await chat.open()
    before = await chat.page.evaluate(STORED)
    await open_menu(chat)
    sounds = chat.page.get_by_role("switch", name="Suoni")
    off = await sounds.get_attribute("aria-checked")
    await sounds.click()
    on = await sounds.get_attribute("aria-checked")
    await chat.page.keyboard.press("Escape")
    sample = await tones(chat)
    await chat.say("si sente?")
    await chat.message("eco: si sente?").wait_for()
    looking = await tones(chat)
    await chat.page.get_by_role("button", name="Chiudi la chat").click()
    await site.write(chat, Reply("novità"), Reply("un'altra"))
    await chat.page.get_by_role("button", name="2 messaggi nuovi").wait_for()
    await chat.page.wait_for_function(f"window.tones > {looking}")  # of several tabs one sounds: that takes a moment
    away = await tones(chat)
    await chat.page.reload()
    await chat.launcher.click()
    await chat.message("novità").wait_for()

    assert "sportello.sound" not in before
    assert (off, on) == ("false", "true")
    assert (sample, looking, away) == (TONES_OF_ONE_SOUND, TONES_OF_ONE_SOUND, 2 * TONES_OF_ONE_SOUND)
    assert await tones(chat) == 0  # restored messages are no news
    await open_menu(chat)
    await expect(sounds).to_have_attribute("aria-checked", "true")


async def test_beginning_again_is_asked_once_and_can_be_refused(site: Site) -> None:
    chat = await site.opened()
    await chat.say("prima")
    await chat.message("eco: prima").wait_for()

    await choose(chat, "Ricomincia")
    question = chat.page.get_by_role("alertdialog", name="Vuoi ricominciare?")
    await expect(question.get_by_role("button", name="Annulla")).to_be_focused()
    await question.get_by_role("button", name="Annulla").click()

    await expect(question).to_have_count(0)
    await expect(chat.page.get_by_role("button", name="Altre opzioni")).to_be_focused()
    assert (await chat.said())[1:] == ["prima", "eco: prima"]


async def test_beginning_again_opens_a_conversation_in_which_old_buttons_do_nothing(site: Site) -> None:
    chat = await site.opened()
    await chat.say("ordine")
    await chat.page.get_by_role("button", name="Altro ordine").wait_for()

    await choose(chat, "Ricomincia")
    await chat.page.get_by_role("alertdialog").get_by_role("button", name="Ricomincia").click()
    await expect(chat.log.get_by_text("Nuova conversazione")).to_be_visible()
    await expect(chat.input).to_be_focused()
    await chat.say("nuova")
    await chat.message("eco: nuova").wait_for()

    await expect(chat.page.get_by_role("button", name="Altro ordine")).to_have_count(0)
    said = await chat.said()
    assert said[1:3] == ["ordine", "È in viaggio."] and WELCOME in said[3] and said[4:] == ["nuova", "eco: nuova"]


async def test_with_a_person_beginning_again_is_refused_in_the_shops_words(site: Site) -> None:
    chat = await site.opened()
    await set_owner(site, "human")

    await chat.say("ci siete?")
    await choose(chat, "Ricomincia")
    question = chat.page.get_by_role("alertdialog")
    await question.get_by_role("button", name="Ricomincia").click()

    await expect(question.get_by_role("alert")).to_contain_text("persona")
    await chat.page.keyboard.press("Escape")
    await expect(chat.log.get_by_text("Nuova conversazione")).to_have_count(0)


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
async def test_who_leaves_leaves_nothing_here_nor_in_the_other_tabs(site: Site, screen: dict[str, Any]) -> None:
    chat = await site.opened(**screen)
    await chat.say("un segreto")
    await chat.message("eco: un segreto").wait_for()
    token = await chat.page.evaluate("localStorage.getItem('sportello.session')")
    other = Chat(await chat.page.context.new_page())
    site.chats.append(other)
    await other.page.goto(site.front.url)
    await other.open()
    await other.message("eco: un segreto").wait_for()
    await other.input.fill("quasi detto")

    await choose(chat, "Esci")
    question = chat.page.get_by_role("alertdialog", name="Vuoi uscire dalla conversazione?")
    await expect(question.get_by_role("button", name="Annulla")).to_be_focused()
    await question.get_by_role("button", name="Esci").click()

    for tab in (chat, other):
        await expect(tab.page.get_by_role("alertdialog", name="La conversazione è chiusa")).to_be_visible()
        assert await tab.page.evaluate(STORED) == []
        assert "segreto" not in await tab.page.locator("sportello-chat").evaluate("c => c.shadowRoot.textContent")
    await other.page.get_by_role("button", name="Inizia una nuova conversazione").click()
    await other.message(WELCOME).wait_for()
    assert await other.said("customer") == [] and await other.input.input_value() == ""
    await chat.page.evaluate("token => localStorage.setItem('sportello.session', token)", token)
    await chat.page.reload()
    await chat.open()
    assert await chat.said("customer") == []  # the token opens nothing any more


async def test_who_leaves_while_the_line_is_down_sends_nothing_afterwards(site: Site) -> None:
    async with Line(site.front.port).serving() as line:
        chat = await site.visit(line.url)
        await chat.open()
        line.cut()
        await chat.say("mai partito")
        await expect(chat.log.get_by_text("In attesa di connessione")).to_be_visible()

        await choose(chat, "Esci")
        await chat.page.get_by_role("alertdialog").get_by_role("button", name="Esci").click()
        stored = await chat.page.evaluate(STORED)
        line.mend()
        await chat.page.get_by_role("button", name="Inizia una nuova conversazione").click()
        await chat.message(WELCOME).wait_for()
        await chat.say("dopo")
        await chat.message("eco: dopo").wait_for()

    assert stored == []
    assert await chat.said("customer") == ["dopo"]
    assert "mai partito" not in [call["text"] for call in site.engine.calls]


async def test_a_tab_whose_session_was_left_while_it_was_closed_sends_nothing_of_it(site: Site) -> None:
    chat = await site.opened()
    await chat.page.evaluate("sessionStorage.setItem('sportello.draft', 'quasi detto')")
    await chat.page.evaluate("items => sessionStorage.setItem('sportello.outbox', JSON.stringify(items))", [UNSENT])
    await chat.page.evaluate("localStorage.removeItem('sportello.session')")

    await chat.page.reload()
    await chat.page.get_by_role("button", name="Inizia una nuova conversazione").click()
    await chat.message(WELCOME).wait_for()

    assert await chat.said("customer") == [] and await chat.input.input_value() == ""
    assert "vecchio" not in [call["text"] for call in site.engine.calls]


async def test_one_message_is_copied_with_the_mouse_or_the_keyboard(site: Site) -> None:
    chat = await site.opened(**CLIPBOARD)
    await chat.say("prima")
    await chat.message("eco: prima").wait_for()

    await chat.message("eco: prima").hover()
    await copy_button(chat).click()
    by_mouse = await clipboard(chat)
    await chat.page.mouse.move(0, 0)
    await chat.input.focus()
    await copy_button(chat).focus()
    await chat.page.keyboard.press("ArrowUp")
    await expect(copy_button(chat)).to_have_accessible_name("Copia il messaggio (Tu)")
    await chat.page.keyboard.press("Enter")
    await chat.page.wait_for_function("navigator.clipboard.readText().then(text => text === 'prima')")

    assert by_mouse == "eco: prima"


async def test_one_message_is_copied_with_a_finger(site: Site) -> None:
    chat = await site.opened(**PHONE, **CLIPBOARD)
    await chat.say("col dito")
    await chat.message("eco: col dito").wait_for()

    await chat.message("eco: col dito").tap()
    await copy_button(chat).tap()

    assert await clipboard(chat) == "eco: col dito"


async def test_buttons_of_a_message_survive_the_menu(site: Site) -> None:
    chat = await site.opened()
    await site.write(chat, Reply("Quale?", (ButtonMeaning("Il primo", "greet"),)))
    await chat.page.get_by_role("button", name="Il primo").wait_for()

    await choose(chat, "Ricomincia")
    await chat.page.keyboard.press("Escape")
    await chat.page.get_by_role("button", name="Il primo").click()

    await expect(chat.message("eco: Il primo")).to_be_visible()


async def open_menu(chat: Chat) -> None:
    await chat.page.get_by_role("button", name="Altre opzioni").click()


async def choose(chat: Chat, title: str) -> None:
    await open_menu(chat)
    await choice(chat, title).click()


def choice(chat: Chat, title: str) -> Locator:
    return chat.page.get_by_role("button", name=title, exact=True)


def copy_button(chat: Chat) -> Locator:
    return chat.page.get_by_role("button", name="Copia il messaggio")


async def clipboard(chat: Chat) -> str:
    await expect(chat.page.get_by_text("Messaggio copiato")).to_be_visible()
    return await chat.page.evaluate("navigator.clipboard.readText()")


async def tones(chat: Chat) -> int:
    return await chat.page.evaluate("window.tones")


async def set_owner(site: Site, owner: str) -> None:
    """Every open conversation is somebody else's now."""
    await site.database.write(lambda session: session.query(Conversation).update({Conversation.owner: owner}))
