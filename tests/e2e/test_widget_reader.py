"""The customers' chat without a mouse and without a screen: the keyboard's way, names, and what is read aloud."""

import pytest
from playwright.async_api import Page, expect

from switchboard.body import Reply
from tests.e2e import reader
from tests.e2e.site import Site
from tests.e2e.widget_site import PHONE, Chat
from tests.front.fake_engine import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
WINDOW = "Assistenza clienti"
MOST_TABS = 60
FOCUSED = """() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.getAttribute("aria-label") ?? element.innerText;
}"""
USABLE = """log => [...log.closest("dialog").querySelectorAll("button, a, textarea, input, select, [tabindex='0']")]
  .filter(element => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]"))
  .map(element => element.getAttribute("aria-label") ?? element.innerText)"""


async def test_the_whole_journey_with_the_keyboard_only(site: Site) -> None:
    chat = await site.visit()
    press = chat.page.keyboard.press

    await tab_to(chat.page, "Apri la chat di assistenza")
    await press("Enter")
    await chat.message("assistente automatico del negozio").wait_for()
    await chat.page.keyboard.type("ord")
    await press("Shift+Enter")
    await press("Backspace")
    await chat.page.keyboard.type("ine")
    await press("Enter")
    await chat.page.get_by_role("button", name="Altro ordine").wait_for()
    await tab_to(chat.page, "Altro ordine", key="Shift+Tab")
    await press("Enter")
    await chat.message("eco: Altro ordine").wait_for()
    after_button, said = await focused(chat.page), await chat.said()
    await press("Escape")
    await expect(chat.launcher).to_be_focused()
    await press("Enter")
    await expect(chat.input).to_be_focused()
    await tab_to(chat.page, "Chiudi la chat", key="Shift+Tab")
    await press("Enter")

    await expect(chat.launcher).to_be_focused()
    await expect(chat.page.get_by_role("dialog")).to_have_count(0)
    assert after_button == "Scrivi un messaggio"
    assert said[1:] == ["ordine", "È in viaggio.", "Altro ordine", "eco: Altro ordine"]


async def test_tab_reaches_every_control_of_the_window_in_the_order_of_the_screen(site: Site) -> None:
    chat = await site.opened()
    await chat.say("ordine")
    await chat.page.get_by_role("button", name="Altro ordine").wait_for()
    usable = await chat.log.evaluate(USABLE)

    await tab_to(chat.page, usable[0], key="Shift+Tab")
    met = [await focused(chat.page)]
    for _ in usable[1:]:
        await chat.page.keyboard.press("Tab")
        met.append(await focused(chat.page))

    assert met == usable


async def test_on_a_phone_the_focus_does_not_leave_the_window_for_the_page_behind(site: Site) -> None:
    chat = await site.visit(**PHONE)
    await chat.open()

    inside = []
    for _ in range(12):
        await chat.page.keyboard.press("Tab")
        inside.append(await chat.page.evaluate("['SPORTELLO-CHAT', 'BODY'].includes(document.activeElement.tagName)"))

    assert all(inside)


async def test_everything_in_the_window_has_a_name_and_the_log_is_a_log(site: Site) -> None:
    chat = await site.opened()
    await chat.say("ordine")
    await chat.page.get_by_role("button", name="Altro ordine").wait_for()

    found = await reader.controls(chat.page, WINDOW)
    log = next(node for node in await reader.tree(chat.page) if node["role"] == "log")

    named = ("button", "link", "textbox", "region", "group", "log", "heading", "menu", "menuitem", "checkbox")
    assert [(role, name) for role, name in found if role in named and not name] == []
    assert {
        ("button", "Chiudi la chat"),
        ("log", "Messaggi della conversazione"),
        ("region", "Ordine 104233"),
        ("link", "Segui la spedizione (si apre in una nuova scheda)"),
        ("button", "Altro ordine"),
        ("textbox", "Scrivi un messaggio"),
        ("button", "Invia"),
    } <= set(found)
    assert (log["live"], log["atomic"], log["relevant"]) == ("polite", False, "additions")


