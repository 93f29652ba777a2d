"""Photos and documents in the customers' chat: chosen, pasted, dropped, refused, interrupted, sent and seen again."""

import base64
from typing import Any, AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from base.settings import Register
from tests.attachments import pictures
from tests.e2e.axe import violations
from tests.e2e.line import Line
from tests.e2e.site import Site, serving_site
from tests.e2e.widget_site import DESKTOP, PHONE, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
PHOTO = pictures.encoded("JPEG", pictures.picture(800, 600), exif=pictures.exif(6))
SIZE = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
PASTE = """([input, type, content, words]) => {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "immagine.jpg", { type: "image/jpeg" }));
  if (words) data.setData("text/plain", words);
  const named = type === "paste" ? { clipboardData: data } : { dataTransfer: data };
  const event = (name) => type === "paste"
    ? new ClipboardEvent(name, { ...named, bubbles: true, cancelable: true })
    : new DragEvent(name, { ...named, bubbles: true, cancelable: true });
  if (type === "drop") input.dispatchEvent(event("dragenter"));
  input.dispatchEvent(event(type));
}"""


def file(name: str, content: bytes = PHOTO, type_: str = "image/jpeg") -> Any:
    return {"name": name, "mimeType": type_, "buffer": content}


async def choose(chat: Chat, *files: Any) -> None:
    """Choose these files as the button's window would."""
    async with chat.page.expect_file_chooser() as chooser:
        await chat.page.get_by_role("button", name="Allega foto o documenti").click()
    await (await chooser.value).set_files(list(files))


def tray(chat: Chat) -> Locator:
    return chat.page.get_by_role("list", name="Allegati del prossimo messaggio")


def in_log(chat: Chat) -> Locator:
    return chat.log.locator(".files")


async def ready(chat: Chat, count: int) -> None:
    await expect(tray(chat).locator(".tray-ready")).to_have_count(count)


@pytest_asyncio.fixture(loop_scope="module")
async def line(site: Site) -> AsyncIterator[Line]:
    async with Line(site.front.port).serving() as line:
        yield line


@pytest.mark.parametrize("screen", [DESKTOP, PHONE, {**DESKTOP, "color_scheme": "dark"}], ids=["wide", "phone", "dark"])
async def test_a_photo_and_a_document_are_sent_and_there_after_a_reload(site: Site, screen: dict[str, Any]) -> None:
    chat = await site.opened(**screen)
    await choose(chat, file("vaso rotto.jpg"), file("fattura.pdf", pictures.PDF, "application/pdf"))
    await ready(chat, 2)
    found = await violations(chat.page, "files in the tray")

    await chat.say("Il vaso è arrivato rotto")

    await chat.message("eco: Il vaso è arrivato rotto").wait_for()
    await expect(tray(chat)).to_be_hidden()
    for _ in range(2):
        picture = in_log(chat).get_by_role("img", name="Foto: vaso rotto.jpg")
        await expect(picture).to_be_visible()
        assert await picture.evaluate(SIZE) == [360, 480]  # upright, and the small copy
        await expect(in_log(chat).get_by_role("link", name="fattura.pdf")).to_be_visible()
        found += await violations(chat.page, "files in the log")
        await chat.page.reload()
        if screen == PHONE and not await chat.log.is_visible():
            await chat.open()
    async with chat.page.context.expect_page() as opened:
        await in_log(chat).get_by_role("link", name="Foto: vaso rotto.jpg").click()
    large = (await opened.value).locator("img")
    assert await large.evaluate(SIZE) == [600, 800]
    async with chat.page.expect_download() as download:
        await in_log(chat).get_by_role("link", name="fattura.pdf").click()
    assert (await download.value).suggested_filename == "fattura.pdf"
    assert found == []


async def test_a_message_of_files_alone_is_answered_once(site: Site) -> None:
    chat = await site.opened()
    await choose(chat, file("uno.jpg"), file("due.jpg"))
    await ready(chat, 2)

    await chat.input.press("Enter")

    await chat.message("eco: [2 allegati]").wait_for()
    await expect(in_log(chat).get_by_role("img")).to_have_count(2)
    assert await chat.said("customer") == []


async def test_a_phone_has_a_button_for_its_camera(site: Site) -> None:
    chat = await site.opened(**PHONE)

    async with chat.page.expect_file_chooser() as chooser:
        await chat.page.get_by_role("button", name="Scatta una foto").click()
    input_ = (await chooser.value).element
    assert await input_.get_attribute("capture") == "environment" and await input_.get_attribute("accept") == "image/*"
    await (await chooser.value).set_files([file("IMG_0001.jpg")])

    await ready(chat, 1)


