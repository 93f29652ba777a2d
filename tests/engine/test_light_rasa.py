"""A training imports little: looked at in a process of its own, as pytest has imported everything already."""

import subprocess
import sys

from base.settings import ROOT

IMPORTED = """
import sys
from engine.light_rasa import UNUSED, import_rasa_for_training
from engine.training import quiet_rasa

with quiet_rasa():
    import_rasa_for_training()
    import_rasa_for_training()
    import spacy
print([name for name in sys.modules if name.partition(".")[0] in UNUSED and sys.modules[name]])
import redis
print(redis.Redis.__name__)
"""
ALREADY_THERE = """
import sys
import redis
from engine.light_rasa import import_rasa_for_training
from engine.training import quiet_rasa

with quiet_rasa():
    import_rasa_for_training()
print(sys.modules["redis"] is redis, redis.Redis.__name__)
"""


def printed(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.splitlines()


def test_nothing_unused_is_imported_and_what_is_wanted_afterwards_is_real() -> None:
    assert printed(IMPORTED) == ["[]", "Redis"]


def test_what_was_imported_before_stays_as_it_was() -> None:
    assert printed(ALREADY_THERE) == ["True Redis"]
