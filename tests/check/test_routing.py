"""Departments in the shop's own desk.yml, together with those of the product."""

from pathlib import Path

from base.layers import Layers
from check.checker import check
from tests.departments import shop_folder

DESK = "data/desk.yml"


def found_in(layers: Layers, product: str, own: str) -> list[str]:
    """What is wrong with these departments added to the product's file and written in the shop's."""
    assert layers.home
    file = layers.product / DESK
    (layers.home / "desk.yml").write_text(own, encoding="utf-8")
    added = file.read_text(encoding="utf-8") + product
    return [fault.message for fault in check(layers, instead={file: added.encode()})]


def test_a_shop_with_departments_of_its_own_has_no_fault(copied: Layers, tmp_path: Path) -> None:
    layers = Layers(copied.product, shop_folder(tmp_path))
    own = (layers.home / "desk.yml").read_text(encoding="utf-8") if layers.home else ""
    mailed = own.replace('name: "Assistenza"', 'name: "Assistenza"\n    mail: ["assistenza@shop.example"]')

    assert found_in(layers, "", mailed) == []
    assert found_in(layers, "", own) == [
        "il reparto «assistenza» non ha un indirizzo in mail: nessuno saprebbe che un cliente aspetta"
    ]


def test_what_one_file_says_of_a_department_the_other_need_not_say_again(copied: Layers, tmp_path: Path) -> None:
    layers = Layers(copied.product, shop_folder(tmp_path))
    product = 'departments: {vendite: {name: "Vendite", mail: ["vendite@shop.example"]}}\n'
    own = """\
departments: {vendite: {next_after_minutes: 5}}
routing: [{rule: "Preventivi", when: {kind: quote}, to: vendite}]
"""

    assert found_in(layers, product, own) == []
