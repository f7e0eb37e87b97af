"""Marketing is told once a working day what concerns it, and the same day which leads were not a fit."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.clock import ManualClock
from bot.domain.agreement import Agreement, Promise, Tier, When
from bot.domain.worktime import Calendar
from bot.flow import briefs, messages
from bot.flow.ports import NotConnected, Office
from bot.flow.prepared import Drop, Hold, Ready
from bot.store import answers, outbox, tables
from tests.support.market import Market

HOLIDAY = date(2026, 11, 18)
BERLIN = Calendar("Europe/Berlin", (((540, 1020),),) * 5 + ((), ()), closed=frozenset({HOLIDAY}))
"""Work begins at 08:00 UTC in November; the 16th is a Monday, the 18th a holiday."""
AGREEMENT = Agreement(timezone="Europe/Berlin", calendar=BERLIN, digest_channel="#growth")
PROMISED = replace(AGREEMENT, promises=(Promise("month", "paid_search", leads=500),))


def at(day, hour, minute=0):
    """An instant of November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def comes(market, lead, when, **more):
    """A lead is created, received and handed over at once."""
    market.now = when
    told = {"id": lead, "name": f"Lead {lead}", "created_at": when.isoformat()} | more
    market.happens("lead.created", when.isoformat(), **told)


def made(market, when):
    """Whether a brief is put into the outbox at an instant."""
    return market.database.write_now(lambda s: briefs.daily(s, market.agreement, when))


def found(market, key):
    """A message of the outbox."""
    return market.ask(outbox.by_key, key)


def prepared(market, key, when):
    """What a message would say at an instant."""
    return market.ask(messages.prepare, market.agreement, found(market, key), when)


def lines(market, key, when):
    """The text of a message at an instant, line by line."""
    ready = prepared(market, key, when)
    assert isinstance(ready, Ready), ready
    return ready.payload.text.splitlines()


def posted(market, key, when):
    """A message of the outbox is on its way and arrives."""

    def send(session):
        message = outbox.by_key(session, key)
        ready = messages.prepare(session, market.agreement, message, when)
        body, digest = ready.payload.as_dict(), ready.payload.digest()
        outbox.claim(session, message, digest=digest, payload=body, now=when, lease_until=when)
        outbox.sent(session, message.id, channel_id="C1", ts="1.1", digest=digest, now=when)

    market.database.write_now(send)


@pytest.fixture
def market(database):
    """A market of the agreement above."""
    return Market(database, AGREEMENT)


# --- the brief ---


def test_brief_names_the_leads_that_came_from_nowhere(market):
    """Who reached sales since the working day before, without asset and campaign, is named; the others are not."""
    comes(market, "Ann", at(13, 9), company="Northwind")
    comes(market, "Ben", at(13, 10), asset="Ebook")
    comes(market, "Cho", at(14, 10), campaign="autumn")
    comes(market, "Dee", at(15, 10), channel="paid_search", name=None, email="dee@prospect.example")
    comes(market, "Eve", at(12, 10))
    assert made(market, at(16, 8))
    message = found(market, "brief:2026-11-16")
    assert (message.kind, message.target, message.state) == ("brief", "#growth", "pending")
    assert lines(market, "brief:2026-11-16", at(16, 8)) == [
        "For marketing, 16 Nov.",
        "2 leads reached sales without asset or campaign: Lead Ann, Northwind; dee@prospect.example.",
    ]


def test_brief_names_ten_and_counts_the_rest(market):
    """Of seventeen leads ten are named, in the order they came."""
    for number in range(17):
        comes(market, f"{number:02}", at(16, 9, number))
    assert made(market, at(17, 8))
    said = lines(market, "brief:2026-11-17", at(17, 8))[1]
    named = "; ".join(f"Lead {number:02}" for number in range(10))
    assert said == f"17 leads reached sales without asset or campaign: {named}; and 7 more."


def test_any_lead_of_a_contact_may_tell_the_source(market):
    """A contact is told by all its leads, and once: one with an asset is enough, two without are one."""
    comes(market, "A1", at(16, 9), email="ann@prospect.example")
    comes(market, "A2", at(16, 10), email="ann@prospect.example", asset="Ebook")
    comes(market, "B1", at(16, 11), email="ben@prospect.example")
    comes(market, "B2", at(16, 12), email="ben@prospect.example")
    assert made(market, at(17, 8))
    assert lines(market, "brief:2026-11-17", at(17, 8))[1:] == [
        "1 lead reached sales without asset or campaign: Lead B1."
    ]


