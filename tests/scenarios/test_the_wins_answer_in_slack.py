"""`/wins`: the figures of `winbell report wins` and `report credit`, both sides', and one deal's credit; in private."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.agreement import CreditRule, Goal, Rate, Wins
from bot.flow import credit_report, reports
from bot.flow.figures import Period, Report
from tests.support.commands import answered, says
from tests.support.win_people import WHY, card, press, proposes, staffed
from tests.support.world import OWNERS, World

if TYPE_CHECKING:
    from collections.abc import Callable

USAGE = "/wins [today|week|month|quarter] [@rep|asset] · explain DEAL · add"
BEN = "ben@seller.example"
AGREEMENT = replace(
    OWNERS,
    rates=(Rate("EUR", Decimal("1.0845")),),
    credit=CreditRule(model="linear"),
    wins=Wins(goals=(Goal("month", Decimal(30000)),)),
)


async def some_wins(world: World) -> str:
    """Monday noon: three wins of November, two of them today, and one of October."""
    maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
    await world.happens("person.updated", email=ben, name="Ben Ito")
    await world.happens(
        "lead.created", id="L-1", email="dana@x.example", company="Northwind", asset="Ebook", created_at=at(1)
    )
    await world.happens("touch.recorded", lead_id="L-1", asset="Webinar", at=at(2))
    await world.happens("touch.recorded", lead_id="L-1", asset="webinar ", at=at(3))
    await world.happens("touch.recorded", lead_id="L-1", campaign="Fair", at=at(4))
    linked = {"lead_ids": ["L-1"], "currency": "USD"}
    helper = [{"email": ben, "role": "sdr", "share": "0.3"}]
    await world.happens(
        "deal.won",
        id="D-1",
        name="Fleet",
        amount="1000.01",
        owner_email=maya,
        contributors=helper,
        closed_at=at(10),
        **linked,
    )
    await world.happens("deal.won", id="D-2", name="Depot", amount="500", owner_email=ben, **linked)
    await world.happens(
        "deal.won",
        id="D-3",
        name="Dock",
        amount="1000",
        currency="EUR",
        close_date="2026-11-16",
        kind="renewal",
    )
    await world.happens(
        "deal.won", id="D-4", name="Old", amount="7", currency="USD", owner_email=maya, closed_at="2026-10-31"
    )
    world.unexpected()
    return maya


def at(day: int, month: int = 11) -> str:
    """Nine o'clock of a day of 2026."""
    return f"2026-{month:02}-{day:02}T09:00:00Z"


async def report(world: World, made: Callable[..., Report], by: str, first: date | None) -> Report:
    """What `winbell report` prints for the time up to the end of today."""
    period = Period(first, None, world.clock.now().replace(hour=23, minute=59, second=59))
    return await world.database.read(lambda s: made(s, world.agreement, period, by))


def dollars(amount: str) -> str:
    """An amount of a report in the words of the answer."""
    return f"${Decimal(amount):,.2f}"


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket"])
async def test_the_team(sqlite, socket):
    """Count, money, both sides' parts and the goal's pace: the figures of the reports, and of nothing else."""
    async with World(sqlite, AGREEMENT, socket=socket) as world:
        maya = await some_wins(world)
        lines = await says(world, "/wins", "", maya)
        total = (await report(world, reports.won_and_lost, "owner", date(2026, 11, 1))).total
        assert (total["count"], total["amount"]) == (3, "2584.51")
        credited = (await report(world, credit_report.credit, "asset", date(2026, 11, 1))).rows
        parts = {row["name"]: (dollars(row["amount"]), row["wins"]) for row in credited}
        assert parts == {"Ebook": ("$375.01", 2), "Webinar": ("$750.00", 2), None: ("$1,459.50", 3)}
        assert lines == [
            "Wins, team. Won this month, since 1 Nov (UTC).",
            "3 wins · $2,584.51.",
            (
                f"Sales: <@{world.accounts[BEN]}> with $800.00 from 2 wins; "
                f"<@{world.accounts[maya]}> with $700.01 from 1 win; "
                "owner not known with $1,084.50 from 1 win."
            ),
            (
                "Marketing: 1. Webinar with $750.00 from 2 wins; 2. Ebook with $375.01 from 2 wins; "
                "without an asset with $375.00 from 2 wins; unattributed with $1,084.50 from 1 win."
            ),
            (
                "8% of the November goal of $30,000. "
                "Behind: $2,584.51 of $15,714.29 expected by today, $2,741.55 needed on each working day left."
            ),
            "Dock, $1,084.50 (€1,000.00), Renewal; owner not known; unattributed; 16 Nov.",
            f"Depot, Northwind, $500.00; <@{world.accounts[BEN]}>; Ebook +2; 16 Nov.",
            f"Fleet, Northwind, $1,000.01; <@{world.accounts[maya]}>; Ebook +2; 10 Nov.",
            "As of 16 Nov, 09:00 (UTC).",
        ]


