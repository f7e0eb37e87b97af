"""What an agreement would have told whom: steps of past cycles, and the messages that carry them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import worktime
from bot.domain.agreement import Agreement, Reminders, Step, Tier
from bot.domain.cycles import Held
from bot.domain.presence import Somebody
from bot.domain.rehearsal import Callback, Course, Telling, messages, tellings
from bot.domain.when import zone_named

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TIER = Tier(attempts=3, within=40 * HOUR)
STEPS = (
    Step("at_risk", "owner"),
    Step("breach", "owner"),
    Step("breach+50%", "manager"),
    Step("breach+100%", "channel"),
    Step("breach", "cfo@seller.example"),
)
AGREEMENT = Agreement(tiers=(TIER,), reminders=Reminders(steps=STEPS))
ANA, BEN, MONA = "ana@seller.example", "ben@seller.example", "mona@seller.example"
PEOPLE = {
    ANA: Somebody(ANA, manager_email=MONA),
    BEN: Somebody(BEN, zone="America/New_York", manager_email=MONA),
    MONA: Somebody(MONA),
}


def at(hour, minute=0, day=16):
    """An instant of November 2026, UTC; the 16th is a Monday, the hours are 09:00 to 17:00."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def course(**more):
    """A lead of Ana's that came at 09:00: at risk at 12:00, due at 13:00."""
    told = {
        "lead": "L",
        "cycle": 1,
        "tier": TIER,
        "started_at": at(9),
        "first_due": at(13),
        "within_at": at(17, day=20),
        "owners": (Held(at(9), ANA),),
    }
    return Course(**(told | more))


def steps(what, agreement=AGREEMENT, now=None):
    """(instant, to, owner) of what stands when it is due."""
    found = tellings(agreement, what, now or at(17, day=30))
    return sorted((t.at, t.to, t.owner) for t in found if t.waits(t.at))


def telling(when, owner=ANA, lead="L", to="owner", until=None, first=True):
    return Telling(when, until, to, owner, (lead, 1), first, at(0))


def sent(*told, agreement=AGREEMENT, people=PEOPLE, now=None):
    """(instant, receiver, role) of each message."""
    return [(m.at, m.to, m.role) for m in messages(agreement, told, people, now or at(17, day=30))]


# --- which steps are told -------------------------------------------------------------------------


def test_nobody_answers():
    """Without a contact each step of the agreement is told at its instant, up to the present."""
    everything = [
        (at(12), "owner", ANA),
        (at(13), "cfo@seller.example", ANA),
        (at(13), "owner", ANA),
        (at(15), "manager", ANA),
        (at(17), "channel", ANA),
    ]
    assert steps(course()) == everything
    assert steps(course(), now=at(13)) == everything[:3]


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ({"answered_at": at(11, 59)}, []),
        ({"answered_at": at(12)}, []),
        ({"answered_at": at(12, 1)}, [at(12)]),
        ({"answered_at": at(14)}, [at(12), at(13), at(13)]),
        ({"over_at": at(12, 30)}, [at(12)]),
        ({"answered_at": at(8)}, []),
        ({"quiet_before": at(13, 1)}, [at(15), at(17)]),
        ({"moving": ((at(9), at(11)),), "answered_at": at(14, 30)}, [at(14)]),
    ],
)
def test_only_what_still_stands_is_told(ends, told):
    """A contact, the end of the lead, a late arrival and a pause each take away what was due after or before."""
    assert [when for when, _, _ in steps(course(**ends))] == told


def test_a_step_is_told_to_whoever_holds_the_lead_then():
    """After a hand-over the new owner is reminded, and the old one before it."""
    held = (Held(at(9), ANA), Held(at(12, 30), BEN))
    people = PEOPLE | {BEN: Somebody(BEN)}
    rule = Reminders(steps=(Step("at_risk", "owner"), Step("breach", "owner")))
    told = tellings(replace(AGREEMENT, reminders=rule), course(owners=held), at(17))
    assert sent(*told, people=people) == [(at(12), ANA, "owner"), (at(13), BEN, "owner")]


