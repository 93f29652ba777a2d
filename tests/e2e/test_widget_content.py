"""Whatever stands in a message: much of it, strange scripts, and what strangers would like a browser to run."""

import json
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from switchboard.body import ButtonMeaning, Reply
from tests.e2e.site import Site
from tests.e2e.widget_site import PHONE, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
HISTORY = 500
LONGEST_SENT = 2_000
SCRIPT = "<img src=/stolen onerror=alert(1)><script>alert(2)</script><a href='javascript:alert(3)'>qui</a>"
TARGETS = (
    "javascript:alert(4)",
    "JaVaScRiPt:alert(5)",
    " javascript:alert(6)",
    "java\nscript:alert(7)",
    "data:text/html,<script>alert(8)</script>",
    "vbscript:msgbox(9)",
    "blob:http://127.0.0.1/1",
    "file:///etc/passwd",
    '" onmouseover="alert(10)',
)
CARDS: tuple[dict[str, Any], ...] = (
    {
        "kind": "timeline",
        "title": SCRIPT,
        "steps": [{"label": SCRIPT, "at": SCRIPT, "state": "done", "note": SCRIPT}],
        "facts": [{"label": SCRIPT, "value": SCRIPT}],
    },
    {
        "kind": "records",
        "title": SCRIPT,
        "items": [{"title": SCRIPT, "subtitle": SCRIPT, "state": "done", "state_label": SCRIPT, "button": 0}],
    },
    {"kind": "product", "title": SCRIPT, "image": None, "alt": SCRIPT, "price": SCRIPT, "facts": []},
    {"kind": "document", "title": SCRIPT, "facts": [{"label": SCRIPT, "value": SCRIPT}], "about": SCRIPT},
    {"kind": SCRIPT, "title": SCRIPT},
    {"kind": "timeline", "title": "rotta", "steps": None, "facts": None, "links": None},
)
STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"
PAGE = "<!doctype html><html lang='it'><title>Negozio</title><main><h1>Negozio</h1></main>{}</html>"


async def test_a_history_of_500_messages_is_read_upward_to_its_beginning_in_order(site: Site) -> None:
    chat = await site.opened()
    await chat.say("inizio")
    await chat.message("eco: inizio").wait_for()
    await site.write(chat, *(Reply(f"messaggio {number}") for number in range(1, HISTORY + 1)))
    await chat.message(f"messaggio {HISTORY}").wait_for()

    await chat.page.reload()
    await chat.message(f"messaggio {HISTORY}").wait_for()
    await expect(chat.message(f"messaggio {HISTORY}")).to_be_in_viewport()
    await scroll_up_to(chat, chat.message("assistente automatico del negozio"))

    expected = ["inizio", "eco: inizio", *(f"messaggio {number}" for number in range(1, HISTORY + 1))]
    assert (await chat.said())[1:] == expected


async def test_reading_above_is_not_disturbed_by_what_comes_below(site: Site) -> None:
    chat = await site.opened()
    await site.write(chat, *(Reply(f"messaggio {number}") for number in range(1, 41)))
    await chat.message("messaggio 40").wait_for()
    await chat.message("messaggio 20").scroll_into_view_if_needed()
    before = await chat.message("messaggio 20").bounding_box()

    await site.write(chat, Reply("qualcosa di nuovo"))
    await chat.message("qualcosa di nuovo").wait_for(state="attached")

    assert await chat.message("messaggio 20").bounding_box() == before
    await chat.page.get_by_role("button", name="Nuovi messaggi").click()
    await expect(chat.message("qualcosa di nuovo")).to_be_in_viewport()


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
async def test_long_words_stay_inside(site: Site, screen: dict) -> None:
    word = "Donaudampfschiff" * 40
    card = {**CARDS[0], "title": word, "steps": [{"label": word, "at": word, "state": "current", "note": word}]}
    chat = await site.opened(**screen)

    await site.write(chat, Reply(word, (ButtonMeaning(word, "greet"),), card), kind="agent", author=word)
    await chat.message(word).wait_for()

    assert await chat.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    assert await chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_scripts_and_signs_of_the_whole_world_arrive_as_they_were_written(site: Site) -> None:
    texts = [
        "👩‍👩‍👧‍👦🏳️‍🌈 ciao 🇮🇹",
        "שלום, איפה ההזמנה שלי 104233?",
        "أين طلبي 104233؟",
        "é e ñ",
        "𝕊𝕡𝕠𝕣𝕥𝕖𝕝𝕝𝕠",
        "a\u202eb",
    ]
    chat = await site.opened()

    for text in texts:
        await chat.say(text)
        await chat.message(f"eco: {text}").wait_for()

    assert await chat.said("customer") == texts
    directions = await chat.log.locator(".from-customer .bubble").evaluate_all(
        "all => all.map(bubble => getComputedStyle(bubble).direction)"
    )
    assert directions == ["ltr", "rtl", "rtl", "ltr", "ltr", "ltr"]