@pytest.mark.parametrize(
    ("words", "since", "count"),
    [
        ("today", "Won today (UTC)", 2),
        ("WEEK", "Won this week, since 16 Nov (UTC)", 2),
        ("month", "Won this month, since 1 Nov (UTC)", 3),
        ("quarter", "Won this quarter, since 1 Oct (UTC)", 4),
    ],
)
async def test_another_time(sqlite, words, since, count):
    """Today, or the present week, month or quarter of the agreement's zone; a deal won today counts at once."""
    async with World(sqlite, AGREEMENT) as world:
        maya = await some_wins(world)
        lines = await says(world, "/wins", words, maya)
        assert lines[0] == f"Wins, team. {since}."
        assert lines[1].startswith(f"{count} wins · ")


async def test_the_zone_of_the_agreement(sqlite):
    """A deal won at 23:30 in Los Angeles was won today there, and tomorrow in London."""
    there = replace(AGREEMENT, timezone="America/Los_Angeles")
    async with World(sqlite, there, start=datetime.fromisoformat("2026-11-17T07:45:00+00:00")) as world:
        maya = world.person("Maya Okafor")
        await world.happens(
            "deal.won", id="D-1", amount="5", currency="USD", closed_at="2026-11-17T07:30:00Z"
        )
        await world.happens(
            "deal.won", id="D-2", amount="5", currency="USD", closed_at="2026-11-16T07:30:00Z"
        )
        world.unexpected()
        lines = await says(world, "/wins", "today", maya)
        assert lines[:2] == ["Wins, team. Won today (America/Los_Angeles).", "1 win · $5.00."]


async def test_another_person(sqlite):
    """The wins that somebody has a part of, and their part of the money: by mention, address or name, time first or last."""
    async with World(sqlite, AGREEMENT) as world:
        maya = await some_wins(world)
        asked = [f"<@{world.accounts[BEN]}|ben>", f"month <mailto:{BEN}|{BEN}>", "@Ben Ito month", "ben"]
        found = [await says(world, "/wins", words, maya) for words in asked]
        assert [lines == found[0] for lines in found] == [True] * 4
        assert found[0][:3] == [
            "Wins, Ben Ito. Won this month, since 1 Nov (UTC).",
            "2 wins · $1,500.01.",
            "Their part: $800.00.",
        ]
        assert [line for line in found[0] if line.startswith(("Fleet", "Depot"))] == [
            f"Depot, Northwind, $500.00; <@{world.accounts[BEN]}>; Ebook +2; 16 Nov.",
            f"Fleet, Northwind, $1,000.01, part $300.00; <@{world.accounts[maya]}>; Ebook +2; 10 Nov.",
        ]
        mine = await says(world, "/wins", "mine quarter", maya)
        assert mine[1:3] == ["2 wins · $1,007.01.", "Your part: $707.01."]
        assert not any("goal" in line for line in (*mine, *found[0]))


async def test_an_asset_or_a_campaign(sqlite):
    """What an asset touched and is credited with is its row of `report credit`, whatever the case it is typed in."""
    async with World(sqlite, AGREEMENT) as world:
        maya = await some_wins(world)
        lines = await says(world, "/wins", "WEBINAR", maya)
        (row,) = [
            row
            for row in (await report(world, credit_report.credit, "asset", date(2026, 11, 1))).rows
            if row["name"] == "Webinar"
        ]
        assert (row["wins"], row["amount"]) == (2, "750.00")
        assert lines[:3] == [
            "Wins, Webinar (asset). Won this month, since 1 Nov (UTC).",
            "2 wins · $1,500.01.",
            "Credited to it: $750.00.",
        ]
        fair = await says(world, "/wins", "quarter fair", maya)
        assert fair[0] == "Wins, Fair (campaign). Won this quarter, since 1 Oct (UTC)."
        assert fair[2] == "Credited to it: $375.00."


async def test_people_are_ranked_only_where_that_is_agreed(sqlite):
    """With the agreement's switch the one with most money comes first, with a rank."""
    ranked = replace(AGREEMENT, wins=replace(AGREEMENT.wins, rank_people=True))
    async with World(sqlite, ranked) as world:
        maya = await some_wins(world)
        lines = await says(world, "/wins", "", maya)
        assert lines[2].startswith(f"Sales: 1. <@{world.accounts[BEN]}> with $800.00 from 2 wins; 2. ")
        await world.happens("deal.updated", id="D-1", amount="3000", currency="USD")
        world.unexpected()
        lines = await says(world, "/wins", "", maya)
        assert lines[2].startswith(f"Sales: 1. <@{world.accounts[maya]}> with $2,100.00 from 1 win; 2. ")


