"""Learns what people ask of shops: `python -m evaluation.topics` writes engine/topics.npz from `ways_to_ask/`."""

import hashlib
import sys
from pathlib import Path
from typing import Mapping

import numpy as np
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

from components.encoder.sentence_encoder import encoder_folder, load_encoder
from engine.topics import FILE, Topics, unit
from evaluation.question_measure import encode_with

WAYS = Path(__file__).with_name("ways_to_ask")
C, SHARPNESS = 30.0, 1.5  # chosen on the invented shops, each judged with what the three others gave
MOST_STEPS = 200


def main() -> None:
    """Learn and write the file."""
    ways = read_ways()
    labels = np.array([place for place, texts in enumerate(ways.values()) for _ in texts])
    vectors = encode_with(load_encoder(encoder_folder()))([text for texts in ways.values() for text in texts])
    middle = vectors.mean(axis=0)
    model = LogisticRegression(C=C, max_iter=MOST_STEPS).fit(unit(vectors - middle), labels)
    Topics(middle, SHARPNESS * model.coef_.T, SHARPNESS * model.intercept_, source_of(ways)).write(FILE)
    sys.stdout.write(f"{len(ways)} topics, {len(labels)} ways to ask: {FILE.name}, {FILE.stat().st_size} bytes\n")


def read_ways() -> Mapping[str, list[str]]:
    """All topics with their ways to ask, in the files' order."""
    return {
        topic: texts
        for file in sorted(WAYS.glob("*.yml"))
        for topic, texts in YAML(typ="safe").load(file.read_text(encoding="utf-8")).items()
    }


def source_of(ways: Mapping[str, list[str]]) -> str:
    """SHA-256 of topics and texts."""
    said = "\n".join(f"{topic}\t{text}" for topic, texts in ways.items() for text in texts)
    return hashlib.sha256(said.encode()).hexdigest()


if __name__ == "__main__":
    main()
