"""`winbell inbox` and `winbell outbox`: what failed, what waits, and how it is tried again."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Final

import typer

from bot.config import load
from bot.flow import listings
from bot.groundwork import office_of
from bot.logs import set_up
from bot.output import print_rows

inbox_app = typer.Typer(
    help="Events that were set aside or wait for another try.", invoke_without_command=True
)
outbox_app = typer.Typer(
    help="Messages that were given up, wait, or whose fate is unknown.", invoke_without_command=True
)

_MOST: Final = 2**31 - 1
Number = Annotated[int, typer.Argument(help="As the list shows it.", min=1, max=_MOST)]
Numbers = Annotated[list[int] | None, typer.Argument(help="Which; default: all.", min=1, max=_MOST)]


@inbox_app.callback()
def inbox(context: typer.Context) -> None:
    """List events that failed, and what was kept although it was not understood."""
    if context.invoked_subcommand is not None:
        return
    set_up("WARNING")
    with office_of(load()) as office:
        failed, misfits = office.database.read_now(listings.inbox)
    print_rows(("number", "state", "tries", "type", "event", "error"), failed, "no event failed")
    print_rows(("kept, but unknown", "value", "deals"), misfits, "")


@inbox_app.command("show")
def inbox_show(number: Number) -> None:
    """Show one event with its error."""
    with office_of(load()) as office:
        found = office.database.read_now(lambda s: listings.event(s, number))
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@inbox_app.command("retry")
def inbox_retry(numbers: Numbers = None) -> None:
    """Try failed events again."""
    with office_of(load()) as office:
        count = office.database.write_now(lambda s: listings.retry_events(s, numbers, office.clock.now()))
        done = asyncio.run(listings.apply_all(office))
    typer.echo(f"{count} events to be tried again: {done.applied} applied, {done.failed} failed")


@outbox_app.callback()
def outbox(context: typer.Context) -> None:
    """List messages that wait, were given up, or whose fate is unknown."""
    if context.invoked_subcommand is not None:
        return
    set_up("WARNING")
    with office_of(load()) as office:
        waiting = office.database.read_now(listings.outbox)
    print_rows(("number", "state", "tries", "kind", "to", "due", "error"), waiting, "every message arrived")


@outbox_app.command("show")
def outbox_show(number: Number) -> None:
    """Show one message as it was last sent, with its receipt."""
    with office_of(load()) as office:
        found = office.database.read_now(lambda s: listings.message(s, number))
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@outbox_app.command("retry")
def outbox_retry(numbers: Numbers = None) -> None:
    """Send given-up messages again; one whose fate is unknown is looked up in its channel first."""
    with office_of(load()) as office:
        count = office.database.write_now(lambda s: listings.retry_messages(s, numbers, office.clock.now()))
    typer.echo(f"{count} messages to be tried again; a running `serve` delivers them")
