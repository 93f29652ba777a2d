"""The trained model, as tests/nlu has it."""

from tests.nlu.conftest import parser

__all__ = ["parser"]
