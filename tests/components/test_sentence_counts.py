"""Sentences are counted as Rasa counts them."""

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from components.sentence_counts import NothingToCount, SentenceCounts
from components.tokenizer import ItalianTokenizer

SENTENCES = ["dov'è il mio ordine 104233?", "vorrei un reso", "il reso del mio ordine", "grazie grazie mille"]
PIECES = {"analyzer": "char_wb", "min_ngram": 2, "max_ngram": 4, "min_df": 1}
UNSEEN = ["il mio mio pacco", "zzz", "?"]


@pytest.mark.parametrize("settings", [{"min_ngram": 1, "max_ngram": 2}, PIECES])
def test_a_sentence_has_the_features_that_rasa_gives_it(settings: dict[str, Any], tmp_path: Path) -> None:
    ours, theirs = (
        _counted(kind, settings, LocalModelStorage(tmp_path)) for kind in (SentenceCounts, CountVectorsFeaturizer)
    )

    for mine, stock in zip(ours, theirs):
        assert [f.type for f in mine.features if f.attribute == TEXT] == ["sentence"]
        assert (_sentence(mine) != _sentence(stock)).nnz == 0


def test_sentences_with_nothing_to_count_are_refused(tmp_path: Path) -> None:
    config = {**SentenceCounts.get_default_config(), "alias": "counts"}
    storage, context = LocalModelStorage(tmp_path), ExecutionContext(GraphSchema({}))
    featurizer = SentenceCounts.create(config, storage, Resource("counts"), context)

    with pytest.raises(NothingToCount):
        featurizer.train(TrainingData(_messages(["\u200b"])))


def _counted(kind: type[CountVectorsFeaturizer], settings: dict[str, Any], storage: Any) -> list[Message]:
    config = {**kind.get_default_config(), **settings, "alias": "counts"}
    context = ExecutionContext(GraphSchema({}))
    featurizer = kind.create(config, storage, Resource(kind.__name__), context)
    featurizer.train(TrainingData(_messages(SENTENCES)))
    return featurizer.process(_messages([*SENTENCES, *UNSEEN]))


def _messages(texts: list[str]) -> list[Message]:
    return ItalianTokenizer(ItalianTokenizer.get_default_config()).process([Message({TEXT: text}) for text in texts])


def _sentence(message: Message) -> sparse.csr_matrix:
    return next(sparse.csr_matrix(f.features) for f in message.features if f.type == "sentence")
