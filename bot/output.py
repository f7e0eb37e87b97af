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

from bot.domain.explain_facts import Unclear
from bot.errors import NotFoundError
from bot.render.explain import explain_data, explain_text, unclear_sentence
from bot.render.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.domain.explain_facts import Explanation
    from bot.flow.figures import Report

_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_UNLIMITED: Final = 100_000
"""Letters a line, where what reads them is no terminal: a file or a program wants whole cells."""
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


def print_explanation(found: Explanation | Unclear, format_: str) -> None:
    """Print one lead's clock as `text` or `json`. Raises NotFoundError where no single lead was found."""
    if isinstance(found, Unclear):
        raise NotFoundError(unclear_sentence(found))
    if format_ == "json":
        typer.echo(json.dumps(explain_data(found), indent=2, ensure_ascii=False))
    else:
        typer.echo(explain_text(found))


def as_csv(report: dict[str, Any]) -> str:
    """Rows and total as CSV. A text that a spreadsheet would compute is quoted with `'`; numbers stay numbers."""
    columns = _columns(report)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in [*report["rows"], {**report["total"], "name": "total", "label": "total"}]:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return out.getvalue()


def print_rehearsal(rehearsal: dict[str, Any], format_: str) -> None:
    """Print a rehearsal as `table` or `json`."""
    if format_ == "json":
        typer.echo(json.dumps(rehearsal, indent=2, ensure_ascii=False))
        return
    made = rehearsal["rehearsal"]
    present, tried, more = made["present"], made["rehearsed"], made["difference"]
    title = f"rehearsal, {made['currency']}, {made['from']} to {made['to']}"
    rows = [
        [name.replace("_", " "), _shown(present[name]), _shown(tried[name]), _shown(more.get(name))]
        for name in present
        if name not in {"busiest", "people", "tiers"}
    ]
    rows.append(["busiest", _day_of(present["busiest"]), _day_of(tried["busiest"]), "-"])
    _draw(title, ("figure", "in force", "rehearsed", "difference"), rows)
    people = {each["name"]: each["label"] for each in (*present["people"], *tried["people"])}
    counts = [{each["name"]: each for each in side["people"]} for side in (present, tried)]
    told = [[label, *(_received(count.get(name)) for count in counts)] for name, label in people.items()]
    print_rows(
        ("messages to (most in a day)", "in force", "rehearsed"), told, "nobody would have got a message"
    )
    for name in ("newly_breached", "no_longer_breached"):
        found = made[name]
        rest = ", …" if found["count"] > len(found["leads"]) else ""
        which = f" ({', '.join(found['leads'])}{rest})" if found["leads"] else ""
        leads = counted(found["count"], "lead")
        typer.echo(f"{name.replace('_', ' ')}: {leads}{_printable(which)}")


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
        of = f" ({apart['of']})" if apart.get("of") else ""
        what = f"{apart['count']} x {apart['currency'] or 'no currency'}, {apart['amount']}"
        typer.echo(f"not converted: {what}{of}")


def _draw(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console  # noqa: PLC0415  # costs start-up
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=title or None, title_justify="left")
    for number, column in enumerate(columns):
        heading = column.replace("_", " ")
        # A heading breaks between words, not inside one; a number does not break at all.
        whole = [*heading.split(), *(row[number] for row in rows if _NUMBER.fullmatch(row[number]))]
        table.add_column(
            heading,
            justify="left" if number == 0 else "right",
            overflow="fold",
            min_width=max(map(len, whole)),
        )
    for row in rows:
        table.add_row(*(Text(_printable(cell)) for cell in row))
    console = Console(width=None if sys.stdout.isatty() else _UNLIMITED)
    console.print(table)


def _day_of(busiest: dict[str, Any] | None) -> str:
    return f"{busiest['label']}, {busiest['day']}" if busiest is not None else "-"


def _received(person: dict[str, Any] | None) -> str:
    return f"{person['messages']} ({person['most_in_a_day']})" if person is not None else "0"


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
