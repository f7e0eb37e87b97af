"""The card of one win: what was won, by whom on both sides, and the customer's way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import blocks
from bot.render import win_words as say
from bot.render.goal import progress_line, progress_words
from bot.render.message import Payload
from bot.render.text import clean, day, escape, listed, percent, person, plain_name, slack_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from bot.domain.facts import Named
    from bot.domain.win_facts import Contribution, StoryTouch, WinCard
    from bot.render.blocks import Block, Part

CREDITS_SHOWN: Final = 8
PEOPLE_SHOWN: Final = 8
TOUCHES_SHOWN: Final = 8
THANKS_SHOWN: Final = 2
GOALS_SHOWN: Final = 3
WAS_SHOWN: Final = 3
_ROLE: Final = 40
_WORDS: Final = 120
_MODELS: Final = {
    "first": "all to the first touch",
    "last": "all to the last touch",
    "linear": "equal",
    "position": "position-based",
    "u_lead": "U-shaped by lead creation",
    "w": "W-shaped",
    "full_path": "full path",
    "time_decay": "time decay",
}
_ENDINGS: Final = {
    "reopened": "The deal was opened again, so this win does not count.",
    "lost": "The deal was lost after all, so this win does not count.",
    "deleted": "The deal was deleted, so this win does not count.",
    "merged": "The deal became part of another one, so this win is not counted here.",
}


def win_card(facts: WinCard) -> Payload:
    """The card: the amount and the deal at a glance, sales and marketing side by side, the story in one line.

    A win that no longer counts is set back and says so, with what it was. Only a positive amount is
    celebrated. What is left out of the story stands in its middle, after the first half (rounded up) of the
    touches given.
    """
    stands = facts.status == "won"
    drawn = _won(facts) if stands else _withdrawn(facts)
    if facts.above_is_closed:
        drawn.insert(0, blocks.context(say.CLOSED_ABOVE))
    return Payload(_won_aloud(facts) if stands else _withdrawn_aloud(facts), tuple(drawn))


def _won(facts: WinCard) -> list[Block]:
    drawn = [
        blocks.header(_headline(facts)),
        blocks.rich(*_about(facts)),
        blocks.side_by_side(("Sales", "Marketing"), (_sales(facts), _marketing(facts))),
    ]
    if facts.story:
        drawn.append(blocks.rich(blocks.words(" → ".join(_story(facts)))))
    if not say.nothing_known(facts):
        drawn.append(blocks.context(f"Shares: {_model(facts)}"))
    drawn += [blocks.context(progress_line(goal)) for goal in facts.goals[:GOALS_SHOWN]]
    if facts.thanks:
        drawn.append(blocks.context(_thanks(facts)))
    if _was(facts) or facts.was_owner is not None:
        drawn.append(blocks.context(*_correction(facts)))
    if facts.ref is not None:
        drawn.append(blocks.actions("win", *_buttons(facts, facts.ref)))
    return drawn


def _buttons(facts: WinCard, ref: str) -> list[Part]:
    missing = blocks.button(
        say.MISSING, action_id="win_missing", value=ref, aloud=f"{say.MISSING} {say.title(facts)}"
    )
    thanks = blocks.button(
        say.THANKS, action_id="win_thanks", value=ref, aloud=f"{say.THANKS}: {say.title(facts)}"
    )
    return [missing] if say.is_credit_note(facts) else [missing, thanks]


def _withdrawn(facts: WinCard) -> list[Block]:
    what = " · ".join(part for part in (say.amount(facts), say.title(facts), say.customer(facts)) if part)
    was: list[Part] = [blocks.words(f"Was won on {_won_on(facts)}")]
    if facts.owner is not None:
        was += [blocks.words(" by "), blocks.who(facts.owner)]
    if facts.url:
        was += [blocks.words(" · "), blocks.anchor(facts.url, "Open the deal")]
    return [
        blocks.context(f"{facts.status}{_on(facts)} · {_ENDINGS[facts.status]}"),
        blocks.rich(*blocks.lines([[blocks.words(what, strike=True)], was])),
    ]


def _headline(facts: WinCard) -> str:
    again = "won again" if facts.number > 1 else ""
    line = " · ".join(part for part in (say.amount(facts), say.kind(facts), say.title(facts), again) if part)
    return f"{say.BELL} {line}" if say.is_celebrated(facts) else line


def _about(facts: WinCard) -> list[Part]:
    customer = say.customer(facts)
    parts = [blocks.words(customer, bold=True), blocks.words(" · ")] if customer else []
    told = f"Won on {_won_on(facts)}" + ("" if say.amount(facts) else " · no amount given")
    parts.append(blocks.words(told + (" · entered by hand" if facts.by_hand else "")))
    if facts.url:
        parts += [blocks.words(" · "), blocks.anchor(facts.url, "Open the deal")]
    return parts


def _sales(facts: WinCard) -> list[Part]:
    owner = blocks.words("owner not known") if facts.owner is None else blocks.who(facts.owner, bold=True)
    share = "" if facts.owner_share is None else f" · {percent(facts.owner_share)}"
    drawn: list[list[Part]] = [[owner, *([blocks.words(share)] if share else [])]]
    for helper in facts.contributors[:PEOPLE_SHOWN]:
        told = "".join(f" · {word}" for word in _role_and_share(helper))
        drawn.append([blocks.who(helper.person), *([blocks.words(told)] if told else [])])
    if more := facts.contributors[PEOPLE_SHOWN:]:
        drawn.append([blocks.words(f"and {len(more)} more")])
    return blocks.lines(drawn)


def _marketing(facts: WinCard) -> list[Part]:
    credits_, rest = say.credits_of(facts, CREDITS_SHOWN)
    drawn: list[list[Part]] = [
        [blocks.words(say.source(credit), bold=True), blocks.words(f" · {say.part(credit)}")]
        for credit in credits_
    ]
    if rest:
        drawn.append([blocks.words(f"and {len(rest)} more · {say.part(say.sum_of(rest))}")])
    if say.nothing_known(facts):
        drawn.append([blocks.words("No touches are known for this customer.")])
    return blocks.lines(drawn)


def _role_and_share(helper: Contribution) -> list[str]:
    share = percent(helper.share) if helper.share else ""
    return [word for word in (clean(helper.role, _ROLE), share) if word]


def _correction(facts: WinCard) -> list[str | Named]:
    changes = _was(facts)
    head = f"Corrected{_on(facts)}: "
    if facts.was_owner is None:
        return [head + ", ".join(changes)]
    if slack_id(facts.was_owner):
        return [head + ", ".join([*changes, "owner was"]), facts.was_owner]
    return [head + ", ".join([*changes, f"owner was {plain_name(facts.was_owner)}"])]


def _was(facts: WinCard) -> list[str]:
    """What was announced and is another now, but for the owner."""
    changes = []
    if facts.was_amount is not None:
        changes.append(f"amount was {say.in_money(facts.was_amount)}")
    if facts.was_credits is not None:
        shown = facts.was_credits[:WAS_SHOWN]
        lines = [f"{clean(name) or say.UNATTRIBUTED} {percent(share)}" for name, share in shown]
        lines += (
            [f"{len(facts.was_credits) - len(shown)} more"] if len(facts.was_credits) > len(shown) else []
        )
        changes.append(f"marketing was {listed(lines)}")
    if facts.was_people is not None:
        changes.append(f"sales was {listed(_were(facts.was_people))}")
    return changes


def _were(people: Sequence[tuple[Named | None, Fraction]]) -> list[str]:
    """Whose part of the win was how large."""
    parts = [
        f"{plain_name(one) if one else 'owner not known'} {percent(share)}"
        for one, share in people[:PEOPLE_SHOWN]
    ]
    return [*parts, f"{len(people) - len(parts)} more"] if len(people) > len(parts) else parts


def _on(facts: WinCard) -> str:
    """In a month that was over a correction is told as one, with its day."""
    return "" if facts.corrected_on is None else f" on {day(facts.corrected_on, facts.won_on.year)}"


def _thanks(facts: WinCard) -> str:
    return f"Thanks: {'; '.join(_thanked(facts, plain_name))}"


def _thanked(facts: WinCard, name: Callable[[Named], str]) -> list[str]:
    """The latest words of thanks, and how many more there are."""
    told = []
    for thanks in facts.thanks[-THANKS_SHOWN:]:
        people = ", ".join(name(one) for one in thanks.to[:PEOPLE_SHOWN])
        if more := thanks.to[PEOPLE_SHOWN:]:
            people += f" and {len(more)} more"
        words = clean(thanks.words, _WORDS)
        told.append(f"{name(thanks.by)} to {people}" + (f": “{words}”" if words else ""))
    if earlier := facts.thanks[:-THANKS_SHOWN]:
        told.append(f"and {len(earlier)} more")
    return told


def _won_aloud(facts: WinCard) -> str:
    credits_, rest = say.credits_of(facts, CREDITS_SHOWN)
    assets = [f"{say.source(credit)} with {say.part(credit, ', ')}" for credit in credits_]
    if rest:
        assets.append(f"{len(rest)} more with {say.part(say.sum_of(rest), ', ')}")
    sentences = [
        f"{_won_word(facts)}: {_what_aloud(facts)}.",
        f"Sales: {_people_aloud(facts)}.",
        f"Marketing: {escape('; '.join(assets))}.",
        *(["It was entered by hand."] if facts.by_hand else []),
    ]
    if facts.story:
        sentences.append(f"The way there: {escape(', then '.join(_story(facts, '{} more')))}.")
    sentences += [escape(f"{progress_words(goal)}.") for goal in facts.goals[:GOALS_SHOWN]]
    if facts.thanks:
        sentences.append(escape(f"Thanks: {'; '.join(_thanked(facts, plain_name))}."))
    changes = [escape(f"the {change}" if change.startswith("amount") else change) for change in _was(facts)]
    if facts.was_owner is not None:
        changes.append(f"the owner was {person(facts.was_owner)}")
    if changes:
        sentences.append(f"Corrected{_on(facts)}: {listed(changes)}.")
    return " ".join(sentences)


def _withdrawn_aloud(facts: WinCard) -> str:
    by = "" if facts.owner is None else f" by {person(facts.owner)}"
    what = f"{facts.status}{_on(facts)}: {_what_aloud(facts)}."
    return f"{what} {_ENDINGS[facts.status]} It was won on {_won_on(facts)}{by}."


def _won_word(facts: WinCard) -> str:
    word = "Won again" if facts.number > 1 else "Won"
    kind = say.kind(facts)
    return f"{kind}, {word.lower()}" if kind else word


def _what_aloud(facts: WinCard) -> str:
    what = [part for part in (say.title(facts), say.customer(facts)) if part]
    return escape(", ".join([*what, say.amount(facts) or "no amount given"]))


def _people_aloud(facts: WinCard) -> str:
    lead = "owner not known" if facts.owner is None else person(facts.owner)
    if facts.owner_share is not None:
        lead += f" ({percent(facts.owner_share)})"
    names = []
    for helper in facts.contributors[:PEOPLE_SHOWN]:
        told = escape(", ".join(_role_and_share(helper)))
        names.append(f"{person(helper.person)} ({told})" if told else person(helper.person))
    if more := facts.contributors[PEOPLE_SHOWN:]:
        names.append(f"{len(more)} more")
    return f"{lead}, with {listed(names)}" if names else lead


def _won_on(facts: WinCard) -> str:
    return day(facts.won_on, year=None)


def _model(facts: WinCard) -> str:
    return _MODELS.get(facts.model) or clean(facts.model)


def _story(facts: WinCard, gap: str = "… {} more …") -> list[str]:
    touches, left_out = list(facts.story), facts.story_left_out
    if (surplus := len(touches) - TOUCHES_SHOWN) > 0:
        half = TOUCHES_SHOWN // 2
        touches, left_out = touches[:half] + touches[-half:], left_out + surplus
    steps = [_step(touch, facts.won_on.year) for touch in touches]
    if left_out > 0:
        steps.insert((len(steps) + 1) // 2, gap.format(left_out))
    return steps


def _step(touch: StoryTouch, year: int) -> str:
    return f"{clean(touch.what) or 'a touch without a name'}, {day(touch.day, year)}"
