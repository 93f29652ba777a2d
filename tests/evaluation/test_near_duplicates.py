"""Near duplicates, on sentences few enough to count the words; how much of data/nlu they are is in tests/nlu."""

import pytest

from evaluation.near_duplicates import NearDuplicate, assembled, families, masked, near_duplicates, share


def test_a_word_of_four_that_differs_is_near_and_two_are_not() -> None:
    sentences = [
        ("vorrei rendere le scarpe", "request_return"),
        ("vorrei rendere le maglie", "request_return"),
        ("vorrei restituire le gonne", "request_return"),
    ]

    assert near_duplicates(sentences) == (NearDuplicate(0, 1, 0.75),)


def test_capitals_accents_and_signs_make_no_difference() -> None:
    pairs = near_duplicates([("Perché non arriva?!", "track_order"), ("perche' non arriva", "track_order")])

    assert [pair.similarity for pair in pairs] == [1.0]


def test_sentences_of_different_intents_are_not_compared() -> None:
    assert near_duplicates([("dov'è?", "track_order"), ("dov'è?", "find_store")]) == ()


@pytest.mark.parametrize(("first", "second", "alike"), [("👍", "👍", 1), ("👍", "✅", 0)])
def test_texts_without_a_word_are_compared_as_they_are(first: str, second: str, alike: int) -> None:
    assert len(near_duplicates([(first, "affirm"), (second, "affirm")])) == alike


def test_the_lowest_similarity_that_counts_can_be_chosen() -> None:
    sentences = [("stato ordine", "track_order"), ("stato spedizione", "track_order")]

    assert near_duplicates(sentences) == ()
    assert near_duplicates(sentences, least=0.5) == (NearDuplicate(0, 1, 0.5),)


def test_entities_count_as_their_kind() -> None:
    spans = [("quantity", 18, 20), ("product", 21, 26)]

    text = masked("un preventivo per 40 sedie", spans)

    assert text.split() == ["un", "preventivo", "per", "quantity", "product"]


def test_families_are_chained_and_the_largest_comes_first() -> None:
    pairs = [NearDuplicate(0, 5, 0.8), NearDuplicate(1, 2, 0.8), NearDuplicate(3, 4, 1.0), NearDuplicate(2, 3, 0.75)]

    assert families(pairs) == ((1, 2, 3, 4), (0, 5))
    assert families([]) == ()


def test_the_share_counts_each_sentence_once() -> None:
    pairs = [NearDuplicate(0, 1, 0.8), NearDuplicate(0, 2, 0.8)]

    assert share(pairs, of=10) == pytest.approx(0.3)
    assert share([], of=0) == 0


def test_a_sentence_put_together_from_what_three_others_say_is_assembled() -> None:
    beginnings = [
        "vorrei sapere quando arriva il pacco",
        "non so quando arriva il pacco",
        "mi dite quando arriva il pacco",
    ]
    endings = ["ho fretta perché parto domani", "è urgente perché parto domani", "lo voglio perché parto domani"]
    stitched = "quando arriva il pacco perché parto domani"

    sentences = [(text, "track_order") for text in [*beginnings, *endings, stitched]]

    assert assembled(sentences) == {"track_order": (6,)}


def test_what_two_sentences_share_is_not_yet_a_pattern() -> None:
    assert assembled([("dove sta il mio pacco", "track_order")] * 2) == {"track_order": ()}
