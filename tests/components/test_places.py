"""Places, and the postal codes they have."""

from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.places import Place, gazetteer, is_street_or_team, key_of, named_at
from shop.stores import provinces

EMILIA = "Emilia-Romagna"


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Bologna", Place("Bologna", "BO", EMILIA)),
        ("bologna", Place("Bologna", "BO", EMILIA)),
        ("BO", Place("Bologna", "BO", EMILIA)),
        ("Reggio Emilia", Place("Reggio nell'Emilia", "RE", EMILIA)),
        ("reggio calabria", Place("Reggio di Calabria", "RC", "Calabria")),
        ("Forlì", Place("Forlì", "FC", EMILIA)),
        ("l’Aquila", Place("L'Aquila", "AQ", "Abruzzo")),
        ("Aquila", Place("L'Aquila", "AQ", "Abruzzo")),
        ("S. Donato Milanese", Place("San Donato Milanese", "MI", "Lombardia")),
        ("casalecchio di reno", Place("Casalecchio di Reno", "BO", EMILIA)),
        ("Mestre", Place("Venezia", "VE", "Veneto")),
        ("Emilia Romagna", Place(None, None, EMILIA)),
        ("valle d'aosta", Place(None, None, "Valle d'Aosta")),
        ("monza e brianza", Place(None, "MB", "Lombardia")),
        ("Milnao", Place("Milano", "MI", "Lombardia")),
        ("torinoo", Place("Torino", "TO", "Piemonte")),
        ("Castro", Place("Castro", None, None)),
        ("bo", None),
        ("Parigi", None),
        ("", None),
    ],
)
def test_a_name_is_a_municipality_a_province_or_a_region(written: str, place: Optional[Place]) -> None:
    assert gazetteer().place(written) == place


def test_every_province_is_known_by_its_letters_and_its_name() -> None:
    for names in provinces().values():
        for code, name in names.items():
            assert gazetteer().place(code), code
            assert gazetteer().place(name), name


def test_the_municipalities_are_all_there() -> None:
    assert len(gazetteer().codes) > 7_800


@pytest.mark.parametrize(("code", "exists"), [("40121", True), ("00185", True), ("99999", False), ("20100", True)])
def test_a_postal_code_exists_or_does_not(code: str, exists: bool) -> None:
    assert gazetteer().code_exists(code) is exists


def test_the_longest_name_is_found() -> None:
    words = "abito a san lazzaro di savena in provincia di bologna".split()

    assert named_at(words, gazetteer()) == [(2, 6, False), (9, 10, True)]


@pytest.mark.parametrize(
    ("marked", "other"),
    [
        ("via [Bologna] 3", True),
        ("in piazza [Roma]", True),
        ("hai visto la partita della [Roma]?", True),
        ("forza [Napoli]", True),
        ("tifo per il [Bologna]", True),
        ("abito a [Bologna] in via Roma", False),
        ("la partita a [Roma]", False),
        ("[Milano]", False),
    ],
)
def test_streets_and_teams_are_no_places(marked: str, other: bool) -> None:
    before, _, rest = marked.partition("[")
    name, _, after = rest.partition("]")

    assert is_street_or_team(before + name + after, len(before), len(before + name)) is other


@given(st.text(st.characters(blacklist_categories=()), max_size=60))
def test_any_characters_are_a_place_or_none(text: str) -> None:
    assert gazetteer().place(text) is None or key_of(text) or text.strip().isupper()
