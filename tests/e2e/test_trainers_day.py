"""A trainer's first hour, typed as docs/prima-ora.md shows it, with a customer and the trainer in real browsers.

A customer is not understood; the trainer finds the sentence in the inbox, says what it means, accepts the change,
trains, tests and publishes; the same customer is understood. Then the model before comes back.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from base.settings import var_folder
from engine.service import read_service
from tests.docs.pages import Step, steps
from tests.e2e.desk_site import Agent
from tests.e2e.stack import SPORTELLO, Stack, running
from tests.e2e.widget_site import DESKTOP, Chat, chromium

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.model]

PAGE = "prima-ora.md"
SEE, FOLDER, WORDS, QUESTION, SENTENCE, INBOX = range(1, 7)  # the parts of the page
FOUND_IN_THE_INBOX, TAUGHT_AT_THE_TERMINAL = "la credenza ha messo radici", "il mio comò gioca a nascondino"
ASKED, NOT_ASKED = "numero dell'ordine", "negozio"
PASSWORD = "una password lunga abbastanza"
EXPECTED = {
    ("parse", TAUGHT_AT_THE_TERMINAL): "out_of_scope",
    ("parse", "la lampada gioca a nascondino"): "track_order",
}
WAIT_MS = 20_000


async def test_from_a_sentence_that_is_not_understood_to_one_that_is_and_back(tmp_path: Path) -> None:
    expect.set_options(timeout=WAIT_MS)
    home, work = tmp_path / "casa-lume", tmp_path / "work"
    _remembered(work / "var")
    [init] = [step for step in steps(PAGE) if step.words[:1] == ("init",)]
    subprocess.run([SPORTELLO, *init.words], cwd=work, check=True)
    with running(work / "var", SPORTELLO_HOME=str(home)) as stack:
        await stack.until_ready()
        day = Day(stack, work)
        async with chromium() as browser:
            await day.do(SEE)
            await day.do(FOLDER)
            await other_words(day, browser, home)
            await a_question_of_the_shop(day, browser, home)
            await a_sentence(day, browser, home)


async def other_words(day: "Day", browser: Browser, home: Path) -> None:
    new, check = day.steps(WORDS)
    await day.type(new)
    file = home / "responses" / "general.yml"
    told = file.read_text(encoding="utf-8")
    assert "utter_you_are_welcome" in told
    file.write_text(re.sub('text: ".*"', 'text: "È un piacere, da Casa Lume!"', told), encoding="utf-8")
    await day.type(check)

    await answer(browser, day.stack, "grazie", "da Casa Lume")


async def a_question_of_the_shop(day: "Day", browser: Browser, home: Path) -> None:
    for step in day.steps(QUESTION):
        if step.file:
            with (home / step.file).open("a", encoding="utf-8") as file:
                file.write(step.lines)
        else:
            said = await day.type(step)
    assert "Parcheggio" in said

    await answer(browser, day.stack, "se vengo in auto dove parcheggio?", "sei posti per i clienti")


async def a_sentence(day: "Day", browser: Browser, home: Path) -> None:
    for sentence in (FOUND_IN_THE_INBOX, TAUGHT_AT_THE_TERMINAL):
        await answer(browser, day.stack, sentence, NOT_ASKED)
    await day.do(INBOX, typed=f"{PASSWORD}\n")
    await in_the_inbox(browser, day.stack)
    assert FOUND_IN_THE_INBOX.split()[1] in "".join(file.read_text() for file in (home / "nlu").iterdir())
    before = serving(day.stack)

    for step in day.steps(SENTENCE):
        if step.words[0] == "rollback":
            assert serving(day.stack) != before
            for sentence in (FOUND_IN_THE_INBOX, TAUGHT_AT_THE_TERMINAL):
                await answer(browser, day.stack, sentence, ASKED)
        await day.type(step)

    assert serving(day.stack) == before
    await answer(browser, day.stack, TAUGHT_AT_THE_TERMINAL, NOT_ASKED)


async def in_the_inbox(browser: Browser, stack: Stack) -> None:
    """Tina says what the sentence means, looks at the change and accepts it."""
    context = await browser.new_context(locale="it-IT", **DESKTOP)
    page = await context.new_page()
    tina = Agent(page, f"{stack.url}/")
    await page.goto(f"{stack.url}/desk/")
    await page.get_by_label("E-mail").fill("tina@example.it")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Entra").click()
    await page.locator(".groups a", has_text=FOUND_IN_THE_INBOX.split()[-1]).click()
    await page.locator("#group-heading").wait_for()
    await page.get_by_role("button", name="Vuole sapere dov'è il suo ordine").click()
    await expect(page.locator(".done")).to_contain_text("Vuole sapere dov'è il suo ordine")
    await page.get_by_role("link", name="1 frase da scrivere").click()
    await expect(page.locator(".diff .added").first).to_be_visible()
    await page.get_by_role("button", name="Scrivi nella cartella").click()
    await expect(page.locator(".box")).to_contain_text("sportello train")
    assert tina.faults == []
    await context.close()


async def answer(browser: Browser, stack: Stack, text: str, expected: str) -> None:
    """A new customer writes this, and reads that."""
    chat = await Chat.visit(browser, stack.url, **DESKTOP)
    await chat.open()
    await chat.say(text)
    await expect(chat.message(expected).last).to_be_visible()
    if expected == NOT_ASKED:
        assert not [said for said in await chat.said("bot") if ASKED in said]
    await chat.page.context.close()


def serving(stack: Stack) -> str:
    service = read_service(stack.var / "models")
    assert service
    return service.model.sha256


class Day:
    """The page, typed in the folder `work`, whose neighbour is the shop's."""

    def __init__(self, stack: Stack, work: Path) -> None:
        self.stack, self._work = stack, work

    def steps(self, part: int) -> list[Step]:
        """What this part of the page tells, without what was done before it began."""
        found = [step for step in steps(PAGE) if step.section.startswith(f"{part}.") and step.words[:1] != ("init",)]
        assert found
        return found

    async def do(self, part: int, typed: str = "") -> None:
        """Every command of this part of the page."""
        for step in self.steps(part):
            await self.type(step, typed)

    async def type(self, step: Step, typed: str = "") -> str:
        """What `sportello` says to the command."""
        said = await self.stack.sportello(0, *step.words, typed=typed, cwd=self._work)
        expected = EXPECTED.get(step.words[:2], "")
        assert expected in said, f"{step}: {said}"
        return said


def _remembered(var: Path) -> None:
    """What trainings of this checkout have worked out before: a trainer does not begin from nothing either."""
    var.mkdir(parents=True)
    for name in ("training", "intent"):
        if (var_folder() / name).is_dir():
            shutil.copytree(var_folder() / name, var / name)
