"""Accessibility rules, checked by axe-core on the chat, or another page, as it is now."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

GRAVE = ("serious", "critical")
COLOURS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
EVERY_RULE = {"resultTypes": ["violations"]}
THERE = Axe("true")  # half a megabyte of script that need not be read again
RULE_OF_COLOUR = {**EVERY_RULE, "runOnly": ["color-contrast"]}  # the only one that colours can break


async def violations(page: Page, state: str, context: str = "sportello-chat") -> list[str]:
    """What breaks a rule gravely in any colours, as `state, colours, rule: the first element`."""
    found, axe = [], Axe()
    for name, colours in COLOURS.items():
        await page.emulate_media(reduced_motion="reduce", **colours)
        options = EVERY_RULE if name == "light" else RULE_OF_COLOUR
        results = await axe.run(page, context=context, options=options)
        axe = THERE
        grave = [one for one in results.response["violations"] if one["impact"] in GRAVE]
        found += [f"{state}, {name}, {one['id']}: {one['nodes'][0]['html']}" for one in grave]
    return found
