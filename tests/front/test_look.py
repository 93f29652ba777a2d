"""What the chat looks like where the page does not say."""

from pathlib import Path

import pytest

from base.layers import Layers
from base.settings import ROOT, Register
from front.look import LookUnreadable, read_look
from front.pages import read_pages

SCRIPT = "/widget/look.js"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "look.yml"


def test_the_product_leaves_the_chat_as_it_is() -> None:
    look = read_look(Layers().files("look.yml"))

    assert look == {}
    assert read_pages(ROOT, Register.TU, look)[SCRIPT].content.strip() == b"export const look = {};"


def test_what_a_shop_says_is_in_the_script_and_the_rest_stays_away(file: Path) -> None:
    file.write_text('heading: "L\'Officina </script> \\"dei fiori\\""\naccent:\n', encoding="utf-8")

    look = read_look([*Layers().files("look.yml"), file])

    assert look == {"heading": 'L\'Officina </script> "dei fiori"'}
    content = read_pages(ROOT, Register.TU, look)[SCRIPT].content.decode()
    assert 'export const look = {"heading": "L\'Officina </script> \\"dei fiori\\""};' in content


@pytest.mark.parametrize("content", ["heading: 5", "title: casa", "- heading", 'heading: "'])
def test_a_look_that_cannot_be_used_is_refused(file: Path, content: str) -> None:
    file.write_text(content)

    with pytest.raises(LookUnreadable):
        read_look(file)
