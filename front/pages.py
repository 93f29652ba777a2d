"""The few files the front serves: the widget, the demo shop, the privacy notice.

They are read and compressed at start, and nothing else can be asked for.
"""

import gzip
import re
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Awaitable, Callable, Mapping

import brotli
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from base.settings import Register
from front.look import with_look
from front.register import addressed

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
PICTURES = (".webp", ".png")  # compressed already
REMARK = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
PAGES = {"/": "demo/index.html", "/privacy": "demo/privacy.html"}
FOLDERS = ("widget", "demo")
NO_LOOK: Mapping[str, str] = MappingProxyType({})
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Page:
    """A file ready to be sent. `coded` has it compressed, the best way first; empty where that gains nothing."""

    content: bytes
    coded: Mapping[str, bytes]
    type: str
    etag: str


def add_pages(
    app: Sanic, root: Path, register: Register, allowed_origins: tuple[str, ...], look: Mapping[str, str] = NO_LOOK
) -> None:
    """Serve the files below `root` that are listed here, and no others, in the words of `register`.

    Pages of `allowed_origins` may load the widget: a module script from another origin is a cross-origin request.
    `look` are attributes of the chat where the page sets none (`front/look.py`).
    """
    blueprint = Blueprint("pages")
    for path, page in read_pages(root, register, look).items():
        origins = allowed_origins if path.startswith("/widget/") else ()
        blueprint.add_route(
            partial(_sender(page, origins)),  # of a function Sanic would read the source
            path,
            methods=["GET", "HEAD"],
            name=f"page{path}".replace("/", "_").replace(".", "_"),
        )
    app.blueprint(blueprint)


def read_pages(root: Path, register: Register, look: Mapping[str, str] = NO_LOOK) -> dict[str, Page]:
    """Every served path with its page."""
    files = {path: root / name for path, name in PAGES.items()}
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in TYPES and file.is_file():
                files[f"/{file.relative_to(root).as_posix()}"] = file
    return {path: _read(file, register, look) for path, file in files.items()}


def _read(file: Path, register: Register, look: Mapping[str, str]) -> Page:
    if file.suffix in PICTURES:
        content, coded = file.read_bytes(), {}
    else:
        text = with_look(file, file.read_text(encoding="utf-8"), look)
        content = without_remarks(addressed(file, text, register)).encode()
        coded = {"br": brotli.compress(content), "gzip": gzip.compress(content, mtime=0)}
    return Page(content, coded, TYPES[file.suffix], f'W/"{sha256(content).hexdigest()[:16]}"')


def without_remarks(source: str) -> str:
    """`source` without the comments in front of functions and files, which only its readers need; lines keep numbers.

    A comment with a licence (`/*!`) stays, and so does everything on a line with code.
    """
    return REMARK.sub(lambda found: "\n" * found.group().count("\n"), source)


def _sender(page: Page, allowed_origins: tuple[str, ...]) -> Callable[[Request], Awaitable[HTTPResponse]]:
    async def send(request: Request) -> HTTPResponse:
        headers = {
            **SECURITY_HEADERS,
            "ETag": page.etag,
            "Cache-Control": "no-cache",
            "Vary": "Origin, Accept-Encoding",
        }
        origin = request.headers.get("origin", "")
        if origin in allowed_origins:
            headers["Access-Control-Allow-Origin"] = origin
        if request.headers.get("if-none-match") == page.etag:
            return HTTPResponse(status=304, headers=headers)
        coding = next((coding for coding in page.coded if coding in _taken(request)), None)
        if coding:
            headers["Content-Encoding"] = coding
        body = page.coded[coding] if coding else page.content
        return HTTPResponse(body=body, content_type=page.type, headers=headers)

    return send


def _taken(request: Request) -> set[str]:
    """The codings that the browser takes (RFC 9110, 12.5.3); `gzip;q=0` refuses one."""
    codings = (coding.split(";") for coding in request.headers.get("accept-encoding", "").replace(" ", "").split(","))
    return {name for name, *params in codings if params != ["q=0"]}
