"""What people ask of shops, by topic: ways to ask (`ways_to_ask/`), and what a shop would write (`topic_entries/`)."""

import hashlib
from pathlib import Path
from typing import Any, Mapping

from base.yaml_text import read_yaml
from engine.question_index import everything
from shop.questions import Question

WAYS, ENTRIES = Path(__file__).with_name("ways_to_ask"), Path(__file__).with_name("topic_entries")


def read_ways() -> Mapping[str, list[str]]:
    """All topics with their ways to ask, in the files' order."""
    return _content(WAYS)


def read_entries() -> Mapping[str, Question]:
    """All topics with the entry of `domande.yml` that a shop would write on them, in the files' order."""
    return {
        topic: Question(said["title"], tuple(said["questions"]), said["answer"])
        for topic, said in _content(ENTRIES).items()
    }


def source_of(ways: Mapping[str, list[str]], entries: Mapping[str, Question]) -> str:
    """SHA-256 of everything that was written about topics."""
    said = [f"{topic}\t{text}" for topic, texts in ways.items() for text in texts]
    said += [f"{topic}\t{everything(entry)}" for topic, entry in entries.items()]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _content(folder: Path) -> dict[str, Any]:
    files = sorted(folder.glob("*.yml"))
    return {key: said for file in files for key, said in read_yaml(file.read_text("utf-8")).items()}
