"""What customers write, put into the syntax of Rasa's examples, as Rasa's own reader reads it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from check.sentences import Span
from labels.label import Label, annotated, one_line
from labels.lines import Line, edited


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ciao\r\ncome va\n\n  bene?", "ciao come va bene?"),
        ("tab\tnbsp\u00a0sep\u2028fine", "tab nbsp sep fine"),
        ("senza\u200bspazio \ufeff e \x07 suono", "senza spazio e suono"),
        ("mezza \ud83d faccina", "mezza faccina"),
        ("C:\\utenti\\u0041", "C:/utenti/u0041"),
        ("👩‍👧 così", "👩‍👧 così"),
    ],
)
def test_a_sentence_is_one_line_that_yaml_can_hold(written: str, kept: str) -> None:
    assert one_line(written) == Label(written, "greet").text == kept


def test_entities_are_marked_and_brackets_become_round() -> None:
    text = "ordine [urgente](order_number) 104233 a [Modena]"

    marked = annotated(text, [Span("place", 41, 47), Span("order_number", 31, 37)])

    assert marked == "ordine (urgente)(order_number) [104233](order_number) a ([Modena](place))"
    assert Label(marked, "track_order").plain == "ordine (urgente)(order_number) 104233 a (Modena)"


@pytest.mark.parametrize("spans", [[(0, 0)], [(2, 1)], [(3, 9)], [(0, 3), (2, 4)], [(1, 2)]])
def test_spans_that_lie_wrong_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="span"):
        annotated("a bcd", [Span("place", *span) for span in spans])


WILD = st.text(st.sampled_from(list("ab è[](){}:#-'\"\\|>&*!%@`u0041\n\t\u2028🙂$")), min_size=1, max_size=30)


@settings(max_examples=100)
@given(st.lists(st.tuples(WILD, st.booleans()), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_rasa_reads_what_the_customer_wrote_and_where_the_entities_are(parts: list[tuple[str, bool]], end: str) -> None:
    """The reader of Rasa 3.6.21 is asked, on a file without an accent, too: it reads that one differently."""
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    text, spans = "", []
    for part, is_entity in parts:
        if is_entity and one_line(part):
            spans.append(Span("product", len(text), len(text) + len(part)))
        text += part
    written = annotated(text, spans)
    if not written:
        return
    file = edited(
        f'version: "3.1"{end}nlu:{end}- intent: greet{end}  examples: |{end}    - x{end}', [Line("greet", written)]
    )

    _, example = RasaYAMLReader().reads(file).intent_examples

    assert example.get("text") == Label(written, "greet").plain
    assert len(example.get("entities", [])) == len(spans)
    assert not set("[]\\\n\t\u2028") & set(example.get("text"))