def test_a_lead_that_is_gone_is_not_told(market):
    """A deleted lead concerns nobody any more, and one that sales never got is none of its leads."""
    market.agreement = replace(AGREEMENT, tiers=(Tier("mql", When(stage=("mql",))),))
    comes(market, "Ann", at(16, 9), stage="lead")
    market.agreement = AGREEMENT
    comes(market, "Ben", at(16, 10))
    market.happens("lead.deleted", at(16, 11).isoformat(), id="Ben")
    assert not made(market, at(17, 8))


def test_what_was_put_right_before_sending_is_not_said(market):
    """The brief is made at nine; a lead that got its campaign a moment later is left out, and then nothing is left."""
    comes(market, "Ann", at(16, 9))
    comes(market, "Ben", at(16, 10))
    assert made(market, at(17, 8))
    market.happens("lead.updated", at(17, 8).isoformat(), id="Ann", campaign="autumn")
    assert lines(market, "brief:2026-11-17", at(17, 8, 1))[1:] == [
        "1 lead reached sales without asset or campaign: Lead Ben."
    ]
    market.happens("lead.updated", at(17, 8).isoformat(), id="Ben", asset="Ebook")
    assert prepared(market, "brief:2026-11-17", at(17, 8, 2)) == Drop(
        "all of it was put right before it was sent"
    )


def test_one_brief_a_working_day_after_its_opening(market):
    """Nothing before work begins; the first call after it decides; on weekends and holidays nobody is told."""
    market.agreement = PROMISED
    calls = {
        at(16, 7, 59): False,
        at(16, 8): True,
        at(16, 8, 1): False,
        at(16, 15, 59): False,
        at(17, 16): False,
        at(18, 9): False,
        at(19, 12): True,
        at(21, 10): False,
        at(22, 10): False,
        at(23, 8): True,
    }
    assert {when: made(market, when) for when in calls} == calls
    assert [key for key, _ in market.messages()] == [f"brief:2026-11-{day}" for day in (16, 19, 23)]


def test_nothing_to_say_is_silence_for_the_day(market):
    """Who was asked once has decided: what comes later that day is told on the next working day."""
    assert not made(market, at(16, 8))
    comes(market, "Ann", at(16, 9))
    assert not made(market, at(16, 10))
    assert market.messages() == [("brief:2026-11-16", "cancelled")]
    assert made(market, at(17, 8))
    assert lines(market, "brief:2026-11-17", at(17, 8))[1:] == [
        "1 lead reached sales without asset or campaign: Lead Ann."
    ]


def test_no_lead_is_told_twice_and_none_is_lost(market):
    """A brief begins where the one before ended; a lead applied only after that brief is in the next."""
    comes(market, "Ann", at(17, 7, 50))
    assert made(market, at(17, 8))
    posted(market, "brief:2026-11-17", at(17, 8))
    comes(market, "Late", at(17, 7, 59))
    comes(market, "New", at(17, 9))
    assert made(market, at(19, 8))
    assert lines(market, "brief:2026-11-19", at(19, 8))[1:] == [
        "2 leads reached sales without asset or campaign: Lead Late; Lead New."
    ]
    posted(market, "brief:2026-11-19", at(19, 8))
    assert not made(market, at(20, 8))


def test_imported_leads_are_no_news(market):
    """Old leads that come by an import, or days after their creation, were not handed over now."""
    market.now = at(16, 9)
    market.happens("lead.created", at(16, 9).isoformat(), silent=True, id="Old", created_at="2026-11-16")
    market.happens("lead.created", at(16, 9).isoformat(), id="Slow", created_at="2026-11-10")
    assert not made(market, at(17, 8))


def test_a_brief_that_did_not_arrive_is_in_the_next(market):
    """Out of hours it waits; when its day is over it is dropped, and the next one tells its leads."""
    comes(market, "Ann", at(16, 9))
    assert made(market, at(17, 8))
    assert prepared(market, "brief:2026-11-17", at(17, 16)) == Hold(
        at(19, 8), "the channel is told in working hours"
    )
    assert prepared(market, "brief:2026-11-17", at(19, 8)) == Drop(
        "its day is over; the next brief tells what still stands", stale=True
    )
    assert made(market, at(19, 8))
    assert lines(market, "brief:2026-11-19", at(19, 8))[1:] == [
        "1 lead reached sales without asset or campaign: Lead Ann."
    ]


def test_a_brief_is_never_edited(market):
    """What was said in the morning stays, whatever is put right during the day."""
    comes(market, "Ann", at(16, 9))
    assert made(market, at(17, 8))
    posted(market, "brief:2026-11-17", at(17, 8))
    market.happens("lead.updated", at(17, 9).isoformat(), id="Ann", campaign="autumn")
    assert prepared(market, "brief:2026-11-17", at(17, 9)) == Drop("a brief stays as it was sent")


