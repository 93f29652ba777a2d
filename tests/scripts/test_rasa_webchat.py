"""Fetching a foreign widget for a test: nothing that is not exactly the expected archive is ever unpacked."""

import shutil
import subprocess
from pathlib import Path

import pytest

from base.settings import ROOT

NPM = """#!/bin/sh
while [ $# -gt 1 ]; do [ "$1" = --pack-destination ] && folder=$2; shift; done
{}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "un progetto" / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "rasa_webchat.sh", tmp_path / "un progetto" / "scripts")
    return tmp_path / "un progetto"


def fetch(project: Path, npm: str) -> subprocess.CompletedProcess:
    """Run the script with this in the place of npm."""
    tools = project / "tools"
    tools.mkdir()
    (tools / "npm").write_text(NPM.format(npm))
    (tools / "npm").chmod(0o755)
    env = {"PATH": f"{tools}:/usr/bin:/bin"}
    command = ["sh", "scripts/rasa_webchat.sh"]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=30, check=False)


def test_another_archive_than_the_expected_one_is_refused(project: Path) -> None:
    result = fetch(project, 'echo evil > "$folder/rasa-webchat-1.0.1.tgz"')

    assert result.returncode == 1 and "sha512" in result.stderr
    assert list((project / "var" / "npm").iterdir()) == []


def test_without_a_network_the_tests_go_on_without_it(project: Path) -> None:
    result = fetch(project, "exit 1")

    assert result.returncode == 0 and "saltata" in result.stderr
    assert list((project / "var" / "npm").iterdir()) == []


def test_what_is_there_is_not_fetched_again(project: Path) -> None:
    there = project / "var" / "npm" / "rasa-webchat-1.0.1" / "lib" / "index.js"
    there.parent.mkdir(parents=True)
    there.write_text("")

    result = fetch(project, "exit 9")

    assert (result.returncode, result.stderr) == (0, "")
