"""The shop's folder is laid over the product's data key by key."""

from pathlib import Path

import pytest

from base.layers import Layers, data_layers, read_layered
from base.settings import ROOT, SettingsError


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    for folder in ("product/data", "home"):
        (tmp_path / folder).mkdir(parents=True)
    return Layers(tmp_path / "product", tmp_path / "home")


def test_without_a_shop_folder_only_the_product_is_read() -> None:
    assert data_layers({}).data == (ROOT / "data",)
    assert data_layers({"SPORTELLO_HOME": " "}).data == (ROOT / "data",)


def test_a_shop_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        data_layers({"SPORTELLO_HOME": str(tmp_path / "nowhere")})

    assert refused.value.problem == "no_folder"


def test_a_relative_shop_folder_is_looked_for_from_the_project() -> None:
    assert data_layers({"SPORTELLO_HOME": "docs"}).home == ROOT / "docs"


def test_keys_of_the_shop_win_and_the_others_stay(layers: Layers) -> None:
    product, home = layers.product / "data" / "dialogue.yml", layers.home / "dialogue.yml"
    product.write_text("a: 1\nclose: {most: 3, together: 0.5}\nchoices: [x, y]\n")
    assert read_layered(layers.files("dialogue.yml")) == {
        "a": 1, "close": {"most": 3, "together": 0.5}, "choices": ["x", "y"],
    }  # fmt: skip

    home.write_text("close: {most: 2}\nchoices: [z]\n")

    assert read_layered(layers.files("dialogue.yml")) == {
        "a": 1, "close": {"most": 2, "together": 0.5}, "choices": ["z"],
    }  # fmt: skip


def test_an_empty_file_of_the_shop_changes_nothing(layers: Layers) -> None:
    (layers.product / "data" / "dialogue.yml").write_text("a: 1\n")
    (layers.home / "dialogue.yml").write_text("# niente\n")

    assert read_layered(layers.files("dialogue.yml")) == {"a": 1}


def test_a_file_without_keys_is_told(tmp_path: Path) -> None:
    (tmp_path / "list.yml").write_text("- one\n")

    with pytest.raises(TypeError, match="list.yml"):
        read_layered(tmp_path / "list.yml")