def test_a_step_that_waits_changes_hands_with_the_lead():
    """Ben, in New York, is not told yet when Ana takes his lead: she is, at once; what he was told is not told again."""
    held = (Held(at(9), BEN), Held(at(12, 30), ANA), Held(at(14, 30), BEN))
    rule = Reminders(steps=(Step("at_risk", "owner"), Step("breach+100%", "owner")))
    told = tellings(replace(AGREEMENT, reminders=rule), course(owners=held), at(16))
    assert sent(*told) == [(at(12, 30), ANA, "owner")]
    here = PEOPLE | {BEN: Somebody(BEN)}
    assert sent(*told, people=here) == [(at(12), BEN, "owner")]


def test_a_new_lead_is_told_to_each_owner_once():
    """With `on_assignment` an owner hears of the lead when they get it; one who accepted it knows, as one who had it."""
    agreement = replace(AGREEMENT, reminders=Reminders(steps=(), on_assignment=True))
    held = tuple(Held(at(hour), who) for hour, who in ((8, MONA), (9, ANA), (10, None), (11, BEN), (12, ANA)))
    assert steps(course(owners=held), agreement) == [(at(9), "owner", ANA), (at(11), "owner", BEN)]
    assert steps(course(owners=held, handed_over=frozenset({at(11)})), agreement) == [(at(9), "owner", ANA)]
    assert steps(course(owners=held, answered_at=at(10)), agreement) == [(at(9), "owner", ANA)]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, [(at(13, 30), BEN)]),
        ({"handed_over": frozenset({at(13, 30)})}, []),
        ({"answered_at": at(13, 20)}, []),
        ({"owners": (Held(at(9), ANA), Held(at(12, 10), BEN))}, []),
        ({"owners": (Held(at(9), ANA), Held(at(12, 10), BEN)), "answered_at": at(12, 30)}, []),
        ({"owners": (Held(at(9), None), Held(at(13, 30), BEN))}, [(at(13, 30), BEN)]),
        ({"owners": (Held(at(9), ANA),)}, []),
    ],
)
def test_who_gets_a_lead_after_the_last_step_to_its_owner_is_told(more, told):
    """Nothing else would reach them; who is asked by a later step, or took the lead over, needs no word of its own."""
    rule = Reminders(steps=(Step("at_risk", "owner"), Step("breach", "owner")))
    held = {"owners": (Held(at(9), ANA), Held(at(13, 30), BEN))}
    found = tellings(replace(AGREEMENT, reminders=rule), course(**(held | more)), at(17))
    new = [t for t in found if t.since is None and not t.again]
    assert [(t.at, t.owner) for t in new if t.waits(t.at)] == told


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"made": (at(10),)}, [at(10, day=17)]),
        ({"made": (at(10), at(10, day=17))}, [at(10, day=18)]),
        ({"made": (at(10), at(12))}, [at(12, day=17)]),
        ({"made": (at(10), at(12), at(14))}, []),
        ({"made": (at(10),), "follow_up_over_at": at(15)}, []),
        ({"made": (at(10),), "over_at": at(15)}, []),
        ({"made": (at(10),), "within_at": at(16)}, [at(16)]),
        ({"made": (at(10, day=18),), "within_at": at(16)}, [at(10, day=18)]),
        ({"made": (at(10),), "pauses": ((at(10), at(12)),)}, [at(12, day=17)]),
    ],
)
def test_each_attempt_asks_for_the_next(what, told):
    """8 working hours after an attempt the next is due, unless it was made, or the follow-up is over."""
    assert [when for when, _, _ in steps(course(answered_at=at(10), **what))] == told


def test_a_lead_that_asked_to_be_called_is_told_then():
    """The promise to call back is a step of its own, unless there was an attempt before."""
    answered = course(
        answered_at=at(10), callbacks=(Callback(at(10), at(15), None), Callback(at(10), at(16), at(15, 30)))
    )
    assert steps(answered) == [(at(15), "owner", ANA)]


