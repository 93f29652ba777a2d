"""The customers' chat on a phone: the whole screen, the keyboard that covers half of it, the back button."""

import pytest
from playwright.async_api import expect

from tests.e2e.site import Site
from tests.e2e.widget_site import PHONE, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
NARROWEST_WIDE = {"viewport": {"width": 480, "height": 800}}
KEYBOARD = """
const view = Object.assign(new EventTarget(), { height: innerHeight, width: innerWidth, offsetTop: 0, offsetLeft: 0,
  pageTop: 0, pageLeft: 0, scale: 1 });
Object.defineProperty(window, "visualViewport", { value: view });
window.keyboard = (height, offsetTop) => {
  Object.assign(view, { height: innerHeight - height, offsetTop });
  view.dispatchEvent(new Event("resize"));
  view.dispatchEvent(new Event("scroll"));
};
"""
BEHIND = "about:blank#prima"


async def test_under_480_pixels_the_chat_is_the_screen_and_from_480_on_a_window(site: Site) -> None:
    phone, wide = await site.opened(**PHONE), await site.opened(**NARROWEST_WIDE)

    screen = await phone.page.get_by_role("dialog").bounding_box()
    window = await wide.page.get_by_role("dialog").bounding_box()

    assert screen == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert window and window["width"] == 400 and window["height"] < 800


async def test_what_one_writes_in_is_too_large_to_be_magnified(site: Site) -> None:
    chat = await site.opened(**PHONE)

    sizes = await chat.page.get_by_role("dialog").evaluate(
        """dialog => [...dialog.querySelectorAll("input:not([type=file]), textarea, select")]
          .map(element => parseFloat(getComputedStyle(element).fontSize))"""
    )

    assert sizes and min(sizes) >= 16  # Safari magnifies the page for anything smaller


async def test_fingers_hit_every_control(site: Site) -> None:
    chat = await site.opened(**PHONE)
    await chat.say("ordine")
    await chat.page.get_by_role("button", name="Altro ordine").wait_for()

    small = []
    for control in await chat.page.get_by_role("dialog").get_by_role("button").all():
        box = await control.bounding_box()
        if box and min(box["width"], box["height"]) < 40:
            small.append((await control.get_attribute("aria-label") or await control.inner_text(), box))

    assert small == []


async def test_the_keyboard_covers_neither_what_one_writes_nor_the_newest_message(site: Site) -> None:
    chat = await site.visit(**PHONE)
    await chat.page.add_init_script(KEYBOARD)
    await chat.page.reload()
    await chat.open()
    for number in range(8):
        await chat.say(f"riga {number}")
    await chat.message("eco: riga 7").wait_for()

    await chat.page.evaluate("keyboard(400, 0)")
    await expect(chat.page.get_by_role("dialog")).to_have_css("height", "444px")
    composer, newest = await chat.input.bounding_box(), await chat.message("eco: riga 7").bounding_box()
    await chat.page.evaluate("keyboard(400, 60)")  # iOS pushes the page up instead of shrinking it
    pushed = await chat.page.get_by_role("dialog").bounding_box()
    await chat.page.evaluate("keyboard(0, 0)")

    assert composer and composer["y"] + composer["height"] <= 444
    assert newest and newest["y"] + newest["height"] <= composer["y"]
    assert pushed == {"x": 0, "y": 60, "width": 390, "height": 444}
    await expect(chat.page.get_by_role("dialog")).to_have_css("height", "844px")


async def test_back_closes_the_chat_and_back_again_leaves_the_page(site: Site) -> None:
    chat = await came_from_elsewhere(site)
    await chat.open()

    await chat.page.go_back()
    await expect(chat.page.get_by_role("dialog")).to_have_count(0)
    stayed = chat.page.url
    await chat.page.go_back()

    assert stayed == site.front.url
    assert chat.page.url == BEHIND


async def test_closing_by_hand_leaves_nothing_in_the_pages_history(site: Site) -> None:
    chat = await came_from_elsewhere(site)

    for _ in range(3):
        await chat.open()
        await chat.page.get_by_role("button", name="Chiudi la chat").click()
        await expect(chat.launcher).to_be_visible()
    await chat.page.go_back()

    assert chat.page.url == BEHIND


async def test_beside_the_page_the_chat_leaves_back_to_the_page(site: Site) -> None:
    chat = await site.visit(BEHIND)
    await chat.page.goto(site.front.url)
    await chat.open()

    await chat.page.go_back()

    assert chat.page.url == BEHIND


async def test_a_page_that_keeps_its_own_history_finds_it_as_it_was(site: Site) -> None:
    chat = await site.visit(**PHONE)
    await chat.page.evaluate("history.replaceState({shelf: 7}, '', '#scaffale'); window.states = []")
    await chat.page.evaluate("addEventListener('popstate', (event) => states.push(event.state))")
    await chat.open()

    await chat.page.go_back()
    await expect(chat.launcher).to_be_visible()

    assert await chat.page.evaluate("history.state") == {"shelf": 7}
    assert chat.page.url.endswith("#scaffale")
    assert await chat.page.evaluate("states") in ([], [{"shelf": 7}])


async def test_a_reload_with_the_chat_open_needs_no_second_back(site: Site) -> None:
    chat = await came_from_elsewhere(site)
    await chat.open()
    await chat.page.reload()
    await chat.message("assistente automatico del negozio").wait_for()

    await chat.page.go_back()
    await expect(chat.page.get_by_role("dialog")).to_have_count(0)
    await chat.page.go_back()

    assert chat.page.url == BEHIND


async def test_turning_the_phone_keeps_what_was_written_and_where_one_was(site: Site) -> None:
    chat = await site.opened(**PHONE)
    await chat.input.fill("a metà")

    await chat.page.set_viewport_size({"width": 844, "height": 390})

    await expect(chat.input).to_have_value("a metà")
    await expect(chat.input).to_be_in_viewport(ratio=1)
    await expect(chat.message("assistente automatico del negozio")).to_be_in_viewport()


async def came_from_elsewhere(site: Site) -> Chat:
    """A visitor with a phone whose tab showed something else before."""
    chat = await site.visit(BEHIND, **PHONE)
    await chat.page.goto(site.front.url)
    return chat
