"""`/sla`: the figures of `winbell report sla`, one clock explained, and what was agreed; in private."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.agreement import Tier
from bot.domain.terms import in_words
from bot.flow import agreements, lead_reports
from bot.flow.figures import Period
from bot.render.agreement import agreement_words
from tests.support.commands import answered, says
from tests.support.leads import at, called, comes
from tests.support.world import OWNERS, World

USAGE = "/sla [mine|team|@rep] [week|month|quarter] · explain LEAD · agreement"
HELP = "First contacts in time, late and at risk; one lead's clock explained; what was agreed."
NOT_LINKED = (
    "Slack does not show me the e-mail address of your account, so I cannot tell which leads are yours. "
    "An admin can grant the scope users:read.email."
)
BEN = "ben@seller.example"
OLD = "1 lead from before is still waiting (1 late)."
FOLLOWED = replace(OWNERS, tiers=(Tier(attempts=3, spacing=(timedelta(hours=8),)),))


async def some_leads(world: World) -> str:
    """Tuesday noon: Maya met two promises, broke two (one lead waits still) and has one at risk; Ben has one open.

    One of Maya's came in the month before, and waits still.
    """
    maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
    for name in ("Ann Ash", "Bob Birch", "Cat Cole", "Dan Dale"):
        await comes(world, maya, name)
    await comes(world, maya, "Old Oak", created_at="2026-10-30T09:00:00Z")
    await world.until(at(9, 40))
    await called(world, "Ann", at(9, 30))
    await called(world, "Bob", at(11))
    await world.until(at(14))
    await called(world, "Cat", at(13, 30))
    await world.until(at(9, day=17))
    await comes(world, maya, "Eve Elm")
    await world.until(at(12, 30, day=17))
    await comes(world, ben, "Fay Fir")
    world.unexpected()
    return maya


async def row_of(world: World, first: date, owner: str | None = None) -> dict[str, object]:
    """The row of an owner, or the total, as `winbell report sla --from` prints it."""
    period = Period(first, None, world.clock.now())
    made = await world.database.read(lambda s: lead_reports.sla(s, world.agreement, period, "owner"))
    return made.total if owner is None else next(row for row in made.rows if row["name"] == owner)


def told(row: dict[str, object]) -> list[str]:
    """A row's figures in the words of the answer."""
    share = f"{row['rate'] * 100:.1f}".removesuffix(".0")
    half, most = (hours(row[f"first_contact_minutes_{name}"]) for name in ("median", "p90"))
    late = f"{row['breached']} late ({row['still_waiting']} still waiting)"
    return [
        f"{share}% in time ({row['met']} of {row['met'] + row['breached']}).",
        f"{row['open']} open ({row['at_risk']} at risk) · {late}.",
        f"Half of the contacts within {half} of working time, nine of ten within {most}.",
        f"{row['seen']} seen in the CRM, {row['said']} said by the owner.",
    ]


def hours(minutes: float) -> str:
    """Working minutes in words."""
    return {120: "2 h", 270: "4 h 30 min"}[minutes]


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket"])
async def test_mine_are_the_figures_of_the_report(sqlite, socket):
    """`/sla mine` says for this month what `winbell report sla --from` its first day prints in the asker's row."""
    async with World(sqlite, socket=socket) as world:
        maya = await some_leads(world)
        row = await row_of(world, date(2026, 11, 1), maya)
        counts = {name: row[name] for name in ("met", "breached", "still_waiting", "open", "at_risk", "seen")}
        assert counts == {"met": 2, "breached": 2, "still_waiting": 1, "open": 1, "at_risk": 1, "seen": 3}
        lines = await says(world, "/sla", "mine", maya)
        assert lines == [
            "First contacts, mine. Leads whose clock started this month, since 1 Nov (UTC).",
            *told(row),
            OLD,
            "As of 17 Nov, 12:30 (UTC).",
        ]
        assert lines[1:3] == ["50% in time (2 of 4).", "1 open (1 at risk) · 2 late (1 still waiting)."]


async def test_the_team(sqlite):
    """Without a word, and with `team`: the total, then each owner, whoever has leads that wait longest first."""
    async with World(sqlite) as world:
        maya = await some_leads(world)
        lines = await says(world, "/sla", "", maya)
        assert lines == await says(world, "/sla", " TEAM ", BEN)
        total = await row_of(world, date(2026, 11, 1))
        assert (lines[0], lines[1:6]) == (
            "First contacts, team. Leads whose clock started this month, since 1 Nov (UTC).",
            [*told(total), OLD],
        )
        assert lines[6:-1] == [
            f"<@{world.accounts[maya]}>: 50% in time (2 of 4), 1 open (1 at risk) · 2 late (1 still waiting).",
            f"<@{world.accounts[BEN]}>: nothing due yet, 1 open · 0 late.",
        ]


@pytest.mark.parametrize(
    ("words", "since", "first"),
    [
        ("mine week", "this week, since 16 Nov", date(2026, 11, 16)),
        ("mine MONTH", "this month, since 1 Nov", date(2026, 11, 1)),
        ("mine quarter", "this quarter, since 1 Oct", date(2026, 10, 1)),
    ],
)
async def test_another_time(sqlite, words, since, first):
    """The present week, month or quarter, in the agreement's zone; an older lead counts in the quarter alone."""
    async with World(sqlite) as world:
        maya = await some_leads(world)
        lines = await says(world, "/sla", words, maya)
        row = await row_of(world, first, maya)
        assert f"started {since} (UTC)" in lines[0]
        assert f"({row['met']} of {row['met'] + row['breached']})" in lines[1]
        assert (row["breached"], OLD in lines) == ((3, False) if first.month == 10 else (2, True))


