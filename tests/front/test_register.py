"""Pages, and what the chat is told, where the shop says "Lei"."""

import re
from pathlib import Path

import pytest

from base.settings import ROOT, Register
from check.informal import informal_words
from front.pages import PAGES, read_pages
from front.register import NotAddressable, addressed

EXAMPLE = '<p>Sportello</p><p class="a" data-lei="Scriva, e le rispondo." id="b">Scrivi, e\nti rispondo.</p>'


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_informal_as_it_is_written_and_formal_throughout(path: str) -> None:
    informal = read_pages(ROOT, Register.TU)[path].content.decode()
    formal = read_pages(ROOT, Register.LEI)[path].content.decode()

    assert informal == (ROOT / PAGES[path]).read_text(encoding="utf-8")
    assert informal_words(_seen(informal)) and not informal_words(_seen(formal))


def test_only_pages_and_the_register_itself_are_other_ones_where_the_shop_is_formal() -> None:
    informal, formal = read_pages(ROOT, Register.TU), read_pages(ROOT, Register.LEI)

    different = {path for path, page in informal.items() if page.etag != formal[path].etag}

    assert different == {*PAGES, "/demo/index.html", "/demo/privacy.html", "/widget/register.js"}
    assert 'export const register = "lei";' in formal["/widget/register.js"].content.decode()


def test_formal_words_take_the_place_of_the_informal_ones() -> None:
    page = Path("index.html")

    assert addressed(page, EXAMPLE, Register.TU) == EXAMPLE
    assert addressed(page, EXAMPLE, Register.LEI) == ('<p>Sportello</p><p class="a" id="b">Scriva, e le rispondo.</p>')


def test_an_element_with_formal_words_that_holds_another_one_is_refused() -> None:
    with pytest.raises(NotAddressable, match="index.html"):
        addressed(Path("index.html"), '<p data-lei="Scriva.">Scrivi <b>qui</b>.</p>', Register.LEI)


def _seen(page: str) -> str:
    """The words of a page, without what stands inside its tags."""
    return re.sub(r"<[^>]*>", " ", page)
