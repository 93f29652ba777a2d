"""What tells who a customer is, found in his sentences: hidden from trainers, and replaced by something invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.layers import Layers
from switchboard.masking import DOT
from switchboard.personal import Personal
from switchboard.vocabulary import Vocabulary

PERSONAL = Personal(Vocabulary.load(Layers()))


@pytest.mark.parametrize(
    "text, secrets",
    [
        ("sono Mario Rossi e il mio ordine 104206 non arriva", ["Mario", "Rossi", "104206"]),
        ("sono mario rossi", ["mario", "rossi"]),
        ("buongiorno sono stefania e volevo sapere del reso", ["stefania"]),
        ("mi chiamo giulia de santis", ["giulia", "santis"]),
        ("l'ordine a nome di verdi luca", ["verdi", "luca"]),
        ("cordiali saluti, Anna Bruni", ["Anna", "Bruni"]),
        ("sono il signor bianchi", ["bianchi"]),
        ("Mi ha chiamato Giulio Cesarini dal corriere", ["Giulio", "Cesarini"]),
        ("ho parlato con Brambilla in negozio", ["Brambilla"]),
        ("abito in via Garibaldi 12/b a Milano", ["Garibaldi", "12/b"]),
        ("spedite in piazza della repubblica 3", ["repubblica", "3"]),
        ("consegnate in viale Certosa", ["Certosa"]),
        ("scrivimi a mario.rossi@gmail.com, grazie", ["mario.rossi", "gmail"]),
        ("il mio numero è 333 1234567", ["333", "1234567"]),
        ("sono nata il 12/03/1985", ["12/03/1985"]),
        ("codice fiscale RSSMRA80A01H501U", ["RSSMRA80A01H501U"]),
        ("IBAN IT60 X054 2811 1010 0000 0123 456", ["2811", "1010"]),
        ("sono su telegram @marietto88", ["marietto"]),
        ("guarda https://negozio.example/ordini?token=abc", ["token", "abc"]),
    ],
)
def test_what_tells_who_somebody_is_is_hidden_and_replaced(text: str, secrets: list[str]) -> None:
    masked, invented = PERSONAL.masked(text), PERSONAL.invented(text)

    assert [one for one in secrets if one in masked] == []
    assert [one for one in secrets if one in invented and len(one) > 3] == []
    assert len(masked) == len(text) and DOT not in invented


@pytest.mark.parametrize(
    "text",
    [
        "sono in ritardo con la consegna",
        "sono arrabbiata, il pacco non arriva",
        "buongiorno sono la cliente dell'altro giorno",
        "mandatemelo via mail",
        "avete divani in pelle da 200 euro?",
        "DOVE È FINITO IL MIO PACCO",
        "spedite a Bologna?",
        "vorrei un corso di cucina",
        "Buongiorno. Vorrei un preventivo",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert PERSONAL.masked(text) == PERSONAL.invented(text) == text


def test_what_is_invented_has_the_same_shape_and_is_always_the_same() -> None:
    text = "sono Anna Bianchi, l'ordine 104206 va in via Roma 5, scrivetemi ad anna@posta.example"

    invented = PERSONAL.invented(text)

    assert invented == PERSONAL.invented(text)
    assert "@example.it" in invented and " via " in invented and "l'ordine 10" in invented
    assert PERSONAL.invented("sono Anna Bianchi").split()[1].istitle()


@given(st.text(max_size=80))
def test_nothing_breaks_it(text: str) -> None:
    masked = PERSONAL.masked(text)

    assert len(masked) == len(text)
    PERSONAL.invented(text)
