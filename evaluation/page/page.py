"""Renders the report: findings and verdict in, one whole page out, with its style in it."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from base.clock import ROME
from base.words import WordsOf
from evaluation.figures import calibration, entity_scores, intent_scores
from evaluation.model_test import Findings
from evaluation.numbers import number, percent, points
from evaluation.page import plots, told
from evaluation.verdict import Verdict

FOLDER = Path(__file__).parent
TEMPLATE, STYLE = "page.html", "page.css"
RISING = 0.005  # share won with the last sentences of the curve, from which on more are worth while


def page(findings: Findings, verdict: Verdict, words: WordsOf) -> str:
    """The report as HTML."""
    jinja = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals.update(
        t=words.say,
        n=words.count,
        breakable=_breakable,
        percent=percent,
        number=number,
        points=points,
        at=_at,
        understood=told.understood,
    )
    bins = calibration(findings.after.outcomes)
    before = findings.before
    return jinja.get_template(TEMPLATE).render(
        style=(FOLDER / STYLE).read_text(encoding="utf-8"),
        f=findings,
        verdict=verdict,
        figures=told.figure_rows(findings),
        groups=told.group_rows(findings),
        worse=told.surest_first(findings.comparison.worse),
        better=told.surest_first(findings.comparison.better),
        otherwise=told.surest_first(findings.comparison.otherwise),
        other_ways=told.other_ways(findings),
        confusions=told.confusions(findings),
        intents=told.score_rows(intent_scores(findings.after.outcomes), told.intents_before(findings)),
        entities=told.score_rows(
            entity_scores(findings.after.outcomes), entity_scores(before.outcomes) if before else None
        ),
        bins=[one for one in bins if one.count],
        calibration=plots.calibration_plot(bins),
        curve=plots.curve_plot(findings.points) if findings.points else None,
        last_rise=findings.points[-1].intent_accuracy - findings.points[-2].intent_accuracy
        if len(findings.points) > 1
        else 0.0,
        rising=RISING,
        plots=plots,
        right=sum(one.intent == one.wanted.intent for one in findings.after.outcomes),
    )


def _breakable(name: str) -> Markup:
    """A name that may be broken where its words end."""
    return Markup("_<wbr>").join(escape(word) for word in name.split("_"))


def _at(moment: datetime) -> str:
    return moment.astimezone(ROME).strftime("%d/%m/%Y alle %H:%M")
