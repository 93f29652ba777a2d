"""Faults in the shop's own folder are told with its file and line, and what it leaves out is no fault."""

from pathlib import Path

import pytest

from base.layers import Layers
from check.checker import check

WRONG = [
    ("desk.yml", 'hours:\n  sunday: ["10:00-12:00"]\n  lunedì: []\n', 3, "non è un giorno"),
    ("desk.yml", "promise_after_minutes: 0\n", 1, "numero di minuti"),
    ("desk.yml", "# orari\norari:\n  monday: []\n", 2, "«orari» non la legge nessuno"),
    ("replies.yml", 'replies:\n- title: "A"\n  text: "Ciao {agente}"\n', 2, "«{agente}» non è un valore"),
    ("replies.yml", 'removed:\n- "Che non c\'è"\n', 2, "non c'è niente da togliere"),
    ("replies.yml", "risposte: []\n", 1, "«risposte» non la legge nessuno"),
    ("dialogue.yml", "close:\n  most: 0\n", 2, "close.most"),
    ("dialogue.yml", "cases:\n  request_nothing: [order]\n", 2, "request_nothing"),
    ("look.yml", '\naccent: "#12"\n', 2, "non è un colore"),
    ("responses/own.yml", 'responses:\n  utter_goodbye:\n  - text: "Ciao {nome}"\n', 3, "segnaposto {nome}"),
    ("nlu/own.yml", "nlu:\n- intent: nothing_known\n  examples: |\n    - una frase\n", 2, "nothing_known"),
]
RIGHT = {
    "desk.yml": 'hours:\n  sunday: ["10:00-12:00"]\n',
    "replies.yml": 'replies:\n- title: "Ritiro"\n  text: "Ordine {order_number}."\nremoved:\n- "Altro?"\n',
    "dialogue.yml": "close:\n  most: 2\n",
}


@pytest.mark.parametrize(("name", "content", "line", "says"), WRONG)
def test_a_fault_in_the_shops_folder_is_told_with_its_file_and_line(
    tmp_path: Path, name: str, content: str, line: int, says: str
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(content, encoding="utf-8")

    found = check(Layers(home=tmp_path))

    assert any((fault.file, fault.line) == (str(file), line) and says in fault.message for fault in found), found


def test_a_file_with_only_the_keys_that_differ_is_right(tmp_path: Path) -> None:
    for name, content in RIGHT.items():
        (tmp_path / name).write_text(content, encoding="utf-8")

    assert [str(fault) for fault in check(Layers(home=tmp_path))] == []


def test_a_shop_may_answer_what_the_product_leaves_alone(tmp_path: Path) -> None:
    entry = 'domande:\n- domande: ["cercate personale?", "e come funziona da voi?"]\n  risposta: "Sì."\n'
    (tmp_path / "domande.yml").write_text(entry, encoding="utf-8")

    assert [str(fault) for fault in check(Layers(home=tmp_path))] == []
