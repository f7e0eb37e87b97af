"""Marketing's channel gets one brief a working day and one message of the leads that were not a fit; else silence."""

from datetime import timedelta

from bot.domain.agreement import Agreement, Reminders
from bot.flow import briefs
from bot.playground.mrkdwn import mentions
from bot.store import answers, tables
from tests.support.leads import at, comes
from tests.support.world import World

GROWTH = Agreement(digest_channel="#growth", reminders=Reminders(steps=()))
"""Nobody is reminded, so whatever is seen is for marketing."""
HOSTILE = ("<!channel> <@U1>", "*bold* :tada: &lt;!here&gt;", "<http://evil.example|bank>")


async def ticks(world, instant):
    """Time passes to an instant; then the job runs, and what it queued is delivered."""
    await world.until(instant)
    await briefs.brief(world.bot.office)
    await world.settle()


async def answered(world, lead, **data):
    """Somebody says that a lead is not a fit; then everything that follows. Returns the number of the answer."""
    now = world.clock.now()

    def answer(session):
        given = {
            "by_slack_id": "U0MAYA",
            "by_email": None,
            "data": {"reason": "no budget", "words": None} | data,
        }
        number = answers.keep(session, lead_key=f"generic/{lead}", cycle=1, kind="not_a_fit", at=now, **given)
        briefs.put_feedback(session, world.agreement, now, now)
        return number

    number = await world.database.write(answer)
    await world.settle()
    return number


async def undone(world, number):
    """An answer of the same day is taken back; then everything that follows."""
    now = world.clock.now()

    def undo(session):
        session.get(tables.AnswerRow, number).state = "undone"
        session.flush()
        briefs.put_feedback(session, world.agreement, now, now)

    await world.database.write(undo)
    await world.settle()


def growth(world):
    """The texts in marketing's channel."""
    return [message.text for message in world.slack.messages("#growth")]


async def test_one_brief_a_working_day_and_silence_on_the_weekend(sqlite):
    """A lead of Friday afternoon and one of Saturday are told on Monday at nine, in one message, once."""
    async with World(sqlite, GROWTH, start=at(9, 0, day=20)) as world:
        world.slack.add_channel("growth")
        await ticks(world, at(9, 0, day=20))
        await world.until(at(15, 0, day=20))
        await comes(world, None, "Ann Adams")
        for hour in (16, 20):
            await ticks(world, at(hour, 0, day=20))
        await world.until(at(10, 0, day=21))
        await comes(world, None, "Ben Burns")
        for day in (21, 22):
            await ticks(world, at(12, 0, day=day))
        await ticks(world, at(8, 59, day=23))
        world.quiet()
        for hour in (9, 10, 15):
            await ticks(world, at(hour, 0, day=23))
        world.expect("chat.postMessage")
        assert growth(world) == [
            "For marketing, 23 Nov.\n2 leads reached sales without asset or campaign: Ann Adams; Ben Burns."
        ]
        await ticks(world, at(9, 0, day=24))
        world.quiet()


async def test_hostile_names_in_the_brief_ping_nobody(sqlite):
    """Whatever leads are called, the brief shows it as typed and nothing happens."""
    async with World(sqlite, GROWTH) as world:
        world.slack.add_channel("growth")
        for number, word in enumerate(HOSTILE):
            await comes(world, None, word, id=f"L{number}", company=word)
        await ticks(world, at(9, 0, day=17))
        world.expect("chat.postMessage")
        (message,) = world.slack.messages("#growth")
        assert [word in str(message.blocks) for word in HOSTILE] == [True] * 3
        assert mentions({"text": message.text, "blocks": message.blocks}) == []


async def test_leads_that_are_not_a_fit_reach_marketing_the_same_day(sqlite):
    """The first answer posts the message, more of the day edit it, taking all back leaves a line; then a new day."""
    async with World(sqlite, GROWTH) as world:
        world.slack.add_channel("growth")
        await comes(world, None, "Ann Adams", asset="Ebook")
        await comes(world, None, "Ben Burns", channel=HOSTILE[0])
        first = await answered(world, "Ann", words=HOSTILE[1])
        world.expect("chat.postMessage")
        world.clock.advance(timedelta(minutes=2))
        second = await answered(world, "Ben", reason=HOSTILE[2])
        world.expect("chat.update")
        (message,) = world.slack.messages("#growth")
        assert [word in str(message.blocks) for word in HOSTILE] == [True] * 3
        assert mentions({"text": message.text, "blocks": message.blocks}) == []
        for number in (first, second):
            await undone(world, number)
            world.expect("chat.update")
        assert growth(world) == ["No lead of 16 Nov is marked as not a fit any more."]
        await world.until(at(9, 0, day=17))
        await answered(world, "Ann")
        world.expect("chat.postMessage")
        assert len(growth(world)) == 2


async def test_an_answer_taken_back_before_it_was_posted_is_never_seen(sqlite):
    """While the channel waits for its turn, giving and taking back leaves no trace in it."""
    async with World(sqlite, GROWTH) as world:
        world.slack.add_channel("growth")
        await comes(world, None, "Ann Adams", asset="Ebook")
        now = world.clock.now()

        def given_and_taken_back(session):
            number = answers.keep(
                session,
                lead_key="generic/Ann",
                cycle=1,
                kind="not_a_fit",
                at=now,
                by_slack_id="U1",
                by_email=None,
            )
            briefs.put_feedback(session, world.agreement, now, now)
            session.get(tables.AnswerRow, number).state = "undone"
            session.flush()
            briefs.put_feedback(session, world.agreement, now, now)

        await world.database.write(given_and_taken_back)
        await world.settle()
        world.quiet()
        assert growth(world) == []
