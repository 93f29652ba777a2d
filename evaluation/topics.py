"""Learns what people ask of shops: `python -m evaluation.topics` writes engine/topics.npz from `ways_to_ask/`."""

import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

from components.encoder.sentence_encoder import encoder_folder, load_question_encoder
from engine.topics import FILE, Topics, unit
from evaluation.question_measure import encode_with
from evaluation.ways import read_entries, read_ways, source_of

C, SHARPNESS = 30.0, 1.0  # chosen on the invented shops, each judged with what the three others gave
MOST_STEPS = 200


def main() -> None:
    """Learn and write the file."""
    ways = read_ways()
    labels = np.array([place for place, texts in enumerate(ways.values()) for _ in texts])
    vectors = encode_with(load_question_encoder(encoder_folder()))([text for texts in ways.values() for text in texts])
    middle = vectors.mean(axis=0)
    model = LogisticRegression(C=C, max_iter=MOST_STEPS).fit(unit(vectors - middle), labels)
    Topics(middle, SHARPNESS * model.coef_.T, SHARPNESS * model.intercept_, source_of(ways, read_entries())).write(FILE)
    sys.stdout.write(f"{len(ways)} topics, {len(labels)} ways to ask: {FILE.name}, {FILE.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
