"""What a training is doing, told by Rasa's names for the nodes of its graph."""

from components import telling
from engine.training_steps import PACKING, PREPARING, READING, Count, Steps

TAGGER, INTENT = "train_components.tagger.Tagger9", "train_components.linear_intent.LinearIntent14"


def test_files_are_read_until_something_else_begins() -> None:
    steps = Steps()
    before = steps.moment(1.5)

    steps.began("run_components.tokenizer.ItalianTokenizer0")

    assert (before.seconds, before.steps) == (1.5, (READING,))
    assert steps.moment(2.0).steps == ("words",)


def test_what_goes_on_at_the_same_time_is_told_together_in_the_order_of_its_beginning() -> None:
    steps = Steps()
    for node in (INTENT, "run_components.emails.Emails2", TAGGER):
        steps.began(node)
    both = steps.moment(1.0).steps
    steps.ended(INTENT)

    assert both == ("classifier", "tagger")
    assert steps.moment(2.0).steps == ("tagger",)


def test_between_two_nodes_the_last_one_is_told() -> None:
    steps = Steps()
    steps.began("train_RulePolicy0")
    steps.ended("train_RulePolicy0")
    assert steps.moment(1.0).steps == ("rules",)

    steps.began("run_components.emails.Emails2")
    assert steps.moment(1.0).steps == (PREPARING,)

    steps.ended("run_components.emails.Emails2")
    steps.began(PACKING)
    assert steps.moment(1.0).steps == (PACKING,)


def test_components_are_heard_while_somebody_listens_and_only_then() -> None:
    steps = Steps()
    telling.counted(telling.VECTORS, 1, 2, 3)

    with telling.listening(steps):
        telling.counted(telling.WORDS, 5, 12, 9_723)
    telling.counted(telling.WORDS, 12, 12, 9_723)

    assert steps.moment(0.0).counts == {telling.WORDS: Count(5, 12, 9_723)}
    assert steps.moment(0.0).counts[telling.WORDS].kept == 9_711
