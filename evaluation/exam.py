"""Everything that a model is asked before it may go into service, and one model's answers to it."""

import asyncio
import gc
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Sequence

from rasa.core.exceptions import AgentNotReady
from rasa.engine.exceptions import GraphComponentException, GraphSchemaException
from rasa.exceptions import ModelNotFound
from rasa.shared.exceptions import RasaException

from base.clock import SystemClock
from base.layers import Layers
from engine.clauses import Clauses
from engine.parsing import Parser
from engine.turn_request import TurnRequest
from engine.understanding import Understanding
from evaluation.held_out import HeldOut, held_out
from evaluation.model_test import Heard
from evaluation.outcomes import outcomes_of
from evaluation.several import SeveralRequests, several_requests
from rehearsal.stage import rehearse
from rehearsal.talk import load_agent
from rehearsal.written import Written, written_conversations

LOAD, SENTENCES, SEVERAL, CONVERSATIONS, REAL = STEPS = "load", "sentences", "several", "conversations", "real"

Told = Callable[[str, int, int], None]
"""Is told the step, how many things of it are done, and how many there are."""


class ModelUnloadable(Exception):
    """The archive cannot be loaded by the code that is installed; the message is the kind of error."""


@dataclass(frozen=True)
class Exam:
    """What is asked.

    Attributes:
        layers: whose parameters, and whose shop's folder.
        sentences: held out.
        messages: with several requests, and look-alikes.
        written: conversations.
        real: texts of customers, nothing masked.
    """

    layers: Layers
    sentences: Sequence[HeldOut]
    messages: Sequence[SeveralRequests]
    written: Sequence[Written]
    real: Sequence[str]

    @classmethod
    def read(cls, layers: Layers, real: Sequence[str]) -> "Exam":
        """Everything in the `tests/` of both layers.

        Raises:
            RasaException, ruamel.yaml.error.YAMLError, rehearsal.written.ConversationsUnreadable: a file is not what it
                should be; `sportello check` says where.
        """
        return cls(layers, held_out(layers), several_requests(layers), written_conversations(layers), real)


def heard(model: Path, exam: Exam, told: Told) -> Heard:
    """What the archive `model` makes of all of it.

    Raises:
        ModelUnloadable: see there.
    """
    told(LOAD, 0, 1)
    agent = _loaded(model)
    told(LOAD, 1, 1)
    try:
        return Heard(
            asyncio.run(_outcomes(agent, exam, told)),
            asyncio.run(_several(agent, exam, told)),
            rehearse(agent, exam.written, exam.layers.home, _telling(told, CONVERSATIONS, exam.written)),
            asyncio.run(_real(agent, exam, told)),
        )
    finally:
        del agent
        gc.collect()  # a model is large, and holds on to itself


async def _outcomes(agent: Any, exam: Exam, told: Told) -> Sequence[Any]:
    sentences = [one.sentence for one in exam.sentences]
    return await outcomes_of(Parser(agent, SystemClock()), sentences, _telling(told, SENTENCES, sentences))


async def _several(agent: Any, exam: Exam, told: Told) -> list[tuple[str, ...]]:
    """The intents of the requests that a turn would read in each message, in order."""
    clauses = Clauses.load(exam.layers.files("dialogue.yml"))
    understanding, read = Understanding(agent.parse_message, agent.domain.intents, clauses), []
    for message in exam.messages:
        request = TurnRequest("ms_1", "cv_1", message.text, None, "web", "")
        requests = await understanding.requests(request, inside_a_task=False)
        read.append(tuple(one["intent"]["name"] for one in requests))
        told(SEVERAL, len(read), len(exam.messages))
    return read


async def _real(agent: Any, exam: Exam, told: Told) -> list[Mapping[str, Any]]:
    parser, read = Parser(agent, SystemClock()), []
    for text in exam.real:
        read.append(await parser.parse(text))
        told(REAL, len(read), len(exam.real))
    return read


def _loaded(model: Path) -> Any:
    try:
        return load_agent(model)
    except (
        RasaException,
        GraphComponentException,
        GraphSchemaException,
        ModelNotFound,
        AgentNotReady,
        ImportError,
        AttributeError,
    ) as error:
        raise ModelUnloadable(type(error.__cause__ or error).__name__) from error


def _telling(told: Told, step: str, things: Sequence[Any]) -> Callable[[int], None]:
    return lambda done: told(step, done, len(things))


def steps_of(exam: Exam) -> Iterator[str]:
    """The steps in which there is something to do."""
    counts = {LOAD: 1, SENTENCES: len(exam.sentences), SEVERAL: len(exam.messages)}
    counts |= {CONVERSATIONS: len(exam.written), REAL: len(exam.real)}
    return (step for step in STEPS if counts[step])
