"""The product as a person sees it: a real browser on the local workspace, the real bot behind it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from bot.flow.explain import answer
from tests.browser.hands import choose, go, look_as, messages, move, say, send
from tests.browser.pictures import picture
from tests.support.demo import opened, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

BERLIN = ZoneInfo("Europe/Berlin")


async def test_a_won_deal_becomes_a_card_and_a_correction_changes_it(tmp_path, window):
    """One click sends the event; the card is there with both sides' credit; a corrected amount changes that card."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url)
        await expect(messages(page)).to_have_count(4)
        await send(page, "Deal won")
        card = messages(page, "Vantage Optics expansion")
        await expect(card).to_have_count(1)
        await expect(card).to_contain_text("€18,400.00")
        await expect(card).to_contain_text("@Maya Okafor")
        await expect(card).to_contain_text("Logistics fair Hamburg")
        await card.scroll_into_view_if_needed()
        await picture(page, "win-card", card)
        await send(page, "Amount corrected")
        await expect(card).to_contain_text("€21,250.00")
        await expect(card).to_contain_text("(edited)")
        await expect(messages(page)).to_have_count(5)


async def test_a_colleague_is_thanked_on_the_card_and_nobody_is_called(tmp_path, window):
    """By mouse: several people, one sentence, one line on the card that everybody sees; no message of its own."""
    async with opened(tmp_path) as demo:
        page, theirs = await window(demo.slack.url), await window(demo.slack.url)
        await look_as(page, "Maya Okafor")
        await look_as(theirs, "Lena Brandt")
        await send(page, "Deal won")
        card = messages(page, "Vantage Optics expansion")
        await card.get_by_role("button", name="Say thanks").click()
        form = page.get_by_role("dialog")
        people = form.get_by_label("Whom?").get_by_role("option")
        for name in ("@Jon Park", "@Yuki Tanaka", "@Lena Brandt", "@Jon Park"):  # Jon is taken back
            await people.filter(has_text=name).click()
        await form.get_by_label("In a sentence").fill("The fair was where it began.")
        await form.get_by_role("button", name="Say thanks").click()
        thanked = "Thanks: Maya Okafor to Yuki Tanaka, Lena Brandt: “The fair was where it began.”"
        for seen in (card, messages(theirs, "Vantage Optics expansion")):
            await expect(seen).to_contain_text(thanked)
        await expect(messages(theirs)).to_have_count(5)
        await go(theirs, "Winbell")
        await expect(messages(theirs)).to_have_count(0)
        await say(page, "/wins")
        answer = messages(page, "Wins · team")
        await expect(answer).to_contain_text("Vantage Optics expansion")
        await answer.scroll_into_view_if_needed()
        await picture(page, "wins", answer)
        assert demo.slack.failures == []