def test_a_brief_that_waits_follows_the_agreement(market):
    """A channel that was renamed in the agreement gets the message that was not sent yet."""
    market.agreement = PROMISED
    assert made(market, at(16, 8))
    market.agreement = replace(PROMISED, digest_channel="#marketing")
    assert prepared(market, "brief:2026-11-16", at(16, 8)).target == "#marketing"


def test_promises_behind_pace_are_sentences_with_their_figures(market):
    """11 of the 20 working days are over: 1 lead of 275 expected, and 56 a day would still reach the 500."""
    market.agreement = replace(
        AGREEMENT,
        promises=(*PROMISED.promises, Promise("year", leads=1), Promise("week", leads=5)),
    )
    comes(market, "Ann", at(13, 9), channel="Paid_Search", asset="Ebook")
    assert made(market, at(16, 8))
    assert lines(market, "brief:2026-11-16", at(16, 8)) == [
        "For marketing, 16 Nov.",
        "Behind pace.",
        "Paid Search: 1 of 275 leads expected by today; 56 a working day would reach 500 this month.",
        "All channels: 0 of 2 leads expected by today; 2 a working day would reach 5 this week.",
    ]


def test_the_value_of_leads_is_told_in_money(market):
    """What is promised in money is told in money, by the history of the channel."""
    market.agreement = replace(AGREEMENT, promises=(Promise("month", "ads", value=2000),))
    comes(market, "Old", datetime(2026, 10, 1, 9, tzinfo=UTC), channel="ads", email="old@prospect.example")
    comes(market, "Ann", at(13, 9), channel="ads", asset="Ebook")
    deal = {"id": "D-1", "contact_emails": ["old@prospect.example"], "amount": "300", "currency": "USD"}
    market.happens("deal.won", at(13, 10).isoformat(), **deal)
    assert made(market, at(16, 8))
    assert lines(market, "brief:2026-11-16", at(16, 8))[2:] == [
        (
            "Ads: leads worth $150.00 of $1,100.00 expected by today; "
            "$205.56 a working day would reach $2,000.00 this month."
        )
    ]


def test_the_job_does_the_same_on_a_snapshot(database):
    """What ticks makes the same brief, once."""
    office = Office(database, ManualClock(at(16, 7)), PROMISED, NotConnected(), lambda: 0.5)

    async def ticks():
        done = []
        for when in (at(16, 7), at(16, 8), at(16, 9)):
            office.clock.move_to(max(when, office.clock.now()))
            done.append(await briefs.brief(office))
        return done

    assert asyncio.run(ticks()) == [False, True, False]
    assert Market(database, PROMISED).messages() == [("brief:2026-11-16", "pending")]


# --- leads that were not a fit ---


def misfit(market, lead, when, reason="no budget", words=None):
    """Somebody answers that a lead is not a fit; returns the number of the answer."""

    def answer(session):
        number = answers.keep(
            session,
            lead_key=f"generic/{lead}",
            cycle=1,
            kind="not_a_fit",
            at=when,
            by_slack_id="U0MAYA",
            by_email="maya@seller.example",
            data={"reason": reason, "words": words},
        )
        briefs.put_feedback(session, market.agreement, when, when)
        return number

    return market.database.write_now(answer)


def taken_back(market, number, when, now):
    """An answer of the instant `when` is undone."""

    def undo(session):
        session.get(tables.AnswerRow, number).state = "undone"
        session.flush()
        briefs.put_feedback(session, market.agreement, when, now)

    market.database.write_now(undo)


def test_feedback_tells_the_lead_its_way_and_the_reason_but_not_who(market):
    """One message a day, the latest answer first; the one who answered is nowhere in it."""
    comes(market, "Ann", at(16, 9), company="Northwind", asset="Ebook", campaign="autumn", channel="ads")
    comes(market, "Ben", at(16, 9), campaign="autumn", channel="ads")
    comes(market, "Cho", at(16, 9), channel="ads", name=None, email="cho@prospect.example")
    misfit(market, "Ann", at(16, 10), "wrong industry", "They rent robots.")
    misfit(market, "Ben", at(16, 11))
    misfit(market, "Cho", at(16, 12), "student")
    message = found(market, "feedback:2026-11-16:1")
    assert (message.kind, message.target, message.state) == ("feedback", "#growth", "pending")
    assert lines(market, message.key, at(16, 12)) == [
        "Not a fit: 3 leads, 16 Nov.",
        "cho@prospect.example. Came through ads, student.",
        "Lead Ben. Came through autumn, no budget.",
        "Lead Ann, Northwind. Came through Ebook, wrong industry: “They rent robots.”",
    ]
    everything = str(prepared(market, message.key, at(16, 12)))
    assert [word in everything.casefold() for word in ("maya", "u0maya")] == [False, False]


