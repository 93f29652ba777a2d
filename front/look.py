"""What the chat looks like where the page does not say: `look.yml`, served as `widget/look.js`."""

import json
from pathlib import Path
from typing import Mapping

from ruamel.yaml.error import YAMLError

from base.layers import Files, read_layered

ATTRIBUTES = ("accent", "heading", "greeting", "position")
SCRIPT, NOTHING = "look.js", "{}"


class LookUnreadable(Exception):
    """The file says something that is no attribute, or no text."""


def read_look(files: Files) -> dict[str, str]:
    """The attributes that `look.yml`, or several laid over each other, gives a value.

    Raises:
        LookUnreadable: the file is no YAML, or a key is not what it should be.
    """
    try:
        look = {key: value for key, value in read_layered(files).items() if value is not None}
    except (YAMLError, TypeError) as error:
        raise LookUnreadable("look.yml: `sportello check` says what is wrong") from error
    for key, value in look.items():
        if key not in ATTRIBUTES or not isinstance(value, str):
            raise LookUnreadable(f"look.yml: {key}: a text for one of {', '.join(ATTRIBUTES)} is wanted")
    return look


def with_look(file: Path, content: str, look: Mapping[str, str]) -> str:
    """`content` of `file` as it is served: the script that tells the look has it in the place of nothing."""
    return content.replace(NOTHING, json.dumps(dict(look), ensure_ascii=False)) if file.name == SCRIPT else content
