import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.emails import email_address, same_email

ADDRESSES = st.emails(domains=st.just("example.it")).map(str.lower).filter(lambda text: email_address(text) is not None)


@pytest.mark.parametrize(
    "text",
    [
        "anna.rossi@example.it",
        "  Anna.Rossi@Example.IT  ",
        "anna.rossi@example.it.",
        "(anna.rossi@example.it)",
        "mailto:anna.rossi@example.it?subject=Ordine",
        "Anna Rossi <anna.rossi@example.it>",
        "<anna.rossi@example.it>",
        "anna.rossi @ example.it",
        "anna.rossi chiocciola example.it",
        "anna punto rossi chiocciola example punto it",
        "anna.rossi(at)example.it",
        "anna.rossi [at] example [dot] it",
        "anna.rossi at example.it",
        "ａｎｎａ.rossi＠example.it",
        "anna.rossi@\u200bexample.it",
        "«anna.rossi@example.it»,",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str) -> None:
    assert email_address(text) == "anna.rossi@example.it"


@pytest.mark.parametrize(
    "text",
    ["", "anna", "anna@", "@example.it", "anna@example", "anna@@example.it", "anna..rossi@example.it", ".@example.it",
     "anna@-example.it", "anna@example-.it", "anna@example.i", "anna rossi@example.it", "a@b.it c@d.it",
     "anna@exa_mple.it", "anna\x00@example.it", "anna@127.0.0.1", "l'e-mail è anna@example.it"],
)  # fmt: skip
def test_what_is_no_address_gives_none(text: str) -> None:
    assert email_address(text) is None


def test_the_limits_of_length_are_those_of_the_mail_system() -> None:
    domain = ".".join(["d" * 60] * 3) + ".it"

    assert email_address(f"{'a' * 64}@example.it") is not None
    assert email_address(f"{'a' * 65}@example.it") is None
    assert email_address(f"{'a' * 64}@{domain}") is not None
    assert email_address(f"{'a' * 64}@dddddd.{domain}") is None


@given(st.text(st.characters()))
def test_no_text_raises_and_what_comes_out_stays_the_same(text: str) -> None:
    found = email_address(text)

    assert found is None or found.isascii() and email_address(found) == found


@given(st.text("aA.@ <>:?mailtochiocciolapunto\u200b\ud800", max_size=80))
def test_near_addresses_do_not_raise_either(text: str) -> None:
    found = email_address(text)

    assert found is None or email_address(found) == found


@pytest.mark.parametrize("text", ["a" * 5_000_000, " " * 399 + "@", "a." * 199 + "@", "\ud800@example.it"])
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    assert email_address(text) is None


@given(ADDRESSES)
def test_an_address_is_the_same_in_capitals_and_with_spaces(address: str) -> None:
    assert same_email(address, f" {address.upper()} ")


def test_two_addresses_or_no_address_are_not_the_same() -> None:
    assert not same_email("anna.rossi@example.it", "anna.rossi@example.com")
    assert not same_email("anna", "anna")
    assert not same_email("", "")
