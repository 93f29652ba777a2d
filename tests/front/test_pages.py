"""Served files: what is listed, and nothing else."""

import gzip
from types import SimpleNamespace
from typing import Callable, Optional

import brotli
import pytest
from sanic import Sanic

from base.settings import ROOT, Register
from front.pages import SECURITY_HEADERS, add_pages, read_pages, without_remarks

DECODED: dict[Optional[str], Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


def test_the_demo_page_the_privacy_notice_and_the_widget_are_served() -> None:
    pages = read_pages(ROOT, Register.TU)

    assert {"/", "/privacy", "/widget/sportello-chat.js"} <= set(pages)
    assert pages["/"].type.startswith("text/html") and pages["/widget/sportello-chat.js"].type.startswith(
        "text/javascript"
    )


def test_no_data_of_the_shop_is_served() -> None:
    assert not [path for path in read_pages(ROOT, Register.TU) if path.endswith((".json", ".py", ".yml", ".md"))]


def test_pages_may_run_no_script_but_their_own() -> None:
    assert "default-src 'self'" in SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in SECURITY_HEADERS["Content-Security-Policy"]


def test_every_script_that_a_served_script_imports_is_served() -> None:
    pages = read_pages(ROOT, Register.TU)
    scripts = {
        path: page.content.decode()
        for path, page in pages.items()
        if path.startswith("/widget/") and path.endswith(".js")
    }

    for path, script in scripts.items():
        for line in script.splitlines():
            if line.startswith("import ") and "from" in line and "/vendor/" not in path:
                target = line.rsplit('"', 2)[-2]
                resolved = (ROOT / path.lstrip("/")).parent.joinpath(target).resolve()
                assert f"/{resolved.relative_to(ROOT).as_posix()}" in pages, f"{path}: {line}"


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_text_is_sent_compressed_to_whoever_can_read_it(asked: str, coding: Optional[str]) -> None:
    app = Sanic(f"pages_{asked.encode().hex()}")
    add_pages(app, ROOT, Register.TU, ())
    app.router.finalize()
    route = next(route for route in app.router.routes if route.path == "widget/sportello-chat.js")

    answer = await route.handler(SimpleNamespace(headers={"accept-encoding": asked}))

    plain = without_remarks((ROOT / "widget" / "sportello-chat.js").read_text()).encode()
    assert answer.headers.get("content-encoding") == coding and "Accept-Encoding" in answer.headers["vary"]
    assert DECODED[coding](answer.body) == plain


def test_remarks_for_readers_are_not_sent_and_lines_keep_their_numbers() -> None:
    source = "/** What it is. */\n\n/**\n * More\n */\nconst a = 1; /** here */\n  /** f */\n  f() {}\n/*! licence */\n"

    assert without_remarks(source) == "\n\n\n\n\nconst a = 1; /** here */\n\n  f() {}\n/*! licence */\n"


def test_code_is_sent_as_it_is_written() -> None:
    for file in (ROOT / "widget").glob("*.js"):
        written, sent = (text.splitlines() for text in (file.read_text(), without_remarks(file.read_text())))
        changed = [line for line, left in zip(written, sent, strict=True) if line != left]
        assert all(line.lstrip().startswith(("/**", "*")) for line in changed), file.name
