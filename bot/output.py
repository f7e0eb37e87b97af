"""What the commands print: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.flow.figures import Report

_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def print_report(report: Report, format_: str) -> None:
    """Print a report as `table`, `json` or `csv`."""
    made = report.as_dict()
    if format_ == "json":
        typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
    elif format_ == "csv":
        typer.echo(as_csv(made), nl=False)
    else:
        _print_table(made)


def as_csv(report: dict[str, Any]) -> str:
    """Rows and total as CSV. A text that a spreadsheet would compute is quoted with `'`; numbers stay numbers."""
    columns = _columns(report)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in [*report["rows"], {**report["total"], "name": "total", "label": "total"}]:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return out.getvalue()


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """Print a small table, or a sentence if there is nothing."""
    if not rows:
        if empty:
            typer.echo(empty)
        return
    _draw("", columns, rows)


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; yields the function that moves it on."""
    from rich.console import Console  # noqa: PLC0415  # costs start-up
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)


def _print_table(report: dict[str, Any]) -> None:
    columns = [key for key in (report["rows"] or [report["total"]])[0] if key not in {"name", "credits"}]
    rows = [[_shown(row.get(column)) for column in columns] for row in report["rows"]]
    total = {**report["total"], "label": "total"}
    rows.append([_shown(total.get(column)) for column in columns])
    span = " to ".join(day for day in (report["from"], report["to"]) if day)
    title = f"{report['report']} by {report['by']}, {report['currency']}" + (f", {span}" if span else "")
    _draw(title, columns, rows)
    for key in report["total"]:
        if key not in {*columns, "name"}:
            typer.echo(f"{key.replace('_', ' ')}: {_shown(report['total'][key])}")
    for apart in report["not_converted"]:
        typer.echo(
            f"not converted: {apart['count']} x {apart['currency'] or 'no currency'}, {apart['amount']}"
        )


def _draw(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console  # noqa: PLC0415  # costs start-up
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=title or None, title_justify="left")
    for number, column in enumerate(columns):
        heading = column.replace("_", " ")
        table.add_column(
            heading,
            justify="left" if number == 0 else "right",
            overflow="fold",
            min_width=max(map(len, heading.split())),  # a heading breaks between words, not inside one
        )
    for row in rows:
        table.add_row(*(Text(_printable(cell)) for cell in row))
    console = Console()
    console.print(table)


def _columns(report: dict[str, Any]) -> list[str]:
    found = dict.fromkeys(key for row in report["rows"] for key in row)
    return list(found | dict.fromkeys(report["total"])) or ["name", "label"]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _printable(text: str) -> str:
    """Control characters from outside must not steer the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