async def test_what_a_customer_who_left_had_brought(database):
    """A churned deal stays won; what is kept is told beside it, and the report of the day before still keeps all."""
    async with World(database, AGREEMENT) as world:
        maya = await some_wins(world)
        await world.happens("deal.updated", id="D-1", churned_at="2026-11-16")
        world.unexpected()
        lines = await says(world, "/wins", "", maya)
        assert lines[1:3] == ["3 wins · $2,584.51.", "Kept until now: $1,584.50."]
        assert any(line.startswith("Fleet, Northwind, $1,000.01, customer left since; ") for line in lines)
        kept = (await report(world, reports.won_and_lost, "owner", date(2026, 11, 1))).total["kept"]
        before = Period(None, None, datetime.fromisoformat("2026-11-15T20:00:00+00:00"))
        then = (await world.database.read(lambda s: reports.won_and_lost(s, world.agreement, before))).total
        assert (kept, then["kept"], then["amount"]) == ("1584.50", "1007.01", "1007.01")


async def test_what_has_no_rate_is_shown_apart(sqlite):
    """It counts as a win, with its own money, and in no sum."""
    async with World(sqlite, AGREEMENT) as world:
        maya = world.person("Maya Okafor")
        await world.happens("deal.won", id="D-1", name="Alps", amount="12", currency="CHF")
        await world.happens("deal.won", id="D-2", name="Moon", amount="3", currency="ABC")
        world.unexpected()
        lines = await says(world, "/wins", "", maya)
        assert lines[1] == "2 wins · $0.00."
        assert (
            "Alps, CHF 12.00, no rate; owner not known; unattributed; 16 Nov.".replace(" 12", "\xa012")
            in lines
        )
        assert "Moon, 3 ABC; owner not known; unattributed; 16 Nov." in lines
        assert "No rate, so not in the money: 1 win with 3 ABC and 1 win with CHF\xa012.00." in lines


async def test_a_month_that_was_read_already_says_what_was_corrected(sqlite):
    """A win of November that is opened again in December leaves the quarter with a line; the new month has none."""
    async with World(sqlite, AGREEMENT) as world:
        maya = await some_wins(world)
        world.clock.move_to(datetime.fromisoformat("2026-12-03T09:00:00+00:00"))
        await world.happens("deal.reopened", id="D-2")
        world.unexpected()
        lines = await says(world, "/wins", "quarter", maya)
        assert lines[1] == "3 wins · $2,091.51."
        assert [line for line in lines if "orrected" in line] == ["Corrected since: 1 win, -$500.00 (3 Dec)."]
        assert not any("orrected" in line for line in await says(world, "/wins", "", maya))


async def test_the_agreement_hides_the_customer(sqlite):
    """Where the agreement lets no channel show the customer, neither does the answer."""
    hidden = replace(AGREEMENT, wins=replace(AGREEMENT.wins, shown="none"))
    async with World(sqlite, hidden) as world:
        maya = await some_wins(world)
        for words in ("", "explain D-1"):
            shown = await answered(world, "/wins", words, maya)
            assert not {"Northwind", "Fleet"} & set(shown.text.replace(",", " ").replace(".", " ").split())
        assert await says(world, "/wins", "explain d", maya) == [
            (
                "3 deals match “d”. Please be more precise, best by id: "
                "generic/D-2, won; generic/D-3, won; generic/D-4, won."
            )
        ]


# --- one deal explained ---


async def explained(world: World, words: str, email: str) -> dict[str, list[str]]:
    """The parts of an explanation by their titles, a line each; the first has the title "" ."""
    shown = await answered(world, "/wins", f"explain {words}", email)
    found: dict[str, list[str]] = {}
    for block in shown.blocks[2:]:
        (section,) = block["elements"]
        title, *lines = "".join(part["text"] for part in section["elements"]).split("\n")
        assert title not in found
        found[title] = lines
    return found


