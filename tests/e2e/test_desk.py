"""Customers and agents, each in a real browser, before a real front: whole journeys in both directions."""

import asyncio
import shutil
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from switchboard.models import Conversation, Handoff
from tests.e2e.axe import violations
from tests.e2e.desk_site import DeskSite, serving
from tests.e2e.widget_site import PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    '"><svg/onload=alert(3)>',
    "</textarea><script>alert(4)</script>",
    "{{constructor.constructor('alert(5)')()}}",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_desk(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DeskSite]:
    folder = tmp_path_factory.mktemp("desk")
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving(file, folder) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def desk(module_desk: DeskSite) -> AsyncIterator[DeskSite]:
    """The module's desk; nobody waits and nobody is signed in."""
    yield module_desk
    await module_desk.forget()
    with module_desk.database.writing() as session:
        session.query(Handoff).update({"ended_at": Handoff.asked_at})
        session.query(Conversation).update({"owner": "closed", "closed_at": Conversation.last_at, "agent_id": None})


async def test_a_customer_and_an_agent_talk_until_it_is_solved(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer(**PHONE)
    await customer.say("dov'è il mio ordine?")
    await customer.say("voglio un operatore")
    await customer.message("posto 1").wait_for()
    await expect(customer.page.locator(".greeting")).to_have_text("In coda per una persona, al posto 1")

    await expect(giulia.page.get_by_text("Ha ricevuto un articolo rotto o sbagliato")).to_be_visible()  # pushed
    await giulia.accept()
    await expect(giulia.page.locator(".wish")).to_contain_text("Ha ricevuto un articolo rotto o sbagliato (ordine 1042")
    await expect(giulia.page.locator(".card")).to_contain_text("una gamba è rotta")
    await customer.message("Giulia del negozio è qui").wait_for()
    await expect(customer.page.locator(".greeting")).to_have_text("Ti risponde Giulia")

    await giulia.menu("Risposte pronte")
    await expect(giulia.page.get_by_role("button", name="A che punto è il reso")).to_be_disabled()
    await giulia.page.get_by_role("button", name="A che punto è l'ordine").click()
    await expect(giulia.text).to_have_value("L'ordine 104206 adesso risulta così: in viaggio.")
    await giulia.text.fill("")
    await giulia.text.press_sequentially("Buon")
    await expect(customer.page.get_by_text("Giulia sta scrivendo…")).to_be_visible()
    await giulia.say("Buongiorno!")
    await customer.message("Buongiorno!").wait_for()
    await customer.input.press_sequentially("graz")
    await expect(giulia.page.locator("#typing")).to_have_text("Il cliente sta scrivendo…")
    await customer.say("grazie")
    await giulia.said("grazie").wait_for()
    await expect(customer.page.get_by_text("Letto da una persona")).to_be_visible()

    await giulia.menu("Nota")
    await giulia.page.get_by_label("Nota interna").fill("è gentile")
    await giulia.page.get_by_role("button", name="Salva la nota").click()
    await giulia.said("è gentile").wait_for()
    await giulia.menu("Chiudi")
    await (
        giulia.page.locator(".menu[open]").get_by_label("Una frase per il cliente").fill("la sedia nuova parte domani")
    )
    await giulia.page.get_by_role("button", name="Chiudi").click()

    await customer.message("la sedia nuova parte domani. È risolto?").wait_for()
    await customer.page.get_by_role("button", name="Sì, è risolto").click()
    await customer.message("pulsante: tell_solved").wait_for()
    await expect(customer.page.locator(".greeting")).to_contain_text("Assistente automatico")
    assert not any("è gentile" in text for text in await customer.said())
    with desk.database.reading() as session:
        assert session.query(Handoff).order_by(Handoff.asked_at.desc()).first().customer_says == "solved"


async def test_two_agents_want_the_same_customer_and_one_passes_him_on(desk: DeskSite) -> None:
    giulia, marco, customer = await desk.agent("Giulia"), await desk.agent("Marco"), await desk.customer()
    await customer.say("operatore")
    for agent in (giulia, marco):
        await agent.page.locator(".entry a.about").click()
        await agent.page.get_by_role("button", name="Rispondo io").wait_for()
    await expect(giulia.page.locator("#looking")).to_have_text("Guarda anche: Marco")

    await giulia.page.get_by_role("button", name="Rispondo io").click()
    await giulia.text.wait_for()
    await expect(marco.page.locator(".standing")).to_contain_text("Se ne occupa Giulia")
    await giulia.menu("Passa")
    await giulia.page.get_by_label("Che cosa deve sapere").fill("è per te")
    await giulia.page.get_by_role("button", name="Passa a un collega").click()

    await marco.text.wait_for()
    await marco.said("è per te").wait_for()
    await marco.say("Eccomi, sono Marco")
    await customer.message("Eccomi, sono Marco").wait_for()
    assert "è per te" not in " ".join(await customer.said())


async def test_given_back_the_assistant_answers_and_a_second_handoff_works(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer()
    await customer.say("operatore")
    await giulia.accept()
    await giulia.menu("All'assistente")
    await giulia.page.get_by_role("button", name="All'assistente").click()
    await customer.message("Giulia ti lascia all'assistente").wait_for()
    await customer.say("e adesso?")
    await customer.message("eco: e adesso?").wait_for()

    await customer.say("di nuovo un operatore")
    await giulia.accept()

    await expect(giulia.said("Giulia del negozio è qui")).to_have_count(2)


async def test_a_laptop_that_slept_gets_every_message_once_and_in_order(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer()
    await customer.say("operatore")
    await giulia.accept()
    await giulia.page.context.set_offline(True)
    for number in range(5):
        await customer.say(f"messaggio {number}")
        await customer.message(f"messaggio {number}").wait_for()
    assert not any("messaggio" in text for text in await giulia.texts())

    await giulia.page.context.set_offline(False)

    await giulia.said("messaggio 4").wait_for()
    await asyncio.sleep(1.5)  # for whatever would come twice
    assert [text for text in await giulia.texts() if "messaggio" in text] == [f"messaggio {n}" for n in range(5)]


async def test_a_front_that_is_killed_forgets_nobody(desk: DeskSite) -> None:
    giulia, waiting, talking = await desk.agent("Giulia"), await desk.customer(), await desk.customer()
    await talking.say("operatore")
    await giulia.accept()
    await waiting.say("un operatore anche a me")
    await waiting.message("posto 1").wait_for()

    await desk.front.kill()
    await talking.say("ci siete ancora?")
    await desk.front.start()

    await giulia.said("ci siete ancora?").wait_for()
    await giulia.say("Sì, sono qui")
    await talking.message("Sì, sono qui").wait_for()
    await giulia.page.goto(f"{desk.front.url}desk/")
    await giulia.accept()
    await waiting.message("Giulia del negozio è qui").wait_for()
    assert (await talking.said()).count("ci siete ancora?") == 1


async def test_replies_written_in_haste_or_while_the_line_is_down_are_said_once_and_in_order(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer()
    await customer.say("operatore")
    await giulia.accept()
    for number in range(5):
        await giulia.say(f"risposta {number}")
    await customer.message("risposta 4").wait_for()
    await giulia.page.context.set_offline(True)
    await giulia.say("risposta 5")
    await expect(giulia.page.locator("#pending")).to_have_text("In invio: 1")

    await giulia.page.context.set_offline(False)

    await customer.message("risposta 5").wait_for()
    await giulia.said("risposta 5").wait_for()
    assert [text for text in await customer.said() if "risposta" in text] == [f"risposta {n}" for n in range(6)]


async def test_what_customers_and_agents_write_is_never_run(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer()
    for payload in PAYLOADS:
        await customer.say(payload)
    await customer.say("operatore")
    await giulia.accept()
    for payload in PAYLOADS:
        await giulia.said(payload).first.wait_for()
        await giulia.say(f"risposta {payload}")
        await customer.message(f"risposta {payload}").wait_for()
    await giulia.menu("Nota")
    await giulia.page.get_by_label("Nota interna").fill(PAYLOADS[0])
    await giulia.page.get_by_role("button", name="Salva la nota").click()
    await expect(giulia.page.locator(".line-note .bubble")).to_have_text(PAYLOADS[0])

    await giulia.page.goto(f"{desk.front.url}desk/mine")
    await giulia.page.locator(".entry").first.wait_for()


async def test_the_desk_keeps_the_rules_of_accessibility(desk: DeskSite) -> None:
    found = []
    for name, screen in (("desktop", {}), ("phone", PHONE)):
        giulia, customer = await desk.agent("Marco", **screen), await desk.customer()
        await customer.say("un operatore")
        await giulia.page.locator(".entry").first.wait_for()
        found += await violations(giulia.page, f"queue, {name}", "body")
        await giulia.accept()
        await giulia.say("Buongiorno")
        await giulia.said("Buongiorno").wait_for()
        found += await violations(giulia.page, f"conversation, {name}", "body")
        await giulia.menu("Chiudi")
        found += await violations(giulia.page, f"closing, {name}", "body")
        for path in ("mine", "requests", "all"):
            await giulia.page.goto(f"{desk.front.url}desk/{path}")
            found += await violations(giulia.page, f"{path}, {name}", "body")
        await giulia.page.get_by_role("button", name="Esci").click()
        await giulia.page.get_by_role("heading", name="Entra nel banco").wait_for()
        found += await violations(giulia.page, f"sign-in, {name}", "body")

    assert found == []
