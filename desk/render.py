"""Turns what the desk shows into HTML, or into JSON where a script of ours asked."""

from pathlib import Path
from typing import Any, Optional

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic.request import Request
from sanic.response import HTTPResponse, html, redirect
from sanic.response import json as json_response

from base.clock import Clock
from desk.sessions import PATH, SignedIn
from desk.words import Words, clock_time

TEMPLATES = Path(__file__).with_name("templates")


class Rendering:
    """Jinja with our words in it; everything is escaped, whatever a customer, a file or a product is called."""

    def __init__(self, words: Words, clock: Clock) -> None:
        self.words, self._clock = words, clock
        self._jinja = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(t=words.say, n=words.count, ago=self._ago, at=self._at, desk=PATH)

    def page(
        self, template: str, signed_in: Optional[SignedIn] = None, status: int = 200, **values: Any
    ) -> HTTPResponse:
        """A whole page."""
        return html(self.fragment(template, signed_in=signed_in, **values), status=status)

    def fragment(self, template: str, **values: Any) -> str:
        """A piece of a page."""
        return self._jinja.get_template(template).render(**values)

    def problem(self, request: Request, key: str, status: int, **values: object) -> HTTPResponse:
        """Why something was not done, in the words of `key`."""
        text = self.words.say(key, **values)
        if self.wants_json(request):
            return json_response({"ok": False, "error": text}, status=status)
        return self.page("problem.html", status=status, text=text)

    def done(self, request: Request, to: str) -> HTTPResponse:
        """Something was done: what to show now."""
        if self.wants_json(request):
            return json_response({"ok": True, "to": to})
        return redirect(to, status=303)

    @staticmethod
    def wants_json(request: Request) -> bool:
        """Whether a script asked."""
        return "application/json" in request.headers.get("accept", "")

    def _ago(self, moment: Any) -> str:
        return self.words.ago(self._clock.now() - moment)

    def _at(self, moment: Any) -> str:
        return clock_time(moment, self._clock.now())