async def test_how_a_credit_was_found(sqlite):
    """Every touch with its share, its exact part and the rounded one; who got the odd cents; what did not count, and why."""
    async with World(sqlite, AGREEMENT) as world:
        maya = await some_wins(world)
        await world.happens("touch.recorded", lead_id="L-1", asset="Old page", at=at(1, 8))
        await world.happens("touch.recorded", lead_id="L-1", asset="Late page", at=at(12))
        world.unexpected()
        assert await explained(world, "fleet", maya) == {
            "Win 1": ["Won Tue 10 Nov, 09:00 · $1,000.01 · maya@seller.example"],
            "Marketing": [
                "Equal parts; touches of the 90 days before the win count.",
                "• Ebook · Sun 1 Nov, 09:00 · 25% · 250.0025 → $250.01",
                "• Webinar · Mon 2 Nov, 09:00 · 25% · 250.0025 → $250.00",
                "• Webinar · Tue 3 Nov, 09:00 · 25% · 250.0025 → $250.00",
                "• Fair · Wed 4 Nov, 09:00 · 25% · 250.0025 → $250.00",
                "Cut to whole units, the parts leave $0.01 over once; the largest rests get it: here number 1.",
            ],
            "Touches that do not count": [
                "• Old page · Sat 1 Aug, 09:00 · before the lookback",
                "• Late page · Thu 12 Nov, 09:00 · after the win",
            ],
            "Sales": [
                "• maya@seller.example · 70% · 700.007 → $700.01",
                "• Ben Ito · sdr · 30% · 300.003 → $300.00",
                "Cut to whole units, the parts leave $0.01 over once; the largest rests get it: here number 1.",
            ],
        }


async def test_every_step_is_told_with_its_time(sqlite):
    """Amount, owner, parts, the end of a win and the next one: what was, what is, and when."""
    async with World(sqlite, AGREEMENT) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await world.happens(
            "deal.won", id="D-1", name="Fleet", amount="100", currency="USD", owner_email=maya
        )
        world.clock.advance(timedelta(hours=1))
        await world.happens("deal.updated", id="D-1", amount="90", currency="EUR")
        world.clock.advance(timedelta(hours=1))
        await world.happens("deal.updated", id="D-1", owner_email=ben)
        world.clock.advance(timedelta(hours=1))
        await world.happens("deal.lost", id="D-1")
        world.clock.advance(timedelta(hours=1))
        await world.happens("deal.won", id="D-1")
        world.unexpected()
        told = await explained(world, "generic/D-1", maya)
        assert told["Win 2"][0] == "Won Mon 16 Nov, 13:00 · €90.00 · ben@seller.example"
        assert told["Win 2"][1] == "In figures $97.61, at the rate kept with the win: 1 EUR = 1.0845 USD"
        assert told["Win 1 · lost"] == [
            "Was won Mon 16 Nov, 09:00 · €90.00 · ben@seller.example",
            "Does not count: the deal was lost after all Mon 16 Nov, 12:00. Nothing is credited.",
        ]
        assert told["What changed since"] == [
            "• Mon 16 Nov, 10:00 · amount: $100.00 → €90.00",
            "• Mon 16 Nov, 11:00 · owner: maya@seller.example → ben@seller.example",
            "• Mon 16 Nov, 11:00 · sales: maya@seller.example 100% → ben@seller.example 100%",
            "• Mon 16 Nov, 12:00 · status: won → lost",
        ]


async def test_what_was_said_to_be_missing(sqlite):
    """A confirmed claim is a touch with its number, and each claim tells who said what, when, and how it ended."""
    async with World(sqlite, AGREEMENT) as world:
        await staffed(world)
        shown = await card(world)
        await proposes(world, "maya@seller.example", shown, name="ROI ebook", day="2026-11-10")
        (question,) = world.direct("ana@seller.example")
        world.clock.advance(timedelta(hours=1))
        await press(world, "ana@seller.example", question, "claim_confirm")
        await proposes(world, "maya@seller.example", world.wins()[0], name="Fair", day="2026-11-11")
        world.unexpected()
        told = await explained(world, "D-1", "maya@seller.example")
        assert told["Marketing"][1:] == [
            "• Webinar · Sat 7 Nov, 09:00 · 50% · $50.00",
            "• ROI ebook · Tue 10 Nov, 12:00 · claim 1, confirmed · 50% · $50.00",
        ]
        assert told["What changed since"] == [
            "• Mon 16 Nov, 10:00 · marketing: Webinar 100% → Webinar 50% and ROI ebook 50%"
        ]
        assert told["Said to be missing"] == [
            (
                f"• 1. asset ROI ebook, touched on 10 Nov 2026 · Maya, Mon 16 Nov, 09:00 · “{WHY}”"
                " · confirmed by Ana, Mon 16 Nov, 10:00"
            ),
            (
                f"• 2. asset Fair, touched on 11 Nov 2026 · Maya, Mon 16 Nov, 10:00 · “{WHY}”"
                " · waits for an answer of marketing"
            ),
        ]