# --- which messages carry them --------------------------------------------------------------------


def test_what_is_due_together_is_one_message():
    """Two leads at once, a third within the five minutes: one message; one six minutes later is another."""
    told = [telling(at(12, minute), lead=f"L{minute}") for minute in (0, 5, 6, 12)]
    assert sent(telling(at(12), lead="L"), *told) == [
        (at(12), ANA, "owner"),
        (at(12, 6), ANA, "owner"),
        (at(12, 12), ANA, "owner"),
    ]


def test_a_new_step_of_a_lead_is_a_new_message():
    """A lead that is told again within five minutes is not put into the message that tells it already."""
    assert sent(telling(at(12)), telling(at(12, 2))) == [(at(12), ANA, "owner"), (at(12, 2), ANA, "owner")]


def test_a_message_that_waits_for_no_answer_is_not_edited():
    """When its leads are answered, or were asked for a follow-up, what comes next is a message of its own."""
    later = telling(at(12, 4), owner=BEN, to=ANA, lead="N")
    for told in (telling(at(12), until=at(12, 3)), telling(at(12), first=False)):
        assert len(sent(told, later)) == 2
    assert len(sent(telling(at(12)), later)) == 1


def test_what_comes_along_is_told_although_it_would_not_have_stood():
    """A step told up to five minutes early with another is told, even if its lead is answered in between."""
    early = telling(at(12, 3), lead="N", until=at(12, 2))
    assert sent(early) == []
    assert sent(telling(at(12), until=at(12, 1)), early, telling(at(12, 4), lead="O")) == [
        (at(12), ANA, "owner")
    ]


def test_what_is_not_known_yet_does_not_come_along():
    """A lead that comes two minutes after a message is a message of its own, if that one waits for no answer."""
    new = replace(telling(at(12, 2), lead="N"), since=None)
    assert sent(telling(at(12), until=at(12, 1)), new) == [(at(12), ANA, "owner"), (at(12, 2), ANA, "owner")]


def test_messages_wait_for_the_opening_in_the_receivers_zone():
    """Ben's day in New York begins at 14:00 UTC: what was due before is one message then, or none if it was answered."""
    told = [telling(at(hour), BEN, f"L{hour}") for hour in (10, 12)]
    assert sent(*told, telling(at(14), BEN, "L14")) == [(at(14), BEN, "owner")]
    assert sent(*(replace(each, until=at(13)) for each in told)) == []


def test_no_more_messages_a_day_than_agreed():
    """With two a day the third waits for the next working day, and takes along what comes until then."""
    agreement = replace(AGREEMENT, reminders=Reminders(max_per_person_per_day=2))
    told = [telling(at(hour, day=20), lead=f"L{hour}") for hour in (10, 11, 12, 13)]
    assert sent(*told, agreement=agreement) == [
        (at(10, day=20), ANA, "owner"),
        (at(11, day=20), ANA, "owner"),
        (at(9, day=23), ANA, "owner"),
    ]


def test_the_channel_has_no_limit_but_hours():
    """What goes to the channel is held to the agreement's hours only."""
    agreement = replace(AGREEMENT, reminders=Reminders(max_per_person_per_day=1))
    told = [telling(at(hour), lead=f"L{hour}", to="channel") for hour in (8, 10, 12)]
    assert sent(*told, agreement=agreement) == [(at(hour), None, "channel") for hour in (9, 10, 12)]


def test_whom_a_message_concerns():
    """A message counts for the owner if it has anything for one, else for the manager, else for somebody named."""
    mine, managed, named = (
        telling(at(12), MONA),
        telling(at(12), to="manager", lead="M"),
        telling(at(12), to=MONA, lead="N"),
    )
    assert sent(mine, managed, named) == [(at(12), MONA, "owner")]
    assert sent(managed, named) == [(at(12), MONA, "manager")]
    assert sent(named) == [(at(12), MONA, "other")]


