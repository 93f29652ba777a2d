"""A trained model in memory with everything that reads messages with it: one thing, so that nothing of two is mixed."""

import asyncio
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Iterator, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from base.layers import Layers, data_layers
from engine.beside_files import BesideFiles
from engine.clauses import Clauses
from engine.closeness import Closeness
from engine.models import ModelError, ModelInfo, ModelMissing, whole
from engine.shop_questions import shop_questions
from engine.threats import Threats
from engine.titles import Titles
from engine.understanding import Understanding

WARMING_WORDS = "buongiorno, dov'è il mio ordine 104233?"


class LoadedModel:
    """What runs turns. `agent` and `layers`: see `engine.turns.Turns`; files of data/ are read now."""

    def __init__(self, agent: Agent, layers: Optional[Layers] = None) -> None:
        self.agent = agent
        texts, layers = agent.nlg.texts, layers or data_layers()
        dialogue = layers.files("dialogue.yml")
        self._shop_questions = shop_questions(layers)
        self.understanding = Understanding(
            agent.parse_message,
            agent.domain.intents,
            Clauses.load(dialogue),
            Closeness.load(dialogue, texts.responses),
            Titles(texts),
            BesideFiles.load(dialogue),
            self._shop_questions,
            Threats.load(dialogue),
        )

    def warm_up(self) -> None:
        """Make ready, in a thread beside the turns, what the first of them would wait for."""
        if self._shop_questions:
            self._shop_questions.warm_up()

    def rehearse(self) -> None:
        """Read a message and decide what to do about it, for nobody: a model that cannot is found out before it serves.

        Raises:
            Exception: whatever is wrong with it.
        """
        agent = self.agent
        tracker = DialogueStateTracker("", agent.domain.slots)
        message = UserMessage(WARMING_WORDS)
        message.parse_data = asyncio.run(agent.parse_message(message.text))
        asyncio.run(agent.processor._handle_message_with_tracker(message, tracker))
        agent.processor._predict_next_with_tracker(tracker)


@contextmanager
def checked_archive(info: ModelInfo, secret: Optional[str] = None) -> Iterator[Path]:
    """A copy of a model's archive that nobody else can change, whole and ours: what was checked is what is loaded.

    Raises:
        engine.models.ModelError: it is not.
    """
    with tempfile.TemporaryDirectory(prefix="sportello-model-") as folder:
        copy = Path(folder) / info.path.name
        try:
            shutil.copyfile(info.path, copy)
            whole(replace(info, path=copy), secret)
        except FileNotFoundError:
            raise ModelMissing(info.path) from None
        except ModelError as error:
            raise type(error)(info.path) from None
        yield copy