MILESTONES = {
    "u_lead": {"Ebook": "first touch, lead created"},
    "w": {"Ebook": "first touch, lead created", "Webinar": "deal created"},
    "full_path": {"Ebook": "first touch, lead created", "Webinar": "deal created", "Fair": "deal won"},
    "position": {"Ebook": "first touch", "Fair": "last touch"},
}


@pytest.mark.parametrize("model", MILESTONES)
async def test_the_touches_that_a_model_looks_at(sqlite, model):
    """The explanation names the key touch of each milestone, and its shares are those that were booked."""
    agreement = replace(AGREEMENT, credit=CreditRule(model=model))
    async with World(sqlite, agreement) as world:
        maya = world.person("Maya Okafor")
        await world.happens("lead.created", id="L-1", asset="Ebook", created_at=at(1))
        await world.happens("touch.recorded", lead_id="L-1", asset="Webinar", at=at(3))
        await world.happens("touch.recorded", lead_id="L-1", campaign="Fair", at=at(9))
        await world.happens(
            "deal.won",
            id="D-1",
            amount="100",
            currency="USD",
            lead_ids=["L-1"],
            created_at=at(5),
            closed_at=at(10),
        )
        world.unexpected()
        lines = (await explained(world, "D-1", maya))["Marketing"]
        told = {line.split(" · ")[0][2:]: line.split(" · ")[2] for line in lines if line.startswith("• ")}
        assert {name: words for name, words in told.items() if "%" not in words} == MILESTONES[model]
        booked = (await report(world, reports.won_and_lost, "deal", None)).rows[0]["credits"]
        amounts = [line.rpartition("$")[2] for line in lines if line.startswith("• ")]
        assert amounts == [part["amount"] for part in booked]


async def test_which_deal_is_meant(database):
    """By id, by source and id, or by name; several are listed, none is said so."""
    async with World(database, AGREEMENT) as world:
        maya = await some_wins(world)
        by = [await explained(world, words, maya) for words in ("D-2", "generic/D-2", " Depot ", "“depo”")]
        assert [one == by[0] for one in by] == [True] * 4
        assert (await says(world, "/wins", "explain d", maya)) == [
            (
                "3 deals match “d”. Please be more precise, best by id: generic/D-2 (Depot), won; "
                "generic/D-3 (Dock), won; generic/D-4 (Old), won."
            )
        ]
        await world.happens("deal.created", id="D-9", name="Harbour", stage="Engaging")
        assert await explained(world, "harbour", maya) == {
            "No win": ["This deal has not been won. Its stage is Engaging."]
        }
        assert await says(world, "/wins", "explain nothing", maya) == [
            "No deal is known as “nothing”; give its id, or its name as the CRM writes it."
        ]
        assert await says(world, "/wins", "EXPLAIN", maya) == [
            "No deal was named; give its id, or its name as the CRM writes it."
        ]


# --- words ---


async def test_add_opens_the_form(sqlite):
    """`/wins add` opens the form for a win by hand, and says nothing in the channel."""
    async with World(sqlite, AGREEMENT) as world:
        maya = world.person("Maya Okafor")
        user = world.accounts[maya]
        await world.slack.slash("/wins", " ADD ", user, "wins")
        await world.slack.wait_for(lambda: world.slack.calls("views.open"))
        assert world.slack.ephemerals(user) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("everything", f"“everything” is not something this command knows. Try: {USAGE}"),
        ("add more", f"“add more” is not something this command knows. Try: {USAGE}"),
        ("@nobody", "Nothing found for “@nobody”. Please check the spelling."),
    ],
)
async def test_words_it_does_not_know(sqlite, text, said):
    """It says so, with what it knows."""
    async with World(sqlite) as world:
        assert await says(world, "/wins", text, world.person("Maya Okafor")) == [said]


async def test_somebody_without_an_address(sqlite):
    """An account that shows no e-mail has no wins of its own: the answer says what to do."""
    async with World(sqlite) as world:
        world.accounts["guest"] = world.slack.add_user(name="A Guest")
        (said,) = await says(world, "/wins", "mine", "guest")
        assert said.startswith("Slack does not show me the e-mail address of your account")
        assert "which wins are yours" in said


async def test_nothing_was_won(sqlite):
    """No win is one sentence; the goal is told all the same."""
    async with World(sqlite, AGREEMENT) as world:
        lines = await says(world, "/wins", "week", world.person("Maya Okafor"))
        assert lines[1] == "No win in this time."
        assert lines[2].startswith("0% of the November goal of $30,000. Behind: $0.00 of $15,714.29 expected")
