"""`sportello publish`: puts the model that was trained last into service, if its test says that it may."""

import subprocess
import sys
from pathlib import Path
from typing import Iterator, Optional

from base.layers import data_layers
from base.settings import ROOT, load_settings
from cli.into_service import change, publishing, put_into_service
from cli.say import Problem, say
from engine.fingerprints import code_fingerprint
from engine.models import ModelInfo, whole_model
from engine.service import PUBLISH, Service, read_service
from evaluation.verdict import Verdict, VerdictBroken, read_verdict, verdict_folder


def publish_command(why: Optional[str], anyway: bool, by: Optional[str], test_first: bool) -> None:
    """Publish, and tell what happened.

    Args:
        why: said in the history.
        anyway: whether its test may be missing or have said no; wants a `why`.
        by: who publishes; the user of this computer when not given.
        test_first: whether to run `sportello test` before.

    Raises:
        Problem: it may not, or cannot, be published. What is in service stays.
    """
    if anyway and not (why or "").strip():
        raise Problem("publish_anyway_why", exit_code=2)
    if test_first:
        _test()
    settings = load_settings()
    with publishing(settings) as database:
        candidate, service = whole_model(settings.models), read_service(settings.models)
        serving = service.model if service else None
        if serving and serving.sha256 == candidate.sha256:
            print(say("publish_already", sha=candidate.sha256[:12]))
            return
        if candidate.code != code_fingerprint(data_layers()):
            raise Problem("publish_code_changed")
        verdict = _verdict(settings.var, candidate)
        against = list(reasons_against(candidate, serving, verdict))
        if against and not anyway:
            for line in against:
                print(f"  {line}", file=sys.stderr)
            raise Problem("publish_refused")
        figures = verdict.figures if verdict else {}
        made = change(settings, PUBLISH, by, why, serving, figures, override=bool(against))
        told = put_into_service(settings, database, Service(candidate, serving, made))
    print(told)
    print(say("publish_done", sha=candidate.sha256[:12]))


def reasons_against(candidate: ModelInfo, serving: Optional[ModelInfo], verdict: Optional[Verdict]) -> Iterator[str]:
    """Why the model may not go into service, in Italian; nothing when its test, beside the one in service, passed."""
    if verdict is None or verdict.model_sha256 != candidate.sha256:
        yield say("publish_not_tested")
        return
    if verdict.compared_sha256 != (serving.sha256 if serving else None):
        yield say("publish_compared_with_another")
    if not verdict.passed:
        yield from verdict.reasons or (say("publish_failed"),)


def _verdict(var: Path, candidate: ModelInfo) -> Optional[Verdict]:
    try:
        return read_verdict(verdict_folder(var, candidate.sha256))
    except VerdictBroken as error:
        raise Problem("publish_verdict_broken", path=error) from error


def _test() -> None:
    """`sportello test`, in a process of its own; what it found out is read from its verdict."""
    subprocess.run([sys.executable, "-m", "cli.main", "test"], cwd=ROOT, check=False)
