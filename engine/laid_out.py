"""Writes the product's data with the shop's folder laid over it, as one project that Rasa can be trained from.

Only what a model is made of: domain.yml, config.yml, sentences, rules, and the names of responses.
"""

import json
from pathlib import Path
from typing import Any, Iterator, Mapping

from ruamel.yaml import YAML

from base.layers import Layers, laid_over

LISTS = ("intents", "entities", "actions")


def lay_out(layers: Layers, folder: Path) -> None:
    """Fill the empty `folder` with config.yml, domain.yml and data/.

    Raises:
        ruamel.yaml.error.YAMLError, TypeError, KeyError: a file is not what it should be; `sportello check` says where.
    """
    (folder / "config.yml").write_bytes((layers.product / "config.yml").read_bytes())
    _write(folder / "domain.yml", domain_of(layers))
    data = folder / "data"
    for name in ("nlu", "rules", "responses"):
        (data / name).mkdir(parents=True)
    for place, content in enumerate(nlu_of(layers)):
        _write(data / "nlu" / f"{place:03}.yml", content)
    _write(data / "rules" / "rules.yml", {"version": "3.1", "rules": rules_of(layers)})
    names = {name: [{"text": name}] for name in response_names(layers)}
    _write(data / "responses" / "names.yml", {"version": "3.1", "responses": names})


def domain_of(layers: Layers) -> dict[str, Any]:
    """domain.yml of both layers: lists follow each other, keys are laid over each other."""
    whole: dict[str, Any] = {}
    for folder in layers.beside:
        content = _read(folder / "domain.yml") if (folder / "domain.yml").is_file() else {}
        lists = {key: [*whole.get(key, []), *(content.get(key) or [])] for key in LISTS if key in {*whole, *content}}
        whole = {**laid_over(whole, content), **lists}
    return whole


def nlu_of(layers: Layers) -> Iterator[dict[str, Any]]:
    """The files of sentences of both layers, without those that the shop has removed."""
    product, *homes = layers.data
    own = [content for home in homes for content in _files(home / "nlu")]
    removed = {(intent, line) for content in own for intent, line in _lines(content.get("removed"))}
    for content in _files(product / "nlu"):
        yield {**content, "nlu": [_without(block, removed) for block in content.get("nlu") or []]}
    for content in own:
        yield {key: value for key, value in content.items() if key != "removed"}


def rules_of(layers: Layers) -> list[Mapping[str, Any]]:
    """The rules of both layers: a shop's takes the place of the product's with the same name."""
    found: dict[str, Mapping[str, Any]] = {}
    for folder in layers.data:
        for content in _files(folder / "rules"):
            found.update({rule["rule"]: rule for rule in content.get("rules") or []})
    return list(found.values())


def response_names(layers: Layers) -> list[str]:
    """The names of all responses, in order."""
    files = (content for folder in layers.responses for content in _files(folder))
    return sorted({name for content in files for name in content.get("responses") or {}})


def _without(block: Mapping[str, Any], removed: set[tuple[str, str]]) -> Mapping[str, Any]:
    if not isinstance(block.get("examples"), str):
        return block
    kept = [line for line in block["examples"].splitlines() if (block.get("intent"), line.strip()) not in removed]
    return {**block, "examples": "\n".join(kept) + "\n"}


def _lines(blocks: Any) -> Iterator[tuple[str, str]]:
    for block in blocks or []:
        yield from ((block["intent"], line.strip()) for line in block["examples"].splitlines() if line.strip())


def _files(folder: Path) -> Iterator[dict[str, Any]]:
    return (_read(file) for file in sorted(folder.glob("*.yml")))


def _read(file: Path) -> dict[str, Any]:
    content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return content or {}


def _write(file: Path, content: Mapping[str, Any]) -> None:
    """Values as JSON, which is YAML, too; Rasa looks for the keys at the beginnings of lines."""
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in content.items())
    file.write_text("".join(lines), encoding="utf-8")
