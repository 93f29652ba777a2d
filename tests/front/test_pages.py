"""Served files: what is listed, and nothing else."""

from base.settings import ROOT
from front.pages import SECURITY_HEADERS, read_pages


def test_the_demo_page_the_privacy_notice_and_the_widget_are_served() -> None:
    pages = read_pages(ROOT)

    assert {"/", "/privacy", "/widget/sportello-chat.js"} <= set(pages)
    assert pages["/"].type.startswith("text/html") and pages["/widget/sportello-chat.js"].type.startswith(
        "text/javascript"
    )


def test_no_data_of_the_shop_is_served() -> None:
    assert not [path for path in read_pages(ROOT) if path.endswith((".json", ".py", ".yml", ".md"))]


def test_pages_may_run_no_script_but_their_own() -> None:
    assert "default-src 'self'" in SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in SECURITY_HEADERS["Content-Security-Policy"]


def test_every_script_that_a_served_script_imports_is_served() -> None:
    pages = read_pages(ROOT)
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
