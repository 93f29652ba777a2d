"""Which sentences are grouped: the same always, those alike mostly, none of another meaning for a few words."""

from base.layers import Layers
from switchboard.alike import Comparing, Groups, key_of
from switchboard.vocabulary import Vocabulary

COMPARING = Comparing(Vocabulary.load(Layers()))


def grouped(*sentences: str) -> list[list[str]]:
    groups, found = Groups(COMPARING, {}), {}
    for number, sentence in enumerate(sentences):
        key = key_of(sentence)
        group_id = groups.nearest(key) or f"g{number}"
        groups.add(group_id, key)
        found.setdefault(group_id, []).append(sentence)
    return list(found.values())


def test_signs_capitals_accents_and_masked_numbers_make_no_difference() -> None:
    assert key_of("Perché l'ordine •••••• NON arriva?!") == key_of("perche l ordine non arriva")


def test_sentences_alike_are_one_group_and_others_are_not() -> None:
    found = grouped(
        "fate il montaggio dei mobili a casa?",
        "il montaggio dei mobili è compreso?",
        "vorrei sapere se fate il montagio dei mobili",
        "avete la lista nozze?",
        "come funziona la lista nozze da voi",
        "vorrei sapere se fate gli sconti agli studenti",
    )

    assert [len(group) for group in found] == [3, 2, 1]


def test_a_group_that_grows_does_not_move_what_is_in_it() -> None:
    keys = [key_of(text) for text in ("avete la lista nozze?", "la lista nozze costa?", "lista nozze come si fa")]
    groups = Groups(COMPARING, {"g": keys[:1]})

    assert [groups.nearest(key) for key in keys] == ["g"] * 3
    groups.add("g", keys[2])
    assert [groups.nearest(key) for key in keys] == ["g"] * 3


def test_nothing_in_common_is_nothing_alike() -> None:
    assert Groups(COMPARING, {"g": ["avete la lista nozze"]}).nearest("dov e il pacco") is None
    assert Groups(COMPARING, {}).nearest("") is None
