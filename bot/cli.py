"""`winbell`: the one program. Exit 0 on success, 1 on a failure explained in one sentence, 2 on wrong usage."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.cli_failed import inbox_app, outbox_app
from bot.clock import SystemClock
from bot.config import load, require_serve
from bot.domain.when import FIRST_YEAR, LAST_YEAR
from bot.errors import ConfigError, FormatError, UsageError, WinbellError
from bot.flow import (
    commission_report,
    credit_report,
    importing,
    lead_reports,
    pace,
    reminders,
    reports,
)
from bot.flow import explain as explaining
from bot.flow import forget as forgetting
from bot.flow import rehearse as rehearsing
from bot.flow.figures import Period
from bot.groundwork import migrate_database, office_of, open_database, parse_agreement, read_agreement
from bot.logs import set_up
from bot.output import print_explanation, print_rehearsal, print_report, progress
from bot.render.text import counted

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office

app = typer.Typer(
    name="winbell",
    help="Makes sales and marketing one team: wins credit both, leads are answered in time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(inbox_app, name="inbox")
app.add_typer(outbox_app, name="outbox")

REPORTS: Final = {
    "pipeline": reports.pipeline,
    "wins": reports.won_and_lost,
    "credit": credit_report.credit,
    "channels": lead_reports.channels,
    "sla": lead_reports.sla,
    "pace": pace.pace,
}


def main() -> None:
    """Run `winbell`; a failure becomes one sentence on standard error."""
    try:
        app()
    except UsageError as error:
        _fail(error, 2)
    except WinbellError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _fail(error: WinbellError, code: int) -> None:
    sys.stderr.write(f"winbell: {error}\n")
    raise SystemExit(code)


def _now() -> datetime:
    return SystemClock().now()


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text}: write a day as 2026-11-20") from error


def _instant(text: str | None, option: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: write an instant as 2026-11-20T15:00:00Z") from error
    if instant.tzinfo is None:
        raise UsageError(f"{option} {text}: an instant needs its offset, for example 2026-11-20T15:00:00Z")
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise UsageError(f"{option} {text}: choose an instant in the years {FIRST_YEAR} to {LAST_YEAR}")
    return instant.astimezone(UTC)


# --- running -------------------------------------------------------------------------------------


@app.command()
def serve() -> None:
    """Run the bot on a real workspace: HTTP endpoints, Slack listeners, scheduled jobs."""
    set_up()
    settings = load()
    require_serve(settings)
    from bot.wiring import run_loop  # noqa: PLC0415  # Bolt and uvicorn cost start-up

    run_loop(_serve(settings))


async def _serve(settings: Settings) -> None:
    from bot import wiring  # noqa: PLC0415  # likewise

    parsed, body = read_agreement(settings)
    for warning in parsed.warnings:
        typer.echo(f"winbell: {warning}", err=True)
    database = open_database(settings.database_url, serve=True)
    try:
        bot = wiring.Bot(database, parsed.agreement, wiring.doors_of(settings))
        await wiring.adopt_agreement(bot, parsed, body)

        async def ready(port: int) -> None:
            typer.echo(f"winbell: serving on http://{settings.host}:{port}", err=True)

        await wiring.run(bot, settings.host, settings.port, ready)
    finally:
        database.close()


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the local workspace opens.")] = 8100,
    database: Annotated[
        Path, typer.Option(help="The demo's own database file; started afresh each time.")
    ] = Path("winbell-demo.db"),
    stage: Annotated[
        str, typer.Option(help="What is going on when it opens: team, busy, quiet, breach or slack-down.")
    ] = "team",
) -> None:
    """Try the whole bot in the browser: no account, no token, nothing leaves this machine."""
    from bot.playground import demo as playground  # noqa: PLC0415  # only the demo needs it
    from bot.wiring import run_loop  # noqa: PLC0415  # Bolt and uvicorn cost start-up

    set_up("ERROR")  # what Slack is made to refuse is told on the page
    run_loop(playground.run(port, database, typer.echo, stage=stage))


@app.command()
def manifest(
    http: Annotated[
        str | None, typer.Option(help="The bot's public address, for HTTP instead of Socket Mode.")
    ] = None,
) -> None:
    """Print the Slack app manifest as JSON."""
    from handlers.manifest import manifest as made  # noqa: PLC0415  # pulls in the listeners

    typer.echo(json.dumps(made(base=http, prefix=load().command_prefix), indent=2))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write .env and agreement.toml.")] = Path(),
) -> None:
    """Write a commented .env and agreement.toml; files that are there already are left alone."""
    from bot.agreement import TEMPLATE  # noqa: PLC0415
    from bot.config import ENV_TEMPLATE  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((".env", ENV_TEMPLATE), ("agreement.toml", TEMPLATE)):
            path = folder / name
            if path.exists():
                typer.echo(f"{path} is there already and was left as it is")
                continue
            path.touch(mode=0o600 if name == ".env" else 0o644)
            path.write_text(text, encoding="utf-8")
            typer.echo(f"wrote {path}")
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written ({error.strerror}); choose another folder") from error


@app.command()
def migrate() -> None:
    """Bring the database to the current schema."""
    set_up("WARNING")
    changed = migrate_database(load().database_url)
    typer.echo("the database was brought to the current schema" if changed else "the database is current")


# --- history and figures -------------------------------------------------------------------------


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(help="CSV or JSON Lines.", exists=True, dir_okay=False, readable=True)
    ],
    map_: Annotated[
        Path | None, typer.Option("--map", help="How the columns of a CSV become an event.")
    ] = None,
    announce_since: Annotated[
        str | None, typer.Option(help="Announce wins of this day or later; default: none.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="When rows without a time were true; default: the file's date.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Store the good rows although others are faulty.")
    ] = False,
) -> None:
    """Bring in history through the same inbox as webhooks. A file with a faulty row stores nothing."""
    set_up("WARNING")
    since = _day(announce_since, "--announce-since")
    with office_of(load()) as office:
        sources = [
            importing.ImportFile.at(path, map_, _instant(as_of, "--as-of"), office.agreement.timezone)
            for path in files
        ]
        checked = []
        for source in sources:
            with progress(f"checking {source.path.name}") as advance:
                checked.append(importing.check(source, advance))
        for source, found in zip(sources, checked, strict=True):
            for problem in found.problems:
                typer.echo(f"{source.path.name}: {problem}", err=True)
            if found.bad > len(found.problems):
                typer.echo(
                    f"{source.path.name}: and {found.bad - len(found.problems)} more faulty rows", err=True
                )
        if any(found.bad for found in checked) and not skip_bad:
            names = ", ".join(s.path.name for s, found in zip(sources, checked, strict=True) if found.bad)
            raise FormatError(names, "has faulty rows; correct them, or give --skip-bad. Nothing was stored")
        asyncio.run(_bring_in(office, sources, checked, since))


async def _bring_in(office: Office, sources: list[Any], checked: list[Any], since: date | None) -> None:
    for source, found in zip(sources, checked, strict=True):
        with progress(f"importing {source.path.name}", found.good) as advance:
            done = await importing.bring_in(office, source, since, advance)
        typer.echo(
            f"{source.path.name}: {done.new} new, {done.known} known before, {done.skipped} skipped"
            + (f", {done.set_aside} set aside (see `winbell inbox`)" if done.set_aside else "")
        )


@app.command()
def report(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(REPORTS)}.")],
    by: Annotated[str | None, typer.Option(help="The field to group by.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day, as 2026-11-01.")] = None,
    to: Annotated[str | None, typer.Option(help="Last day, counted.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="The instant the figures are made for; default: now.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    split: Annotated[
        str | None,
        typer.Option(
            metavar="A/B", help="wins: preview a commission pool, A % for net new, B % for expansion."
        ),
    ] = None,
    pool: Annotated[str | None, typer.Option(help="The pool that --split shares; default: 10000.")] = None,
) -> None:
    """Print the figures behind the slash commands."""
    set_up("WARNING")
    if name not in REPORTS:
        raise UsageError(f"{name}: there is no such report; there are {', '.join(REPORTS)}")
    if format_ not in {"table", "json", "csv"}:
        raise UsageError(f"--format {format_}: choose table, json or csv")
    first, last = _day(from_, "--from"), _day(to, "--to")
    if first is not None and last is not None and first > last:
        raise UsageError(f"--from {first} lies after --to {last}; swap them")
    period = Period(first, last, _instant(as_of, "--as-of") or _now())
    make: Any = REPORTS[name]
    if split is not None or pool is not None:
        make = commission_report.preview(name, split, pool)
    with office_of(load()) as office:
        agreement: Agreement = office.agreement
        made = office.database.read_now(lambda s: make(s, agreement, period, by))
    print_report(made, format_)


@app.command()
def explain(
    lead: Annotated[list[str], typer.Argument(help="Its id, source/id, e-mail, name or company.")],
    at: Annotated[
        str | None, typer.Option(help="Explain what had happened by this instant; default: now.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Explain one lead's clock: what counted, who held the lead, why each message was or was not sent."""
    set_up("WARNING")
    if format_ not in {"text", "json"}:
        raise UsageError(f"--format {format_}: choose text or json")
    instant = _instant(at, "--at") or _now()
    with office_of(load()) as office:
        view = office.database.read_now(
            lambda s: explaining.answer(s, office.agreement, " ".join(lead), instant)
        )
    print_explanation(view, format_)


