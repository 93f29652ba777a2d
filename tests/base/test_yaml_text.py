"""Reading YAML: what is changed by one reader is as it was written for the next."""

import pytest
from ruamel.yaml.error import YAMLError

from base.yaml_text import read_yaml

TEXT = "a: {b: [1, yes]}\nday: 2026-11-23\n"


def test_a_text_is_read_anew_for_everybody_who_asks() -> None:
    read_yaml(TEXT)["a"]["b"].append("changed")

    assert read_yaml(TEXT)["a"] == {"b": [1, "yes"]}
    assert read_yaml(TEXT)["day"].isoformat() == "2026-11-23"


def test_what_is_no_yaml_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(YAMLError):
            read_yaml("a: [")
