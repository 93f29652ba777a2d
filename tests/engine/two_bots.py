"""Two throw-away bots for one shop that answer the same messages in different words: who spoke can be seen.

Each has a form and a slot that the other one does not know.
"""

from pathlib import Path

from engine.training import quiet_rasa

NAMES = ("one", "two")
PIPELINE = """\
recipe: default.v1
language: it
assistant_id: test
pipeline:
- name: WhitespaceTokenizer
- name: CountVectorsFeaturizer
- name: LogisticRegressionClassifier
policies:
- name: RulePolicy
"""
NLU = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - ciao
    - buongiorno
- intent: {name}_only
  examples: |
    - una domanda per {name}
    - chiedo a {name}
- intent: open_form
  examples: |
    - vorrei compilare il modulo
    - apri il modulo
"""
DOMAIN = """\
version: "3.1"
intents: [greet, open_form, {name}_only]
slots:
  {name}_answer:
    type: text
    influence_conversation: true
    mappings:
    - type: from_text
      conditions:
      - active_loop: {name}_form
        requested_slot: {name}_answer
forms:
  {name}_form:
    required_slots: [{name}_answer]
actions: [action_pause, utter_{name}_before, utter_{name}_after, utter_ask_{name}_answer, utter_{name}_done]
session_config:
  session_expiration_time: 0
  carry_over_slots_to_new_session: true
"""
RULES = """\
version: "3.1"
rules:
- rule: saluto
  steps:
  - intent: greet
  - action: utter_{name}_before
  - action: action_pause
  - action: utter_{name}_after
- rule: solo qui
  steps:
  - intent: {name}_only
  - action: utter_{name}_before
  - action: action_pause
  - action: utter_{name}_after
- rule: apre
  steps:
  - intent: open_form
  - action: {name}_form
  - active_loop: {name}_form
- rule: chiude
  condition:
  - active_loop: {name}_form
  steps:
  - action: {name}_form
  - active_loop: null
  - slot_was_set:
    - requested_slot: null
  - action: utter_{name}_done
"""
TEXTS = """\
version: "3.1"
responses:
  utter_{name}_before:
  - text: "{name} comincia"
  utter_{name}_after:
  - text: "{name} finisce"
  utter_ask_{name}_answer:
  - text: "{name} chiede"
  utter_{name}_done:
  - text: "{name} ha fatto"
"""
GENERAL = """\
version: "3.1"
responses:
  utter_error_generic:
  - text: "Qualcosa è andato storto."
"""


def said_by(name: str) -> list[str]:
    """What the bot called `name` answers to a greeting."""
    return [f"{name} comincia", f"{name} finisce"]


def texts_of_both(folder: Path) -> Path:
    """A folder with the responses of both, as data/responses is."""
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f"{name}.yml").write_text(TEXTS.format(name=name), encoding="utf-8")
    (folder / "general.yml").write_text(GENERAL, encoding="utf-8")
    return folder


def trained_bot(name: str, folder: Path) -> Path:
    """The archive of the bot called `name`."""
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "config.yml").write_text(PIPELINE, encoding="utf-8")
    (folder / "domain.yml").write_text(DOMAIN.format(name=name), encoding="utf-8")
    for file, content in {"nlu": NLU, "rules": RULES, "responses": TEXTS}.items():
        (data / f"{file}.yml").write_text(content.format(name=name), encoding="utf-8")
    with quiet_rasa():
        from rasa.model_training import train

        result = train(
            domain=str(folder / "domain.yml"),
            config=str(folder / "config.yml"),
            training_files=[str(data)],
            output=str(folder),
            force_training=True,
        )
    return Path(result.model)