@app.command()
def rehearse(
    agreement: Annotated[
        Path, typer.Argument(help="The agreement to try.", exists=True, dir_okay=False, readable=True)
    ],
    from_: Annotated[
        str | None, typer.Option("--from", help="First day, as 2026-11-01; default: the last 90 days.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Last day, counted; default: today.")] = None,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Run an agreement over past leads, beside the one in force; sends nothing, writes nothing."""
    set_up("WARNING")
    if format_ not in {"table", "json"}:
        raise UsageError(f"--format {format_}: choose table or json")
    first, last = _day(from_, "--from"), _day(to, "--to")
    now = _now()
    try:
        parsed = parse_agreement(agreement.read_text(encoding="utf-8"), str(agreement), now)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{agreement} cannot be read ({error}); give an agreement as UTF-8 text") from error
    for warning in parsed.warnings:
        typer.echo(f"winbell: {warning}", err=True)
    with office_of(load()) as office:
        period = rehearsing.period_of(office.agreement, first, last, now)
        with progress("rehearsing", office.database.read_now(rehearsing.count_leads)) as advance:
            made = office.database.read_now(
                lambda s: rehearsing.rehearse(s, office.agreement, parsed.agreement, period, advance)
            )
    print_rehearsal(made.as_dict(), format_)


@app.command()
def sweep(
    at: Annotated[str | None, typer.Option(help="Only print what would be sent at this instant.")] = None,
) -> None:
    """Look once for due reminders; a running `serve` delivers them."""
    set_up("WARNING")
    instant = _instant(at, "--at")
    with office_of(load()) as office:
        if instant is None:
            swept = asyncio.run(reminders.sweep(office))
            typer.echo(f"{swept.reminded} leads put into reminders, {swept.clocks} clocks looked at")
            return
        told = office.database.rehearse_now(lambda s: reminders.preview(s, office.agreement, instant))
    for target, text in told:
        typer.echo(f"to {target.removeprefix('person:')}:\n{text}\n")
    if not told:
        typer.echo("nothing would be sent")


@app.command()
def forget(email: Annotated[str, typer.Argument(help="The person's e-mail address.")]) -> None:
    """Remove a person's data from the database and from old posts; the figures stay."""
    set_up("WARNING")
    address = email.strip().lower()
    if "@" not in address:
        raise UsageError(f"{email}: give the person's e-mail address")
    with office_of(load()) as office:
        now = office.clock.now()
        found = office.database.write_now(lambda s: forgetting.forget(s, office.agreement, address, now))
        office.database.wipe_now()
    if not found.anything:
        typer.echo(f"{address} is not in the records")
        return
    typer.echo(
        f"forgotten: {counted(found.leads, 'lead')}, "
        f"{counted(found.acts, 'touch or activity', 'touches and activities')}, "
        f"{counted(found.events, 'stored event')}; "
        f"{counted(found.messages, 'post')} will be drawn anew by `winbell serve`"
    )
    if found.colleague:
        typer.echo(
            "the address itself stays where it names the owner of leads and deals: give these to somebody else"
        )