async def test_a_reminder_is_answered_by_one_press(tmp_path, window):
    """Each press settles its lead in the message itself; when all are answered it says thank you."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url)
        await look_as(page, "Maya Okafor")
        await go(page, "Winbell")
        reminder = messages(page, "Freya Holm").first
        await expect(reminder).to_contain_text("3 leads are waiting for your first contact")
        await reminder.scroll_into_view_if_needed()
        await reminder.get_by_role("button", name="Contacted: Freya Holm").click()
        await expect(reminder).to_contain_text("2 leads are waiting for your first contact")
        await expect(reminder.get_by_role("button", name="Contacted: Freya Holm")).to_have_count(0)
        await reminder.get_by_role("button", name="Contacted: Mira Solberg").click()
        await reminder.get_by_role("button", name="Contacted: Arun Patel").click()
        await expect(reminder).to_contain_text("All settled, thank you")
        await expect(reminder.get_by_role("button", name="Contacted")).to_have_count(0)


async def test_a_command_is_answered_to_who_asked_and_a_reload_loses_nothing(tmp_path, window):
    """`/pipeline` shows the open deals to its reader alone; after a reload everything is where it was."""
    async with opened(tmp_path) as demo:
        page, other = await window(demo.slack.url), await window(demo.slack.url)
        await look_as(page, "Rui Costa")
        await look_as(other, "Lena Brandt")
        await say(page, "/pipeline")
        answer = messages(page, "negotiation")
        await expect(answer).to_have_count(1)
        await expect(answer).to_contain_text("proposal")
        await expect(messages(other)).to_have_count(4)
        await answer.scroll_into_view_if_needed()
        await picture(page, "pipeline", answer)
        before = await messages(page).all_inner_texts()
        await page.reload()
        await expect(messages(page)).to_have_count(5)
        assert await messages(page).all_inner_texts() == before


async def test_two_people_see_the_same_at_once(tmp_path, window):
    """What one sends, the other sees without reloading; what is meant for one of them, the other does not see."""
    async with opened(tmp_path) as demo:
        mayas, lenas = await window(demo.slack.url), await window(demo.slack.url)
        await look_as(mayas, "Maya Okafor")
        await look_as(lenas, "Lena Brandt")
        await send(lenas, "Deal won")
        for page in (mayas, lenas):
            await expect(messages(page, "Vantage Optics expansion")).to_have_count(1)
        await move(mayas, "An hour on")
        for page in (mayas, lenas):
            await expect(page.locator("#clock-now")).to_contain_text("11:0")
        await go(mayas, "Winbell")
        await go(lenas, "Winbell")
        await expect(messages(mayas, "Freya Holm")).not_to_have_count(0)
        await expect(messages(lenas)).to_have_count(0)


async def test_a_weekend_passes_and_nobody_is_disturbed(tmp_path, window):
    """A lead that comes on Friday evening is reminded of on Monday morning, when its hour is nearly over."""
    async with opened(tmp_path, "quiet") as demo:
        page = await window(demo.slack.url)
        await look_as(page, "Maya Okafor")
        for _ in range(7):
            await move(page, "An hour on")
        await send(page, "Lead arrives")
        await send(page, "Lead is assigned")
        await go(page, "Winbell")
        await move(page, "To the next working morning")
        await expect(page.locator("#clock-now")).to_contain_text("Monday, November 23rd, 9:00")
        await expect(messages(page, "Otto Klee")).to_have_count(0)
        await move(page, "An hour on")
        await expect(messages(page, "Otto Klee")).not_to_have_count(0)
        times = [when.astimezone(BERLIN) for when, text in told(demo)["Maya Okafor"] if "Otto Klee" in text]
        monday = datetime(2026, 11, 23, tzinfo=BERLIN).date()
        assert [(when.date(), when.hour, when.minute) for when in times] == [(monday, 9, 15), (monday, 9, 30)]


async def test_slack_misbehaves_and_the_backlog_drains(tmp_path, window):
    """The page tells what waits; once Slack works again, everything comes, and the line goes away."""
    async with opened(tmp_path, "slack-down") as demo:
        page = await window(demo.slack.url)
        await expect(page.locator("#backlog")).to_contain_text("chat.postMessage answers 500")
        await expect(page.locator("#backlog")).to_contain_text("4 messages wait for Slack")
        await page.get_by_role("button", name="Let Slack work again").click()
        await expect(page.locator("#backlog")).not_to_contain_text("misbehaves")
        await move(page, "An hour on")
        await expect(page.locator("#backlog")).to_be_hidden()
        await expect(messages(page, "Willow Pharma rollout")).to_have_count(1)
        await expect(messages(page, "Meridian Books rollout")).to_have_count(1)


async def test_it_fits_a_phone(tmp_path, window):
    """On a phone the page is as wide as the screen, and a win can be read."""
    async with opened(tmp_path) as demo:
        page = await window(demo.slack.url, phone=True)
        card = messages(page, "Granite Gym rollout")
        await expect(card).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
        await picture(page, "phone")


async def test_three_reps_in_three_zones_one_away_and_a_holiday(tmp_path, window):
    """Every answer works by mouse; a delegate answers, a holiday is skipped, and each message is accounted for."""
    async with opened(tmp_path, "team") as demo:
        page, theirs = await window(demo.slack.url), await window(demo.slack.url)
        await look_as(page, "Maya Okafor")
        await go(page, "Winbell")
        morning = messages(page, "Lantern Works").filter(has_text="Heron Textiles")
        await expect(morning).to_contain_text("5 leads are waiting for the next contact")
        await expect(morning).to_contain_text("Max Dean, Bluebird Post")  # Jon's, for whom she stands in
        await morning.scroll_into_view_if_needed()
        await picture(page, "reminder", morning)
        await it_is_read_on_a_phone(await window(demo.slack.url, phone=True))
        await answer_each_lead(page, morning)
        await picture(page, "reminder-settled", morning)
        await a_lead_changes_hands(page, theirs)
        await go(theirs, "growth")
        await expect(messages(theirs, "Not a fit: 1 lead, 20 Nov")).to_contain_text("Max Dean, Bluebird Post")
        await the_commands_tell_the_same(page)
        for hour in range(11, 14):
            await move(page, "An hour on")
            await expect(page.locator("#clock-now")).to_contain_text(f"{(hour - 1) % 12 + 1}:0")
        await move(page, "To the next working morning")
        await expect(page.locator("#clock-now")).to_contain_text("Tuesday, November 24th, 9:00")
        assert demo.slack.failures == []
        everyone_was_told_in_their_hours(demo)
        await each_message_is_accounted_for(demo)


async def it_is_read_on_a_phone(page):
    """A reminder and an explanation are as wide as the screen."""
    await look_as(page, "Maya Okafor")
    await page.get_by_role("button", name="Channels", exact=True).click()
    await go(page, "Winbell")
    reminder = messages(page, "Freya Holm").last
    await expect(reminder).to_contain_text("1 lead is waiting for your first contact")
    await picture(page, "reminder-narrow", reminder)
    await say(page, "/sla explain Ivo Novak")
    explained = messages(page, "Counted time")
    await expect(explained).to_contain_text("in place of Jon Park")
    await picture(page, "sla-explain-narrow", explained)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def answer_each_lead(page, reminder):
    """Contacted, undone and contacted again; details, a snooze, a wish to hand over, not a fit."""
    pressed = reminder.get_by_role("button", name="Contacted: Mira Solberg")
    await pressed.click()
    await reminder.get_by_role("button", name="Undo: Mira Solberg").click()
    await pressed.click()
    await expect(reminder).to_contain_text("Mira Solberg, Lantern Works · Contacted")
    form = await choose(page, reminder, "Log details", "Ana Ruiz")
    await form.get_by_label("No answer").check()
    await form.get_by_role("button", name="Save").click()
    await expect(reminder).to_contain_text("Ana Ruiz, Tern Logistics · Log details: call, no answer")
    form = await choose(page, reminder, "Snooze", "Vera Nagy")
    await form.get_by_role("button", name="Snooze").click()
    await expect(reminder).to_contain_text("Snooze: until today 11:00 AM")
    form = await choose(page, reminder, "Not a fit", "Max Dean")
    await form.get_by_label("no budget").check()
    await form.get_by_role("button", name="Not a fit").click()
    await expect(reminder).to_contain_text("Max Dean, Bluebird Post · Not a fit: no budget")
    form = await choose(page, reminder, "Hand over", "Freya Holm")
    await form.get_by_label("To whom?").select_option(label="@Rui Costa")
    await form.get_by_role("button", name="Hand over").click()
    await expect(reminder).to_contain_text("Hand over: waiting for Rui Costa")


async def a_lead_changes_hands(page, theirs):
    """Rui declines, so Freya stays with Maya, who is told; Yuki accepts, and Haru is hers."""
    await look_as(theirs, "Rui Costa")
    await go(theirs, "Winbell")
    question = messages(theirs, "Maya Okafor asks")
    await question.get_by_role("button", name="Decline: Freya Holm").click()
    await expect(question).to_contain_text("Declined. It stays where it was.")
    await expect(messages(page, "Rui Costa could not take it over").last).to_contain_text("Freya Holm")
    await look_as(theirs, "Yuki Tanaka")
    await go(theirs, "Winbell")
    question = messages(theirs, "Maya Okafor asks")
    await question.scroll_into_view_if_needed()
    await picture(theirs, "hand-over", question)
    await question.get_by_role("button", name="Accept: Haru Mori").click()
    await expect(messages(theirs, "This lead is yours now")).to_contain_text("Haru Mori")
    await expect(messages(page, "Haru Mori").first).to_contain_text("Hand over: now with Yuki Tanaka")


async def the_commands_tell_the_same(page):
    """`/leads` is answered where it stands; `/sla explain` tells the clock line by line."""
    await say(page, "/leads mine")
    queue = messages(page, "Only visible to you").filter(has_text="Saltmarsh Energy")
    await expect(queue).to_contain_text("Your open leads: 1")  # two more are put off
    await queue.scroll_into_view_if_needed()
    await picture(page, "leads", queue)
    await queue.get_by_role("button", name="Contacted: Freya Holm").click()
    await expect(queue).to_contain_text("Freya Holm, Saltmarsh Energy · Contacted")
    await say(page, "/sla explain Ivo Novak")
    explained = messages(page, "Counted time").last
    await expect(explained).to_contain_text("in place of Jon Park")
    await expect(messages(page, "Counted time")).to_have_count(2)  # one was asked for on the phone
    await picture(page, "sla-explain", explained)


def everyone_was_told_in_their_hours(demo):
    """No direct message before nine or after half past five where its reader is, and none on the holiday."""
    zones = {user.name: ZoneInfo(user.tz) for user in demo.slack.workspace.users.values()}
    times = [
        (when.astimezone(zones[name]), name)
        for name in told(demo)
        if name in zones
        for when, _ in told(demo)[name]
    ]
    assert {when.date().isoformat() for when, _ in times} & {
        "2026-11-21",
        "2026-11-22",
        "2026-11-23",
    } == set()
    assert [one for one in times if not time(9) <= one[0].time() <= time(17, 31)] == []
    assert {name for _, name in times} == {"Maya Okafor", "Rui Costa", "Yuki Tanaka"}  # Jon is away


async def each_message_is_accounted_for(demo):
    """`/sla explain` names every message that a lead is in, and no other, with its receiver and its time."""
    office, now = demo.office, demo.clock.now()
    for lead in (
        "Freya Holm",
        "Haru Mori",
        "Lee Wong",
        "Max Dean",
        "Ivo Novak",
        "Rin Kato",
        "Paul Ek",
        "Vera Nagy",
    ):
        found = await office.database.read(lambda s, lead=lead: answer(s, office.agreement, lead, now))
        steps = [*found.messages, *(step for cycle in found.cycles for step in cycle.steps)]
        explained = sorted(
            {(step.where.removeprefix("#"), step.at) for step in steps if step.outcome == "sent"}
        )
        seen = sorted(
            (name, when) for name, messages_ in told(demo).items() for when, text in messages_ if lead in text
        )
        assert [name for name, _ in explained] == [name for name, _ in seen], lead
        apart = [abs(ours - slacks) for (_, ours), (_, slacks) in zip(explained, seen, strict=True)]
        assert max(apart) < timedelta(seconds=30), lead  # the bot notes it when Slack has answered
