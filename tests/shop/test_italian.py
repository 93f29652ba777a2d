import pytest

from shop.italian import same_word, slipped, telling, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'armadio, perché?", ("armadio", "perche")),
        ("il caffe' dell’ufficio", ("il", "caffe", "ufficio")),
        ("da DUE posti", ("da", "2", "posti")),
        ("c'è L’altra?", ("ce", "altra")),
        ("160x190 cm", ("160x190", "cm")),
        ("", ()),
    ],
)
def test_words_have_no_accents_no_capitals_and_no_elided_article(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(("one", "other"), [("sedia", "sedie"), ("bianco", "bianche"), ("blu", "blu"), ("42", "42")])
def test_endings_make_no_difference(one: str, other: str) -> None:
    assert same_word(one, other)


@pytest.mark.parametrize(("one", "other"), [("tavolo", "tavolino"), ("luna", "lana"), ("42", "43"), ("tv", "te")])
def test_other_words_are_other_words(one: str, other: str) -> None:
    assert not same_word(one, other)


@pytest.mark.parametrize("written", ["brna", "brinna", "brima", "birna", "abrina"])
def test_one_typing_error_is_forgiven(written: str) -> None:
    assert slipped(written, "brina") and slipped("brina", written)


@pytest.mark.parametrize("written", ["apirapolvre", "aspirapovele", "aspiraplovere"])
def test_two_are_forgiven_in_a_long_word(written: str) -> None:
    assert slipped(written, "aspirapolvere")


@pytest.mark.parametrize(("written", "meant"), [("alba", "alpe"), ("brnai", "brina"), ("blu", "bla"), ("ab", "ba")])
def test_two_errors_or_one_in_a_short_word_are_not(written: str, meant: str) -> None:
    assert not slipped(written, meant)


def test_a_question_without_a_name_tells_nothing() -> None:
    assert telling(words_of("e quanto costa?")) == ()
    assert telling(words_of("quanto costa la Brina?")) == ("brina",)