async def test_a_new_message_is_read_aloud_once_with_its_author_and_a_restored_one_never(site: Site) -> None:
    chat = await listened(site)
    await chat.open()
    await chat.say("prima domanda")
    await chat.message("eco: prima domanda").wait_for()
    await site.write(chat, Reply("Eccomi"), kind="agent", author="Elena Conti")
    await chat.message("Eccomi").wait_for()
    before = await reader.heard(chat.page)
    await chat.page.reload()
    await chat.message("Eccomi").wait_for()
    await expect(chat.log).to_have_attribute("aria-live", "polite")
    await site.write(chat, Reply("dopo il ritorno"))
    await chat.message("dopo il ritorno").wait_for()
    after = await reader.heard(chat.page)

    assert len([text for text in before if text.endswith("eco: prima domanda")]) == 1
    assert len([text for text in before if "Elena Conti" in text and "Eccomi" in text]) == 1
    assert len([text for text in before if "Assistente" in text and "eco:" in text]) == 1
    assert [text for text in after if "domanda" in text or "Eccomi" in text or "Ciao" in text] == []
    assert len([text for text in after if "dopo il ritorno" in text]) == 1


async def test_the_welcome_of_a_first_visit_is_read_aloud(site: Site) -> None:
    chat = await listened(site)

    await chat.open()

    assert len([text for text in await reader.heard(chat.page) if "assistente automatico del negozio" in text]) == 1


async def test_what_was_missed_while_the_line_was_cut_is_read_aloud_once(site: Site) -> None:
    chat = await listened(site)
    await chat.open()
    await chat.say("ci sei?")
    await chat.message("eco: ci sei?").wait_for()

    await chat.page.context.set_offline(True)
    await site.write(chat, Reply("scritto mentre eri via"))
    await chat.page.context.set_offline(False)
    await chat.message("scritto mentre eri via").wait_for()

    heard = await reader.heard(chat.page)
    assert [len([text for text in heard if text.endswith(said)]) for said in ("eco: ci sei?", "eri via")] == [1, 1]


async def test_a_message_that_comes_while_the_window_is_closed_is_told_once(site: Site) -> None:
    chat = await listened(site)
    await chat.open()
    await chat.page.keyboard.press("Escape")

    await site.write(chat, Reply("sei ancora lì?"))
    await chat.page.get_by_role("button", name="1 messaggio nuovo").wait_for()

    assert [text for text in await reader.heard(chat.page) if "1 messaggio nuovo" in text] == ["1 messaggio nuovo"]


async def test_the_end_of_a_line_is_told_in_words(site: Site) -> None:
    chat = await listened(site)
    await chat.open()

    await chat.page.context.set_offline(True)
    await chat.page.get_by_text("Sei offline").wait_for()

    assert [text for text in await reader.heard(chat.page) if "Sei offline" in text]


async def test_the_chat_is_italian_on_an_english_page(site: Site) -> None:
    chat = await site.opened()

    await chat.page.evaluate("document.documentElement.lang = 'en'")

    assert await chat.log.evaluate("log => log.closest('[lang]').lang") == "it"
    assert await chat.launcher.count() == 0 and await chat.log.count() == 1


async def test_typing_is_shown_while_the_answer_is_made_and_never_stays(site: Site) -> None:
    chat = await site.opened()
    behaviour = site.engine.behaviour
    answered: list[bool] = []

    async def slow(request: dict) -> dict:
        await chat.page.get_by_text("sta scrivendo").wait_for()
        answered.append(True)
        return await behaviour(request)

    site.engine.behaviour = slow
    await chat.say("pensaci")
    await until(lambda: answered)
    await chat.message("eco: pensaci").wait_for()

    await expect(chat.page.get_by_text("sta scrivendo")).to_be_hidden()


async def listened(site: Site) -> Chat:
    chat = await site.visit()
    await reader.listen(chat.page)
    await chat.page.reload()
    return chat


async def focused(page: Page) -> str:
    return await page.evaluate(FOCUSED)


async def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    for _ in range(MOST_TABS):
        if await focused(page) == name:
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{key} never reaches {name!r}")