def test_feedback_is_one_message_a_day_of_the_agreement(market):
    """More answers of a day edit its message; after midnight in Berlin there is another one."""
    for lead, when in (("Ann", at(16, 9)), ("Ben", at(16, 10)), ("Cho", at(16, 22, 59)), ("Dee", at(16, 23))):
        comes(market, lead, when, asset="Ebook")
    misfit(market, "Ann", at(16, 10))
    posted(market, "feedback:2026-11-16:1", at(16, 10))
    assert market.messages() == [("feedback:2026-11-16:1", "sent")]
    misfit(market, "Ben", at(16, 11))
    assert market.messages() == [("feedback:2026-11-16:1", "pending")]
    misfit(market, "Cho", at(16, 22, 59))
    misfit(market, "Dee", at(16, 23))
    assert [key for key, _ in market.messages()] == ["feedback:2026-11-16:1", "feedback:2026-11-17:1"]
    assert lines(market, "feedback:2026-11-16:1", at(16, 23))[0] == "Not a fit: 3 leads, 16 Nov."
    assert lines(market, "feedback:2026-11-17:1", at(16, 23))[1:] == [
        "Lead Dee. Came through Ebook, no budget."
    ]


def test_answers_around_midnight_belong_to_their_own_day(market):
    """Stored the other way round, an answer before and one after midnight are still told each on its day."""
    comes(market, "Ann", at(16, 9))
    comes(market, "Ben", at(16, 9))
    after, before = at(16, 23), at(16, 23) - timedelta(microseconds=1)
    misfit(market, "Ann", after)
    misfit(market, "Ben", before)
    told = {
        key: [line.split(".")[0] for line in lines(market, key, after)[1:]] for key, _ in market.messages()
    }
    assert told == {"feedback:2026-11-17:1": ["Lead Ann"], "feedback:2026-11-16:1": ["Lead Ben"]}


def test_feedback_taken_back_before_it_was_posted_is_dropped(market):
    """Nothing to tell is not told; another answer of the day brings the message back."""
    comes(market, "Ann", at(16, 9))
    number = misfit(market, "Ann", at(16, 10))
    taken_back(market, number, at(16, 10), at(16, 10, 5))
    gone = prepared(market, "feedback:2026-11-16:1", at(16, 10, 5))
    assert gone == Drop("every such answer was taken back before it was told")
    message = found(market, "feedback:2026-11-16:1")
    market.database.write_now(
        lambda s: outbox.settle(s, message.id, state="cancelled", next_at=None, error=gone.reason)
    )
    misfit(market, "Ann", at(16, 11))
    assert market.messages() == [("feedback:2026-11-16:1", "pending")]
    assert lines(market, "feedback:2026-11-16:1", at(16, 11))[0] == "Not a fit: 1 lead, 16 Nov."


def test_feedback_taken_back_after_it_was_posted_says_so_calmly(market):
    """One of two taken back leaves the other; the last one leaves one line, where the message stands."""
    comes(market, "Ann", at(16, 9))
    comes(market, "Ben", at(16, 9))
    numbers = [misfit(market, lead, at(16, 10)) for lead in ("Ann", "Ben")]
    posted(market, "feedback:2026-11-16:1", at(16, 10))
    market.agreement = replace(AGREEMENT, digest_channel="#elsewhere")
    taken_back(market, numbers[0], at(16, 10), at(16, 10, 5))
    assert lines(market, "feedback:2026-11-16:1", at(16, 10, 5))[1:] == [
        "Lead Ben. How they came is not known, no budget."
    ]
    taken_back(market, numbers[1], at(16, 10), at(16, 10, 6))
    assert lines(market, "feedback:2026-11-16:1", at(16, 10, 6)) == [
        "No lead of 16 Nov is marked as not a fit any more."
    ]
    assert prepared(market, "feedback:2026-11-16:1", at(16, 10, 6)).target == "#growth"


def test_feedback_of_a_deleted_lead_keeps_its_secrets(market):
    """A lead that was deleted is not named any more; the reason still teaches something."""
    comes(market, "Ann", at(16, 9), asset="Ebook")
    misfit(market, "Ann", at(16, 10), "spam", "Ann wrote from home.")
    market.happens("lead.deleted", at(16, 11).isoformat(), id="Ann")
    assert lines(market, "feedback:2026-11-16:1", at(16, 11))[1:] == [
        "A deleted lead. Came through Ebook, spam."
    ]
