"""What was said before, in the customers' chat: pages upwards, earlier conversations, the reader's place in them."""

import pytest
from playwright.async_api import expect

from switchboard.body import ButtonMeaning, Reply
from switchboard.models import Conversation
from tests.e2e import reader
from tests.e2e.site import Site
from tests.e2e.widget_site import PHONE, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
PAGE = 50
NEAR = 2  # pixels
TOP_OF = "element => element.getBoundingClientRect().top"
EARLIER = "Mostra i messaggi precedenti"


async def test_a_page_before_comes_when_one_scrolls_up_and_the_reader_stays_where_he_was(site: Site) -> None:
    chat = await reopened_with(site, 130)
    first = await chat.log.locator(".message").count()
    seen = chat.message("messaggio 84")

    await chat.log.evaluate("log => { log.scrollTop = 260; }")
    await chat.log.hover()
    before = await seen.evaluate(TOP_OF)
    await chat.page.mouse.wheel(0, -100)
    await chat.message("messaggio 35").wait_for(state="attached")
    after = await seen.evaluate(TOP_OF)

    assert first == PAGE
    assert await chat.log.locator(".message").count() == 2 * PAGE
    assert abs(after - before - 100) < NEAR  # only as far as the wheel moved it


async def test_one_who_writes_does_not_load_what_is_above(site: Site) -> None:
    chat = await reopened_with(site, 60)

    await chat.say("dopo")
    await chat.message("eco: dopo").wait_for()

    assert "messaggio 5" not in await chat.said()


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
async def test_with_the_keyboard_a_button_brings_page_after_page_up_to_the_first(site: Site, screen: dict) -> None:
    chat = await reopened_with(site, 120, **screen)
    button = chat.page.get_by_role("button", name=EARLIER)

    await button.focus()
    await chat.page.keyboard.press("Enter")
    await expect(chat.page.get_by_text("50 messaggi precedenti", exact=True)).to_be_attached()
    await expect(button).to_be_focused()
    await chat.page.keyboard.press("Enter")
    await expect(button).to_have_count(0)

    await expect(chat.log).to_be_focused()
    said = await chat.said()
    assert said[1:] == [f"messaggio {number}" for number in range(1, 121)]


async def test_what_was_said_before_is_not_read_aloud(site: Site) -> None:
    chat = await reopened_with(site, 60, listening=True)

    await chat.page.get_by_role("button", name=EARLIER).press("Enter")
    await chat.message("assistente automatico del negozio").wait_for(state="attached")
    await site.write(chat, Reply("questo sì"))
    await chat.message("questo sì").wait_for()
    heard = await reader.heard(chat.page)

    assert [text for text in heard if text.endswith("questo sì")] != []
    assert [text for text in heard if "messaggio 5" in text or "Ciao" in text] == []


async def test_earlier_conversations_stand_above_a_divider_with_their_date_and_their_buttons_are_gone(
    site: Site,
) -> None:
    chat = await site.opened()
    await site.write(chat, Reply("Quale ordine?", (ButtonMeaning("Il primo", "greet"),)))
    await chat.page.get_by_role("button", name="Il primo").wait_for()
    await close_conversations(site)
    await chat.say("nuova")
    await chat.message("eco: nuova").wait_for()
    kept = await chat.said()
    await chat.page.reload()
    await chat.message("eco: nuova").wait_for()
    without = await chat.said()

    # By keyboard: where the page is long enough to scroll, going there with the mouse loads what is above by itself.
    await chat.page.get_by_role("button", name=EARLIER).press("Enter")
    await chat.message("Quale ordine?").wait_for()

    dividers = await chat.log.locator(".divider").all_inner_texts()
    assert dividers == ["Conversazione precedente · Oggi", "Nuova conversazione · Oggi"]
    assert await chat.said() == kept and without == kept[-3:]
    await expect(chat.page.get_by_role("button", name="Il primo")).to_have_count(0)
    await expect(chat.page.get_by_role("button", name=EARLIER)).to_have_count(0)


async def test_the_end_of_a_conversation_that_was_missed_is_filled_in_when_the_next_has_begun(site: Site) -> None:
    chat = await site.opened()
    other = Chat(await chat.page.context.new_page())
    site.chats.append(other)
    await other.page.goto(site.front.url)
    await other.open()
    await chat.page.context.set_offline(True)
    await expect(chat.page.get_by_text("Sei offline")).to_be_visible()
    await site.write(chat, Reply("detto alla fine"))
    await close_conversations(site)

    await chat.page.context.set_offline(False)
    await other.say("nuova")
    await chat.message("eco: nuova").wait_for()
    await chat.message("detto alla fine").wait_for(state="attached")

    said = await chat.said()
    assert said[1] == "detto alla fine" and said[3:] == ["nuova", "eco: nuova"]


async def test_an_answer_that_counts_from_the_conversation_before_is_not_taken_for_the_beginning(site: Site) -> None:
    chat = await site.visit()

    taken = await chat.page.evaluate(
        """async () => {
          const { Conversation } = await import("/widget/conversation.js");
          const talk = new Conversation();
          talk.enter("cv_old", 0);
          talk.catchUp([{ seq: 1 }, { seq: 2 }]);
          return [talk.enter("cv_new", 2), talk.enter("cv_new", 2), talk.enter("cv_new", 0)];
        }"""
    )

    assert taken == [False, False, True]


async def reopened_with(site: Site, count: int, listening: bool = False, **screen: object) -> Chat:
    """A chat with so many messages of the shop, after a reload; with `listening`, to what is then read aloud."""
    chat = await site.opened(**screen)
    await site.write(chat, *(Reply(f"messaggio {number}") for number in range(1, count + 1)))
    await chat.message(f"messaggio {count}").wait_for()
    if listening:
        await reader.listen(chat.page)
    await chat.page.reload()
    await chat.message(f"messaggio {count}").wait_for()
    return chat


async def close_conversations(site: Site) -> None:
    """Every conversation has ended: who speaks begins another one."""

    def close(session: object) -> None:
        session.query(Conversation).filter(Conversation.closed_at.is_(None)).update(  # type: ignore[attr-defined]
            {Conversation.closed_at: Conversation.last_at, Conversation.owner: "closed"}
        )

    await site.database.write(close)