@pytest.mark.parametrize("how", ["paste", "drop"])
async def test_a_picture_can_be_pasted_and_dropped(site: Site, how: str) -> None:
    chat = await site.opened()
    target = chat.input if how == "paste" else chat.log

    await target.evaluate(
        f"(element, given) => ({PASTE})([element, ...given])", [how, base64.b64encode(PHOTO).decode(), ""]
    )

    await ready(chat, 1)
    await expect(chat.page.locator("dialog.dropping")).to_have_count(0)


async def test_pasted_words_stay_words_though_a_picture_of_them_comes_along(site: Site) -> None:
    chat = await site.opened()

    await chat.input.evaluate(
        f"(element, given) => ({PASTE})([element, ...given])", ["paste", base64.b64encode(PHOTO).decode(), "ciao"]
    )

    await expect(tray(chat)).to_be_hidden()


async def test_what_cannot_be_taken_is_told_before_and_after_the_upload(site: Site) -> None:
    chat = await site.opened()

    await choose(
        chat,
        file("elenco.docx", b"x" * 100, "application/msword"),
        file("enorme.jpg", PHOTO + b"\0" * 10_000_000),
        file("rotta.jpg", PHOTO[: len(PHOTO) // 2]),
        file("finta.jpg", b"<svg onload=alert(1)>" * 20),
    )

    refused = tray(chat).locator(".tray-refused")
    await expect(refused).to_have_count(4)
    for words in ("Salva il file così e riprova", "al massimo 10 MB", "rovinato o incompleto", "Salva il file in uno"):
        await expect(refused.filter(has_text=words)).to_have_count(1)
    await chat.say("vedi allegati")
    assert await chat.said("customer") == []  # what was refused is read and taken out first
    for name in ("elenco.docx", "enorme.jpg", "rotta.jpg", "finta.jpg"):
        await chat.page.get_by_role("button", name=f"Togli {name}").click()
    await chat.input.press("Enter")
    await chat.message("eco: vedi allegati").wait_for()


async def test_a_customer_called_lei_is_refused_as_lei(migrated_sqlite: Any, tmp_path: Any) -> None:
    database = tmp_path / "sportello.db"
    database.write_bytes(migrated_sqlite.read_bytes())
    async with serving_site(database, tmp_path, register=Register.LEI) as site:
        chat = await site.visit()
        await chat.launcher.click()
        await chat.message("assistente automatico").wait_for()
        await choose(chat, file("elenco.docx", b"x", "application/msword"), file("rotta.jpg", PHOTO[:900]))

        await expect(tray(chat).get_by_text("Salvi il file così e riprovi")).to_be_visible()
        await expect(tray(chat).get_by_text("provi a mandarne uno screenshot")).to_be_visible()


async def test_no_more_than_five_files_go_with_a_message(site: Site) -> None:
    chat = await site.opened()

    await choose(chat, *(file(f"foto {number}.jpg") for number in range(7)))

    await expect(chat.page.get_by_text("Al massimo 5 allegati per messaggio.")).to_be_visible()
    await ready(chat, 5)


async def test_an_upload_that_the_line_interrupts_goes_on_when_it_is_back_and_the_message_after_it(
    site: Site, line: Line
) -> None:
    chat = await site.visit(line.url)
    await chat.open()
    line.silence()
    await choose(chat, file("vaso.jpg"))
    await expect(tray(chat).get_by_role("progressbar", name="Carico vaso.jpg")).to_be_visible()
    await chat.say("eccolo")
    await expect(chat.page.get_by_text("Il messaggio parte appena finisce il caricamento.")).to_be_visible()
    line.cut()
    await expect(tray(chat).get_by_text("Aspetto la connessione")).to_be_visible()
    line.mend()

    await chat.message("eco: eccolo").wait_for()

    await expect(in_log(chat).get_by_role("img")).to_have_count(1)
    assert await chat.said("customer") == ["eccolo"]


async def test_a_file_can_be_taken_out_while_it_is_on_its_way(site: Site, line: Line) -> None:
    chat = await site.visit(line.url)
    await chat.open()
    line.silence()
    await choose(chat, file("vaso.jpg"))

    await chat.page.get_by_role("button", name="Togli vaso.jpg").click()

    await expect(tray(chat)).to_be_hidden()
    await expect(chat.input).to_be_focused()


async def test_files_that_are_up_survive_a_reload_of_the_page(site: Site) -> None:
    chat = await site.opened()
    await choose(chat, file("vaso.jpg"))
    await ready(chat, 1)

    await chat.page.reload()
    await ready(chat, 1)
    await chat.say("eccolo")

    await chat.message("eco: eccolo").wait_for()
    await expect(in_log(chat).get_by_role("img")).to_have_count(1)
