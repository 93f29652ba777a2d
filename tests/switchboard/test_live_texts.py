"""A changed file of responses is said a moment later; one that cannot be read changes nothing."""

import logging
from pathlib import Path

import pytest

from base.settings import Register
from switchboard.live_texts import LOOK_S, LiveTexts
from switchboard.texts import TextMissing, TextsUnreadable


class Watch:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    product, home = tmp_path / "product", tmp_path / "home"
    product.mkdir()
    home.mkdir()
    write(product, "Ciao!")
    return product, home


@pytest.fixture
def watch() -> Watch:
    return Watch()


def write(folder: Path, words: str, key: str = "utter_greet") -> None:
    (folder / "general.yml").write_text(f'responses:\n  {key}:\n  - text: "{words}"\n', encoding="utf-8")


def test_a_response_of_the_shop_takes_the_place_of_the_products(folders: tuple[Path, Path], watch: Watch) -> None:
    write(folders[1], "Buongiorno!")

    texts = LiveTexts(folders, Register.TU, watch)

    assert texts.say("utter_greet") == "Buongiorno!"


def test_an_edit_is_said_after_a_second_and_not_looked_for_before(folders: tuple[Path, Path], watch: Watch) -> None:
    texts = LiveTexts(folders, Register.TU, watch)
    write(folders[1], "Buongiorno a tutti!")
    assert texts.say("utter_greet") == "Ciao!"

    watch.now += LOOK_S

    assert texts.say("utter_greet") == "Buongiorno a tutti!"


def test_a_file_taken_away_gives_the_products_words_back(folders: tuple[Path, Path], watch: Watch) -> None:
    write(folders[1], "Buongiorno!")
    texts = LiveTexts(folders, Register.TU, watch)

    (folders[1] / "general.yml").unlink()
    watch.now += LOOK_S

    assert texts.render("utter_greet", "t1").text == "Ciao!"


def test_a_broken_file_leaves_the_words_as_they_were_until_it_is_mended(
    folders: tuple[Path, Path], watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    texts = LiveTexts(folders, Register.TU, watch)
    (folders[1] / "general.yml").write_text('responses:\n  utter_greet:\n  - text: "Segreto')
    with caplog.at_level(logging.ERROR, logger="switchboard.live_texts"):
        for _ in range(3):
            watch.now += LOOK_S
            assert texts.say("utter_greet") == "Ciao!"

    assert [record.message for record in caplog.records] == [
        "changed texts are not used: general.yml:3: not YAML, or a repeated key"
    ]
    write(folders[1], "Di nuovo qui!")
    watch.now += LOOK_S
    assert texts.say("utter_greet") == "Di nuovo qui!"


def test_formal_words_are_read_again_too(folders: tuple[Path, Path], watch: Watch) -> None:
    texts = LiveTexts(folders, Register.LEI, watch)

    (folders[1] / "general.yml").write_text(
        'responses:\n  utter_greet:\n  - text: "Dimmi!"\n    metadata: {lei: "Mi dica!"}\n'
    )
    watch.now += LOOK_S

    assert texts.say("utter_greet") == "Mi dica!"


def test_at_first_everything_has_to_be_readable(folders: tuple[Path, Path], watch: Watch) -> None:
    (folders[1] / "general.yml").write_text("responses: 5\n")

    with pytest.raises(TextsUnreadable):
        LiveTexts(folders, Register.TU, watch)


def test_what_stands_nowhere_is_missing(folders: tuple[Path, Path], watch: Watch) -> None:
    with pytest.raises(TextMissing):
        LiveTexts(folders, Register.TU, watch).say("utter_nothing")
