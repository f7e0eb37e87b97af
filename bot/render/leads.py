"""The answer to `/leads`: open leads, the most urgent first, each answered where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import blocks
from bot.render.message import Payload
from bot.render.nudge import aloud, lead_blocks
from bot.render.text import about, counted, escape, person, titled, width

if TYPE_CHECKING:
    from bot.domain.sla_facts import QueueView
    from bot.render.blocks import Block

LEADS_SHOWN: Final = 20
LIST: Final = "leads"
"""Begins the id of a block with buttons (`leads:3:mine`): by the rest the same list is asked for again."""
_WAITING: Final = frozenset({"new", "at_risk", "breached", "follow_up", "callback"})
_UNSEEN: Final = "not yet seen in the CRM"


def leads(view: QueueView) -> Payload:
    """The list. Each lead is drawn as in a reminder; what is beyond 20 leads is counted together with `view.more`."""
    shown, more = view.leads[:LEADS_SHOWN], view.more + len(view.leads[LEADS_SHOWN:])
    waiting = more + sum(lead.state in _WAITING or lead.ref in view.unseen for lead in shown)
    named = None if isinstance(view.whose, str) else view.whose
    drawn: list[Block] = [blocks.header(_title(view, waiting, titled(named) if named else None))]
    if named is not None and not titled(named):
        drawn.append(blocks.context("Leads of ", named))
    who = (escape(titled(named)) or person(named)) if named else None
    spoken = [f"{_title(view, waiting, who)}."]
    small = _small_print(view)
    if small:
        drawn.append(blocks.context(small))
        spoken.append(escape(f"{small}."))
    for index, lead in enumerate(shown):
        unseen = lead.ref in view.unseen
        told = lead_blocks(lead, index, view.zone)
        drawn += [_named(block, index, view.scope) for block in (_with_word(told) if unseen else told)]
        line = aloud(lead, view.zone)
        spoken.append(f"{line.removesuffix('.')}, {_UNSEEN}." if unseen else line)
    if more > 0:
        drawn.append(blocks.context(f"and {more:,} more"))
        spoken.append(f"And {more:,} more.")
    return Payload("\n".join(spoken), tuple(drawn))


def scope_of(block_id: str) -> str | None:
    """Which list a block with buttons belongs to; None where it is no list's."""
    kind, _, rest = block_id.partition(":")
    return rest.partition(":")[2] or None if kind == LIST else None


def _with_word(drawn: list[Block]) -> list[Block]:
    """A lead that was answered, with the word that the answer alone does not count."""
    line = drawn[0]["elements"][0]
    longer = line | {"elements": [*line["elements"], blocks.words(f", {_UNSEEN}")]}
    return [drawn[0] | {"elements": [longer]}, *drawn[1:]]


def _named(block: Block, index: int, scope: str) -> Block:
    """A block with buttons under the id of this list; a list whose words are too long for an id is drawn once only."""
    if "block_id" not in block:
        return block
    name = f"{LIST}:{index}:{scope}"
    return block | {"block_id": name if width(name) <= blocks.ID else f"{LIST}:{index}:"}


def _title(view: QueueView, waiting: int, name: str | None) -> str:
    """The heading, with the `name` of whose leads they are, if they are one person's and it can be said."""
    if view.whose == "mine":
        whose, none = "Your open leads", "No open leads of yours"
    elif view.whose == "team":
        whose, none = "Open leads of the team", "No open leads in the team"
    else:
        of = f" of {name}" if name else ""
        whose, none = f"Open leads{of}", f"No open leads{of}"
    if waiting:
        return f"{whose}: {waiting:,}"
    if not view.leads:
        return none
    snoozed = any(lead.state == "snoozed" for lead in view.leads)
    return "Nothing to do just now" if snoozed else "All settled, thank you"


def _small_print(view: QueueView) -> str:
    told = [f"{counted(view.late, 'lead')} late"] if view.late else []
    if view.at_stake is not None:
        told.append(f"worth about {about(view.at_stake)} together, by own history")
    line = " · ".join(told)
    return line[:1].upper() + line[1:]
