"""The outbox of a demonstration as a page: mails that would have been sent, the latest first. On loopback only."""

import asyncio
import html
import ipaddress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from base.settings import LOOPBACK_HOSTS
from front.pages import SECURITY_HEADERS

PATH = "/dev/outbox"
MOST = 50
PAGE = """<!doctype html>
<html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Posta in uscita (dimostrazione)</title><link rel="stylesheet" href="/demo/demo.css"></head>
<body><main><section><h1>Posta in uscita</h1>
<p>In una dimostrazione le e-mail non partono: sono qui, la più recente per prima.</p>
{mails}</section></main></body></html>
"""
MAIL = "<article><h2>{subject}</h2><p>A {to}, {date}</p><pre>{text}</pre></article>"
NOTHING = "<p>Nessuna e-mail, per ora.</p>"


def add_outbox(app: Sanic, folder: Path) -> None:
    """Serve the page; the caller makes sure that this is a demonstration."""
    blueprint = Blueprint("outbox")

    @blueprint.get(PATH)
    async def outbox(request: Request) -> HTTPResponse:
        if not _from_this_computer(request):
            return HTTPResponse(status=404)
        mails = await asyncio.to_thread(read_outbox, folder)
        body = "\n".join(map(_shown, mails)) or NOTHING
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
        return HTTPResponse(PAGE.format(mails=body), content_type="text/html; charset=utf-8", headers=headers)

    app.blueprint(blueprint)


def read_outbox(folder: Path) -> list[EmailMessage]:
    """The latest mails, newest first."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files[:MOST]]  # type: ignore[misc]


def _shown(mail: EmailMessage) -> str:
    fields = {name: html.escape(str(mail[name])) for name in ("subject", "to", "date")}
    return MAIL.format(**fields, text=html.escape(mail.get_content()))


def _from_this_computer(request: Request) -> bool:
    """Not through a proxy, and not by another page under a name of its own that leads here."""
    host = (
        request.host.rpartition(":")[0] if request.host.count(":") == 1 else request.host.partition("]")[0].strip("[")
    )
    direct = not request.headers.get("x-forwarded-for") and ipaddress.ip_address(request.ip).is_loopback
    return direct and host in LOOPBACK_HOSTS
