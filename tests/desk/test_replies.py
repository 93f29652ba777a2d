"""Ready replies: live values, and none while a value is missing."""

from pathlib import Path

import pytest

from base.settings import ROOT
from desk.records import RecordLine
from desk.replies import MOST_SUGGESTED, RepliesUnreadable, Reply, load_replies, ready, suggested

ORDER = RecordLine(
    "order", "104206", "Ordine 104206", "in viaggio", values={"order_number": "104206", "order_status": "in viaggio"}
)
OTHER = RecordLine(
    "order", "104207", "Ordine 104207", "pagato", values={"order_number": "104207", "order_status": "pagato"}
)


def test_the_replies_that_come_with_sportello_can_be_used() -> None:
    assert [reply.title for reply in load_replies(ROOT / "data" / "replies.yml")]


def test_values_are_those_of_the_first_record_and_a_missing_one_blocks() -> None:
    replies = [Reply("uno", "{agent}: {order_number} {order_status}"), Reply("due", "entro {order_promised}")]

    first, second = ready(replies, "Giulia", [ORDER, OTHER])

    assert first.text == "Giulia: 104206 in viaggio"
    assert (second.text, second.missing) == (None, ("order_promised",))


def test_at_most_three_replies_are_suggested_the_likeliest_intent_first_and_none_that_cannot_be_chosen() -> None:
    replies = [
        Reply("blocked", "entro {order_promised}", ("track_order",)),
        Reply("order", "{order_number}", ("track_order", "thank")),
        *(Reply(f"other {number}", "altro", ("thank",)) for number in range(4)),
        Reply("never", "mai"),
    ]
    told = ready(replies, "Giulia", [ORDER])

    assert [one.title for one in suggested(told, ["thank", "track_order"])] == ["order", "other 0", "other 1"]
    assert [one.title for one in suggested(told, ["track_order"])] == ["order"]
    assert suggested(told, ["greet"]) == [] == suggested(told, [])
    assert MOST_SUGGESTED == 3


def test_what_is_in_a_value_is_never_a_placeholder() -> None:
    [filled] = ready([Reply("uno", "{agent}")], "{order_number}", [ORDER])

    assert filled.text == "{order_number}"


@pytest.mark.parametrize(
    "content", ["replies:\n- title: a\n", "replies:\n- {title: a, text: '{price}'}\n", "other: 1\n"]
)
def test_a_file_that_cannot_be_used_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "replies.yml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(RepliesUnreadable, match="replies.yml"):
        load_replies(file)


def test_a_shop_adds_replies_rewrites_those_with_the_same_title_and_leaves_some_out(tmp_path: Path) -> None:
    product, own = tmp_path / "product.yml", tmp_path / "own.yml"
    product.write_text("replies:\n- {title: a, text: one}\n- {title: b, text: two}\n- {title: c, text: three}\n")
    own.write_text("replies:\n- {title: d, text: four}\n- {title: a, text: mine}\nremoved: [c]\n")

    assert load_replies([product, own]) == (Reply("a", "mine"), Reply("b", "two"), Reply("d", "four"))


def test_a_shop_file_with_comments_only_changes_nothing(tmp_path: Path) -> None:
    product, own = tmp_path / "product.yml", tmp_path / "own.yml"
    product.write_text("replies:\n- {title: a, text: one}\n")
    own.write_text("# replies:\n")

    assert load_replies([product, own]) == (Reply("a", "one"),)
