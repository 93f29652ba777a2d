"""Lets a training import Rasa without what it does not use, which takes two thirds of the time that imports take.

Rasa's modules derive classes from TensorFlow's, and name those of services, when they are imported: while that lasts
they get classes that can do nothing. No part of Rasa that would use them is used here: neither its neural networks, nor
its server and channels, its stores of conversations and of trainings, or its pictures. Afterwards the real packages may
be imported as ever, except TensorFlow, which counts as not installed: other libraries look for it and would load it
without need.
"""

import sys
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Container, Iterator, Optional, Sequence

NETWORKS = ("tensorflow", "tensorflow_addons", "keras")
CHANNELS = (
    "aiogram",
    "engineio",
    "fbmessenger",
    "mattermostwrapper",
    "rocketchat_API",
    "slack_sdk",
    "socketio",
    "twilio",
    "webexteamssdk",
)
SERVERS = ("aiohttp", "apscheduler", "jwt", "sanic", "sanic_cors", "sanic_jwt", "sanic_routing", "sentry_sdk")
STORES = ("aio_pika", "aiormq", "boto3", "botocore", "kafka", "pika", "pymongo", "redis", "sqlalchemy")
SCREENS = ("matplotlib", "prompt_toolkit", "questionary")
UNUSED = {*NETWORKS, *CHANNELS, *SERVERS, *STORES, *SCREENS}


def import_rasa_for_training() -> None:
    """Import what a training needs of Rasa; nothing to do in a process that has imported TensorFlow, or done this."""
    if NETWORKS[0] not in sys.modules:
        with _stand_ins():
            import rasa.engine.recipes.default_components
            import rasa.model_training  # noqa: F401
        sys.modules.update(dict.fromkeys(NETWORKS))  # None: not to be had


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Packages that are there already stay as they are, and get the rest of themselves."""
    before = set(sys.modules)
    finder = _Finder(UNUSED - before)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name not in before and _is_unused(name)]:
            del sys.modules[name]


def _is_unused(name: str) -> bool:
    return name.partition(".")[0] in UNUSED


class _AnyAttribute(type):
    """Of a class that stands for everything in a package: whatever is asked of it is that class."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn


class _StandIn(metaclass=_AnyAttribute):
    """A base class; or a decorator, which leaves alone what it decorates."""

    def __init__(self, *_args: Any, **_named: Any) -> None:
        pass

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn

    def __call__(self, decorated: Any) -> Any:
        return decorated


class _Module(ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn


class _Finder(MetaPathFinder, Loader):
    def __init__(self, packages: Container[str]) -> None:
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Where to find anything of such a package: here."""
        stands_in = fullname.partition(".")[0] in self._packages
        return ModuleSpec(fullname, self, is_package=True) if stands_in else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module in which every name is a class."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""
