"""A table as CSV, as Italian spreadsheets open it."""

import csv
import io
from datetime import date
from typing import Iterable, Sequence

from sanic.response import HTTPResponse


def csv_file(name: str, first: date, last: date, rows: Iterable[Sequence[object]]) -> HTTPResponse:
    """The rows, heads first, as the file `sportello-<name>-<first>-<last>.csv` that a browser saves."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    file = f"sportello-{name}-{first.isoformat()}-{last.isoformat()}.csv"
    body = "\ufeff" + text.getvalue()  # without the mark, spreadsheets take it for another encoding
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return HTTPResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