async def test_what_waits_from_before_is_not_forgotten(sqlite):
    """On the first of a month leads of the month before that wait still are told of, by the count of the report."""
    async with World(sqlite, start=datetime(2026, 11, 30, 9, tzinfo=UTC)) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await comes(world, maya, "Ann Ash")
        await comes(world, maya, "Bob Birch")
        await called(world, "Bob", datetime(2026, 11, 30, 9, 5, tzinfo=UTC))
        await world.until(datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
        await comes(world, maya, "Cat Cole")
        await world.until(datetime(2026, 12, 1, 9, 1, tzinfo=UTC))
        world.unexpected()
        told = "2 leads from before are still waiting (1 late)."
        assert (await says(world, "/sla", "mine", maya))[1:] == ["No lead came in this time.", told]
        assert (await says(world, "/sla", "mine", ben))[1:] == ["No lead came in this time."]
        await comes(world, ben, "Fay Fir")
        assert (await says(world, "/sla", "team", ben))[1:] == [
            "Nothing due yet.",
            "1 open · 0 late.",
            told,
            f"<@{world.accounts[BEN]}>: nothing due yet, 1 open · 0 late.",
            "As of 1 Dec, 09:01 (UTC).",
        ]
        assert (await says(world, "/sla", "mine", ben))[1:-1] == ["Nothing due yet.", "1 open · 0 late."]
        period = Period(None, date(2026, 11, 30), world.clock.now())
        made = await world.database.read(lambda s: lead_reports.sla(s, world.agreement, period, "owner"))
        assert (made.total["open"] + made.total["still_waiting"], made.total["still_waiting"]) == (2, 1)


async def test_another_person(sqlite):
    """One person's figures, by mention, address or name; who has no leads has no figures."""
    async with World(sqlite) as world:
        maya = await some_leads(world)
        mona = world.person("Mona Berg")
        await world.happens("person.updated", email=BEN, name="Ben Ito")
        asked = [f"<@{world.accounts[BEN]}|ben>", f"<mailto:{BEN}|{BEN}>", "@Ben Ito month", "ben"]
        found = [await says(world, "/sla", words, maya) for words in asked]
        assert [lines[1:-1] for lines in found] == [["Nothing due yet.", "1 open · 0 late."]] * 4
        assert {lines[0].partition(".")[0] for lines in found} == {"First contacts, Ben Ito"}
        assert (await says(world, "/sla", "mine", mona))[1:] == ["No lead came in this time."]


async def test_what_was_agreed_beyond_the_first_contact(sqlite):
    """Where the agreement asks for more than one contact, commitments open, kept and broken are told, too."""
    async with World(sqlite, FOLLOWED) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, "Ann Ash")
        await comes(world, maya, "Bob Birch")
        await called(world, "Ann", at(9), outcome="connected")
        world.unexpected()
        assert "Follow-up: 1 open, 1 kept, 0 broken." in await says(world, "/sla", "mine", maya)


async def test_the_agreement_in_words(sqlite):
    """`/sla agreement` says what was agreed, and since when."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await agreements.put_in_force(world.bot.office, world.bot.office.agreement, 'name = "Ours"\n')
        world.clock.advance(timedelta(days=1))
        shown = await answered(world, "/sla", "agreement", maya)
        terms = in_words(world.bot.office.agreement, world.clock.now().date())
        expected = agreement_words(terms, at(9), "UTC")
        assert (shown.text, shown.text.splitlines()[1]) == (
            expected.text,
            "In force since 16 Nov, 09:00 (UTC).",
        )


async def test_one_clock_explained(sqlite):
    """`/sla explain LEAD` finds a lead by its name and tells its clock; an unknown one is a sentence."""
    async with World(sqlite) as world:
        maya = await some_leads(world)
        explained = await answered(world, "/sla", "explain Ann Ash", maya)
        assert "Ann Ash" in explained.text.splitlines()[0]
        assert "<@" not in explained.text
        assert await says(world, "/sla", "explain nobody", maya) == [
            "No lead is known as “nobody”; give its id, its e-mail, or its name as the CRM writes it."
        ]
        assert await says(world, "/sla", "EXPLAIN", maya) == [
            "No lead was named; give its id, its e-mail, or its name as the CRM writes it."
        ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("everything", f"“everything” is not something this command knows. Try: {USAGE}"),
        ("mine team", f"“mine team” is not something this command knows. Try: {USAGE}"),
        ("agreement now", f"“agreement now” is not something this command knows. Try: {USAGE}"),
        ("@nobody", "Nothing found for “@nobody”. Please check the spelling."),
        ("help", f"{HELP} Try: {USAGE}"),
    ],
)
async def test_words_it_does_not_know(sqlite, text, said):
    """It says so, with what it knows."""
    async with World(sqlite) as world:
        assert await says(world, "/sla", text, world.person("Maya Okafor")) == [said]


async def test_somebody_without_an_address(sqlite):
    """An account that shows no e-mail has no figures of its own: the answer says what to do."""
    async with World(sqlite) as world:
        world.accounts["guest"] = world.slack.add_user(name="A Guest")
        assert await says(world, "/sla", "mine", "guest") == [NOT_LINKED]


async def test_nobody_has_leads(sqlite):
    """No lead at all is a sentence."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        assert (await says(world, "/sla", "", maya))[1:] == ["No lead came in this time."]
