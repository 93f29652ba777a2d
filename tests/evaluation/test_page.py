"""The report: everything that was found out is in it, escaped, and nothing is fetched from anywhere."""

import re
from dataclasses import replace
from html import unescape

import pytest

from base.words import WordsOf
from evaluation.model_test import WORDS, Findings, verdict_on
from evaluation.page import page as rendering
from evaluation.page import plots
from tests.evaluation.planted import alone, compared

SAID = WordsOf.read(WORDS)


def shown(findings: Findings) -> str:
    return rendering.page(findings, verdict_on(findings, SAID), SAID)


def words_of(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", html.partition("</style>")[2]).split()))


def part(html: str, name: str) -> str:
    return words_of("</style>" + html.split(f'<section id="{name}"')[1].split("<section id=")[0])


def test_the_verdict_comes_first_and_says_why() -> None:
    assert "Passa: può andare in servizio." in words_of(shown(alone()))
    assert words_of(shown(compared())).index("Non passa") < words_of(shown(compared())).index("Le cifre")
    assert "non è andata come scritto: «orders: cambia idea»" in words_of(shown(compared()))


def test_what_got_worse_is_told_before_what_got_better_with_what_was_wanted_before_and_now() -> None:
    html = shown(compared())

    assert html.index('id="worse"') < html.index('id="better"')
    worse = part(html, "worse")
    assert "«passami qualcuno» Giusto ask_human Prima ✓ ask_human sicurezza 90 % Ora ✗ greet sicurezza 55 %" in worse
    assert "mancano: order_number «104206»" in worse
    assert "report_damaged" in part(html, "better")


def test_what_customers_write_is_shown_as_they_wrote_it() -> None:
    html = shown(compared())

    assert "<b>rotta</b>" not in html and "&lt;b&gt;rotta&lt;/b&gt;" in html
    assert "grazie &lt;i&gt;•••&lt;/i&gt;" in html


def test_a_mistake_stands_beside_the_training_sentences_that_explain_it() -> None:
    told = part(shown(compared()), "confusions")

    assert "ask_human → , greet una frase" in told
    assert "«passo a salutare» somiglianza 91" in told
    assert "La più vicina di ask_human nessuna" in told


def test_a_conversation_shows_what_was_wanted_and_what_happened() -> None:
    told = part(shown(compared()), "conversations")

    assert "«no, il 104207»" in told
    assert "si voleva: utter_order è successo: utter_which" in told
    assert "andava come scritto, ora no" in told


@pytest.mark.parametrize("why", ["none", "same", "broken", "unloadable"])
def test_without_another_model_it_says_why_and_compares_nothing(why: str) -> None:
    html = shown(replace(alone(), not_compared=why))

    assert SAID.say(f"not_compared_{why}") in words_of(html)
    assert 'id="worse"' not in html and SAID.say("in_service") not in part(html, "figures").replace("«in servizio»", "")


def test_one_file_is_enough() -> None:
    html = shown(compared())

    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|<script|<link", html)


def test_every_word_that_the_page_may_say_is_written() -> None:
    template = (rendering.FOLDER / rendering.TEMPLATE).read_text(encoding="utf-8")

    named = set(re.findall(r"""\bt\(["'](\w+)["'][,)]""", template))
    counted = set(re.findall(r"""\bn\(["'](\w+)["'],""", template))

    assert named and [key for key in sorted(named) if not SAID.has(key)] == []
    assert counted and [key for key in counted for form in ("one", "many") if not SAID.has(f"{key}_{form}")] == []


def test_the_curve_stands_in_the_part_of_the_scale_where_its_points_lie() -> None:
    plot = plots.curve_plot(compared().points)

    assert [tick.value for tick in plot.up][0] == pytest.approx(0.8)
    assert [dot.y for dot in plot.dots] == sorted((dot.y for dot in plot.dots), reverse=True)
    assert all(plots.TOP <= dot.y <= plots.CURVE_BOTTOM for dot in plot.dots)
    assert plot.dots[-1].x == plots.RIGHT
