"""What only Rasa can tell: rules that contradict each other when they are followed step by step. Takes some seconds."""

import re
import tempfile
from pathlib import Path
from typing import Iterator

from base.layers import Layers
from check.faults import Fault
from check.nodes import line_of
from check.project import Project

NAMES = re.compile(r"rule(?:\(s\))?s? ((?:'[^']+'(?:, | and )?)+)")
NAME = re.compile(r"'([^']+)'")
ACTION = re.compile(r"the (?:prediction of the )?action '([^']+)'")
FIRST_PLACE = "data/rules"


def faults(project: Project) -> Iterator[Fault]:
    """The contradictions that Rasa finds, at the first of the rules that it names, and what it refuses otherwise."""
    said = _said_by_rasa(project.layers)
    places = {rule.name: rule for rule in project.rules}
    for line in said:
        names = [name for group in NAMES.findall(line) for name in NAME.findall(group) if name in places]
        action = ACTION.search(line)
        if len(names) > 1 and action:
            first, *others = (places[name] for name in dict.fromkeys(names))
            values = {"name": first.name, "others": ", ".join(f"«{other.name}»" for other in others)}
            yield first.source.fault(first.node, "rasa_contradicts", action=action[1], **values)
        elif names:
            rule = places[names[0]]
            yield Fault(rule.source.name, line_of(rule.node), "rasa_rule", {"name": rule.name, "said": line})
        else:
            yield Fault(FIRST_PLACE, 1, "rasa_refuses", {"said": line})


def _said_by_rasa(layers: Layers) -> list[str]:
    """Its complaints about the rules, one a line; none when they can be trained."""
    from engine.laid_out import lay_out
    from engine.light_rasa import import_rasa_for_training
    from engine.training import quiet_rasa

    with quiet_rasa(), tempfile.TemporaryDirectory() as name:
        import_rasa_for_training()
        from rasa.shared.exceptions import RasaException

        folder = Path(name)
        lay_out(layers, folder)
        try:
            _train_rules(folder)
        except RasaException as error:
            lines = [line.strip(" -") for line in str(error).splitlines()]
            return [line for line in lines if NAMES.search(line)] or [" ".join(" ".join(lines).split())]
    return []


def _train_rules(folder: Path) -> None:
    """As a training does, without the sentences.

    Raises:
        rasa.shared.exceptions.RasaException: they cannot be trained.
    """
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.core.generator import TrainingDataGenerator
    from rasa.shared.importers.importer import TrainingDataImporter

    paths = [str(folder / "data" / "rules"), str(folder / "data" / "responses")]
    importer = TrainingDataImporter.load_from_config(str(folder / "config.yml"), str(folder / "domain.yml"), paths)
    domain, stories = importer.get_domain(), importer.get_stories()
    trackers = TrainingDataGenerator(stories, domain, augmentation_factor=0, use_story_concatenation=False).generate()
    settings = next(one for one in importer.get_config()["policies"] if one["name"] == RulePolicy.__name__)
    (folder / "model").mkdir()
    policy = RulePolicy.create(
        {**RulePolicy.get_default_config(), **settings},
        LocalModelStorage.create(folder / "model"),
        Resource("rules"),
        ExecutionContext(GraphSchema({})),
    )
    policy.train(trackers, domain)
