"""`--fix` writes what is mechanical and leaves the rest alone."""

from base.layers import Layers
from check.faults import Edit
from check.fix import edited, fix, write

RESPONSES = "data/responses/people.yml"


def test_several_faults_of_one_line_are_put_right_one_after_the_other(copied: Layers) -> None:
    file = copied.product / RESPONSES
    before = file.read_text(encoding="utf-8")
    good = '  - text: "Aggiunto anche questo alla richiesta numero {request_number}."\n'
    bad = "  - text: Perchè  è aggiunto alla richiesta numero {request_number} . # così   \n"
    file.write_text(before.replace(good, bad), encoding="utf-8")
    file.chmod(0o640)

    result = fix(copied)
    write(result.texts)

    put_right = '  - text: "Perché è aggiunto alla richiesta numero {request_number}." # così\n'
    assert file.read_text(encoding="utf-8") == before.replace(good, put_right)
    assert result.left == () and result.count == 2  # what is wrong in the words shows when they have their quotes
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


def test_what_a_person_has_to_decide_is_left(copied: Layers) -> None:
    file = copied.product / RESPONSES
    spoilt = file.read_text(encoding="utf-8").replace('"/ask_human"', '"/ask_humans"', 1)
    file.write_text(spoilt, encoding="utf-8")

    result = fix(copied)

    assert result.texts == {} and [fault.key for fault in result.left] == ["button_nowhere"]


def test_edits_that_would_meet_are_not_made_together() -> None:
    whole, overlapping, far = (Edit(0, 1, "A"), Edit(4, 5, "E")), (Edit(4, 6, "x"), Edit(8, 9, "y")), (Edit(7, 7, "-"),)

    assert edited("abcdefghi", [whole, overlapping, far]) == "AbcdEfg-hi"
