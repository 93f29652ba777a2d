"""Stands in for `sportello labels measure`: says what that says for a file of labels. `--fail`: as when it fails."""

import json
import sys
from pathlib import Path

READ = {
    "text": "a che punto siamo col pacco",
    "wanted": "track_order",
    "before": "out_of_scope",
    "after": "track_order",
    "entities": [],
    "entities_before": [],
    "entities_after": [["pacco", "product"]],
}
FIGURES = {"intent_accuracy": 0.9, "macro_f1": 0.88, "entity_f1": None, "oos_recall": 0.8, "false_rejections": 0.02}
EFFECT = {
    "sentences": 1800,
    "figures_before": FIGURES,
    "figures_after": {**FIGURES, "intent_accuracy": 0.905},
    "better": [READ] * 9,
    "worse": [{**READ, "text": "mandatemi la carta", "before": "request_invoice"}],
    "otherwise": [],
    "intents": [{"intent": "track_order", "sentences": 20, "before": 17, "after": 18}],
    "chance": 0.02,
    "stale": True,
    "of_model": "a" * 64,
}


def main() -> int:
    if "--fail" in sys.argv:
        print("Il modello non c'è: sportello train", file=sys.stderr)
        return 1
    labels = [json.loads(line) for line in Path(sys.argv[-2]).read_text(encoding="utf-8").splitlines()]
    assert sys.argv[-1] == "--json" and all(set(one) == {"text", "intent", "held_out"} for one in labels)
    print("a library speaks")
    for stage, count in (("training", 0), ("before", 1800), ("after", 1800)):
        print(json.dumps({"stage": stage, "done": 20, "count": count}), flush=True)
    print(json.dumps({"effect": EFFECT}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
