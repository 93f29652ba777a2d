"""The product's files and, laid over them, the shop's own folder (`SPORTELLO_HOME`): who reads data/ asks here.

The shop's folder is arranged like data/, with domain.yml and tests/ beside; what is in it wins, key by key. An upgrade
of the product never touches it.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Union

from base.settings import ROOT, home_folder
from base.yaml_text import read_yaml

Files = Union[Path, Sequence[Path]]  # a file or folder, or several of which later ones win


@dataclass(frozen=True)
class Layers:
    """Where files of data/ are looked for.

    Attributes:
        product: the folder with domain.yml, data/ and tests/.
        home: the shop's folder, if it has one.
    """

    product: Path = ROOT
    home: Optional[Path] = None

    @property
    def data(self) -> tuple[Path, ...]:
        """The folders of data, the product's first; what comes later wins."""
        return (self.product / "data", *self._homes)

    @property
    def beside(self) -> tuple[Path, ...]:
        """The folders in which domain.yml and tests/ lie."""
        return (self.product, *self._homes)

    @property
    def responses(self) -> tuple[Path, ...]:
        """The folders of responses."""
        return tuple(folder / "responses" for folder in self.data)

    def files(self, name: str) -> tuple[Path, ...]:
        """The files of data called `name` that exist."""
        return tuple(folder / name for folder in self.data if (folder / name).is_file())

    @property
    def _homes(self) -> tuple[Path, ...]:
        return (self.home,) if self.home else ()


def data_layers(env: Optional[Mapping[str, str]] = None) -> Layers:
    """The layers of this installation.

    Raises:
        base.settings.SettingsError: the shop's folder is not there.
    """
    return Layers(ROOT, home_folder(os.environ if env is None else env))


def layered(files: Files) -> tuple[Path, ...]:
    """The files one by one, in the order in which they are laid over each other."""
    return (files,) if isinstance(files, Path) else tuple(files)


def read_layered(files: Files) -> dict[str, Any]:
    """Mappings of YAML laid over each other: keys of later files win, in inner mappings too; lists are replaced.

    Raises:
        ruamel.yaml.error.YAMLError: a file is no YAML.
        TypeError: it holds no mapping.
    """
    whole: dict[str, Any] = {}
    for file in layered(files):
        content = read_yaml(file.read_text(encoding="utf-8"))
        if content is not None and not isinstance(content, dict):
            raise TypeError(f"{file.name}: keys with values are wanted")
        whole = laid_over(whole, content or {})
    return whole


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with the keys of `above`."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = laid_over(merged[key], value) if both else value
    return merged