@pytest.mark.parametrize(
    ("who", "to", "receiver"),
    [
        ({}, "owner", ANA),
        ({"away_from": "2026-11-16", "delegate_email": BEN}, "owner", BEN),
        ({"away_from": "2026-11-16"}, "owner", MONA),
        ({"away_from": "2026-11-17"}, "owner", ANA),
        ({"active": False, "manager_email": None}, "owner", None),
        ({"reachable": False}, "owner", None),
        ({"manager_email": None}, "manager", None),
    ],
)
def test_who_receives_it(who, to, receiver):
    """Whoever is away or gone is stood in for; what nobody can be told goes to the channel."""
    people = PEOPLE | {ANA: replace(PEOPLE[ANA], **who)}
    assert [place for _, place, _ in sent(telling(at(15), to=to), people=people)] == [receiver]


def test_a_message_that_waited_goes_to_whoever_is_there_then():
    """A reminder held until Tuesday's opening goes to the delegate of somebody who is away from Tuesday on."""
    people = PEOPLE | {ANA: replace(PEOPLE[ANA], away_from="2026-11-17", delegate_email=MONA)}
    assert sent(telling(at(17, 30)), people=people) == [(at(9, day=17), MONA, "owner")]


def test_a_message_for_somebody_away_joins_the_one_of_their_stand_in():
    """Two reminders that would reach Mona at Tuesday's opening, one of them for Ana who is away by then, are one."""
    people = PEOPLE | {ANA: replace(PEOPLE[ANA], away_from="2026-11-17", delegate_email=MONA)}
    told = telling(at(17, 30)), telling(at(17, 40), MONA, "M")
    assert sent(*told, people=people) == [(at(9, day=17), MONA, "owner")]


def test_a_lead_without_owner_is_told_to_the_channel():
    """Nobody holds it, so the agreement's channel does."""
    assert sent(telling(at(12), owner=None)) == [(at(12), None, "channel")]


MOMENTS = st.integers(0, 10 * 24 * 60).map(lambda minutes: at(0) + minutes * MINUTE)
TELLINGS = st.lists(
    st.builds(
        lambda when, owner, to, lead, answer: Telling(
            when,
            when + answer if answer is not None else None,
            to,
            owner,
            (f"L{lead}", 1),
            first=True,
            since=at(0),
        ),
        MOMENTS,
        st.sampled_from([ANA, BEN, None]),
        st.sampled_from(["owner", "manager", "channel"]),
        st.integers(0, 9),
        st.none() | st.integers(1, 3000).map(lambda minutes: minutes * MINUTE),
    ),
    max_size=30,
)


@given(TELLINGS, st.integers(1, 3), st.integers(0, 30))
def test_no_message_breaks_the_agreement(told, most, minutes):
    """Never more a day than agreed, never outside the receiver's hours, never more messages than steps, in order."""
    rule = Reminders(max_per_person_per_day=most, bundle=minutes * MINUTE)
    agreement = replace(AGREEMENT, reminders=rule)
    found = messages(agreement, told, PEOPLE, at(17, day=30))
    assert [m.at for m in found] == sorted(m.at for m in found)
    assert len(found) <= len(told)
    for m in found:
        zone = (PEOPLE[m.to].zone if m.to else None) or "UTC"
        assert worktime.is_open(agreement.calendar.in_zone(zone), m.at)
        assert m.day == m.at.astimezone(zone_named(zone)).date()
        assert any(each.at <= m.at + rule.bundle and each.waits(m.at) for each in told)
    days = Counter((m.to, m.day) for m in found if m.to is not None)
    assert all(count <= most for count in days.values())


@given(TELLINGS)
def test_a_step_that_stands_is_told_in_the_end(told):
    """Whoever is never answered is told: their places get a message after the instant, within the days that follow."""
    forever = [replace(each, until=None) for each in told]
    found = messages(AGREEMENT, forever, PEOPLE, at(17, day=30))
    for each in forever:
        place = {"channel": None, "manager": MONA if each.owner else None, "owner": each.owner}[each.to]
        window = AGREEMENT.reminders.bundle
        assert any(m.to == place and m.at >= each.at - window for m in found)
