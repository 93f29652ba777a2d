"""Trains the pipeline of config.yml on labelled sentences of any kind, away from the project's own model.

What belongs to the shop is left out: the rules that find its numbers, and rejecting what is unsure where nothing is
labelled `out_of_scope`. The tagger learns the entities that are labelled.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Iterable, Mapping, Optional, Union

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from base.settings import ROOT
from components.linear_intent import LinearIntent
from components.sentence_counts import NothingToCount
from components.spans import RuleExtractor
from components.tagger import Tagger
from engine.training import Progress, TrainingFailed, rasa_archive, showing_progress
from evaluation.labelled import OUT_OF_SCOPE, Labelled, read_labelled

CONFIGURATION = "config.yml"
REJECTS = "FallbackClassifier"

Pipeline = list[dict[str, Any]]


class TooLittleToLearn(Exception):
    """The sentences have nothing in common: there is nothing to count."""


def train_on(train: Path, test: Iterable[Labelled], folder: Path, progress: Progress, root: Path = ROOT) -> Path:
    """A model of the labelled sentences in the file `train`.

    Args:
        test: the sentences it will be asked, which only say whether anything is to be rejected.
        folder: where the model is put; nothing is written elsewhere.
        progress: see `engine.training.train`.
        root: folder of config.yml.

    Returns:
        The model archive.

    Raises:
        LabelledFileInvalid: see there.
        TooLittleToLearn: see there.
        engine.training.TrainingFailed: Rasa refused the sentences.
    """
    sentences = read_labelled(train)
    config = yaml.safe_load((root / CONFIGURATION).read_text(encoding="utf-8"))
    entities = sorted({span.entity for sentence in sentences for span in sentence.entities})
    rejects = any(sentence.intent == OUT_OF_SCOPE for sentence in (*sentences, *test))
    written = folder / CONFIGURATION
    written.write_text(yaml.safe_dump(configuration(config, entities, rejects)), encoding="utf-8")
    try:
        with showing_progress(progress):
            return rasa_archive(written, train, folder)
    except TrainingFailed as error:
        if isinstance(error.__cause__, NothingToCount):
            raise TooLittleToLearn from error
        raise


def configuration(config: Mapping[str, Any], entities: list[str], rejects: bool) -> dict[str, Any]:
    """The project's configuration `config`, for a data set.

    Args:
        entities: the kinds that are labelled.
        rejects: whether what is unsure is out of scope.
    """
    kept = [dict(one) for one in config["pipeline"] if _is_kept(one["name"], bool(entities), rejects)]
    for one in kept:
        if "remembers" in one:
            one["remembers"] = False  # whose sentences they are is not known
        if _component(one["name"]) is Tagger:
            one["entities"] = entities
        if _component(one["name"]) is LinearIntent:
            one["most_changed"] = 0.0  # nothing of one measurement in another
            one["harder"] = 1.0  # that was measured of the shop's sentences
    importer = {"name": f"{LabelledLines.__module__}.{LabelledLines.__name__}"}
    return {
        **{key: config[key] for key in ("recipe", "language", "assistant_id")},
        "importers": [importer],
        "pipeline": kept,
    }


def _is_kept(name: str, has_entities: bool, rejects: bool) -> bool:
    component = _component(name)
    if component is None:
        return rejects or name != REJECTS
    if component is Tagger:
        return has_entities
    return not issubclass(component, RuleExtractor)


def _component(name: str) -> Optional[type]:
    """The class of one of our components; None for Rasa's own."""
    module, _, name_in_it = name.rpartition(".")
    return getattr(import_module(module), name_in_it) if module else None


class LabelledLines(TrainingDataImporter):
    """Gives Rasa labelled lines as they are: its own formats give "/" in an intent and "[" in a text a meaning."""

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Union[list[str], str, None] = None,
        **_more: Any,
    ) -> None:
        self._config_file = str(config_file)
        self._files = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []

    def get_domain(self) -> Domain:
        """There is nothing to decide, only to understand."""
        return Domain.empty()

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """None."""
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        """The configuration."""
        return yaml.safe_load(Path(self._config_file).read_text(encoding="utf-8"))

    def get_config_file_for_auto_config(self) -> str:
        """Its file."""
        return self._config_file

    def get_nlu_data(self, language: Optional[str] = "it") -> TrainingData:
        """The sentences."""
        return TrainingData([_message(one) for file in self._files for one in read_labelled(Path(file))])


def _message(sentence: Labelled) -> Message:
    entities = [
        {"entity": span.entity, "start": span.start, "end": span.end, "value": sentence.text[span.start : span.end]}
        for span in sorted(sentence.entities, key=lambda span: span.start)
    ]
    return Message({"text": sentence.text, "intent": sentence.intent, "entities": entities})