async def test_twenty_kilobytes_from_the_shop_arrive_whole_and_are_read_from_their_beginning(site: Site) -> None:
    text = "\n".join(f"riga {number}: " + "x" * 80 for number in range(1, 231))
    assert len(text) > 20_000
    chat = await site.opened()

    await site.write(chat, Reply(text))
    await chat.message("riga 230").wait_for()

    assert (await chat.said("bot"))[1] == text
    log, bubble = await chat.log.bounding_box(), await chat.message("riga 230").bounding_box()
    assert log and bubble and 0 <= bubble["y"] - log["y"] < 80


async def test_twenty_kilobytes_from_the_customer_are_refused_in_clear_words(site: Site) -> None:
    chat = await site.opened()

    await chat.say("x" * 20_000)

    await expect(chat.page.get_by_text(f"{20_000 - LONGEST_SENT} caratteri di troppo")).to_be_visible()
    assert await chat.said("customer") == []
    assert await chat.input.input_value() == "x" * 20_000  # nothing that was written is lost


async def test_what_the_server_finds_too_long_can_be_shortened_and_sent(site: Site) -> None:
    """A customer's open page may be older than the server's limit: the server's own refusal must read well too."""
    chat = await site.visit()
    await chat.page.route("**/composer.js", lambda route: answered_with(route, "MAX_CHARACTERS = 2_000", "30_000"))
    await chat.page.reload()
    await chat.open()

    await chat.say("x" * 2_001)
    await expect(chat.log.get_by_text("troppo lungo")).to_be_visible()
    await chat.log.get_by_role("button", name="Modifica").click()
    await chat.say("più corto")
    await chat.message("eco: più corto").wait_for()

    assert await chat.said("customer") == ["più corto"]


async def test_nothing_that_a_stranger_writes_runs_or_loads(site: Site) -> None:
    chat = await site.opened()
    alarms: list[str] = []
    chat.page.on("dialog", lambda dialog: alarms.append(dialog.message))
    chat.page.on("request", lambda request: alarms.append(request.url))
    links = [{"title": SCRIPT, "url": target} for target in TARGETS]
    buttons = tuple(ButtonMeaning(title, "greet") for title in (SCRIPT, *TARGETS))

    await chat.say(SCRIPT)
    await chat.message("eco: <img").wait_for()
    for card in CARDS:
        await site.write(chat, Reply(SCRIPT, buttons, {"links": links, **card}))
    await site.write(chat, Reply(" ".join(TARGETS)), kind="agent", author=SCRIPT)
    await site.write(chat, Reply(SCRIPT), kind="system")
    await site.write(chat, Reply("fine"))
    await chat.message("fine").wait_for()

    assert alarms == []
    assert await chat.log.locator("img, script, iframe, object, embed, [onerror], [onmouseover]").count() == 0
    assert [href for href in await targets(chat.log) if not href.startswith("http")] == []
    assert [href for href in await targets(chat.log) if "alert" in href] == []
    assert (await chat.said("customer"))[0] == SCRIPT
    await expect(chat.log.get_by_text(SCRIPT).first).to_be_attached()


async def test_a_hostile_button_says_what_is_written_on_it_and_does_nothing_else(site: Site) -> None:
    chat = await site.opened()
    alarms: list[str] = []
    chat.page.on("dialog", lambda dialog: alarms.append(dialog.message))
    await site.write(chat, Reply("Scegli", (ButtonMeaning(TARGETS[0], "greet"), ButtonMeaning(SCRIPT, "greet"))))

    await chat.page.get_by_role("button", name=SCRIPT).click()
    await chat.message(f"eco: {SCRIPT}").wait_for()

    assert alarms == []
    assert await chat.said("customer") == [SCRIPT]


async def test_a_page_with_the_strictest_policy_runs_the_whole_chat(site: Site) -> None:
    address = f"{site.front.url}strict"
    script = '<script type="module" src="/widget/sportello-chat.js"></script>'
    chat = await site.visit()
    headers = {"Content-Security-Policy": STRICT, "Content-Type": "text/html; charset=utf-8"}
    await chat.page.route(address, lambda route: route.fulfill(body=PAGE.format(script), headers=headers))

    await chat.page.goto(address)
    await chat.open()
    await chat.say("ordine")
    await chat.page.get_by_role("region", name="Ordine 104233").wait_for()

    assert chat.faults == []
    assert await chat.input.evaluate("input => getComputedStyle(input).fontSize") == "16px"  # its styles are there


async def scroll_up_to(chat: Chat, first: Locator) -> None:
    """Turn the wheel upward until `first` is there; older messages may arrive on the way."""
    await chat.log.hover()
    for _ in range(200):
        if await first.count() and await chat.log.evaluate("log => log.scrollTop === 0"):
            return
        await chat.page.mouse.wheel(0, -3_000)
        await chat.page.wait_for_function("() => new Promise(requestAnimationFrame).then(() => true)")
    raise AssertionError("the beginning never came")


async def targets(within: Locator) -> list[str]:
    return await within.locator("a").evaluate_all("all => all.map(link => link.href)")


async def answered_with(route: Route, before: str, after: str) -> None:
    """The file as the front sends it, with one change."""
    response = await route.fetch()
    text = await response.text()
    name = before.split(" = ")[0]
    assert before in text, json.dumps(before)
    await route.fulfill(response=response, body=text.replace(before, f"{name} = {after}"))
