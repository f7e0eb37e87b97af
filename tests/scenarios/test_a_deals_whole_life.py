from datetime import date, timedelta
from decimal import Decimal
from bot.domain.agreement import Agreement, CreditRule, Rate
from bot.flow import credit_report, reports
from bot.flow.figures import Period
from bot.store import wins
from tests.support.win_people import press, proposes
from tests.support.world import TO_OWNERS, World, START

AGREEMENT = Agreement(reminders=TO_OWNERS, credit=CreditRule(model="linear"), rates=(Rate("EUR", Decimal("1.2")),))
DANA = "dana@northwind.example"

async def look(world, label):
    print("-----", label, world.clock.now())
    for c in world.unexpected(): print("CALL", c)
    for m in world.wins(): print("WINS", m.ts, m.thread_ts, repr(m.text))
    for e in world.accounts: 
        for m in world.direct(e): print("DM", e, repr(m.text))
    p = Period(None, None, world.clock.now())
    for f, by in ((reports.won_and_lost, None), (credit_report.credit, "asset"), (reports.pipeline, None)):
        r = await world.database.read(lambda s: f(s, world.agreement, p, by))
        print(r.total); print(r.rows)
    for n in (1, 2):
        print([(c.asset, c.amount_minor) for c in await world.database.read(lambda s: wins.credits_of(s, "generic/D-1", n))])
        print([(c.email, c.amount_minor) for c in await world.database.read(lambda s: wins.people_of(s, "generic/D-1", n))])

async def test_x(sqlite):
    async with World(sqlite, AGREEMENT) as world:
        maya, ben, ana = (world.person(n) for n in ("Maya Okafor", "Ben Ito", "Ana Lima"))
        await world.happens("person.updated", email=maya, name="Maya Okafor", role="sales")
        await world.happens("person.updated", email=ben, name="Ben Ito", role="sales")
        await world.happens("person.updated", email=ana, name="Ana Lima", role="marketing")
        await world.happens("touch.recorded", email=DANA, asset="Ebook", kind="download", at="2026-11-03T10:00:00Z")
        await world.happens("touch.recorded", email=DANA, asset="Webinar", kind="webinar", at="2026-11-09T10:00:00Z")
        await world.happens("deal.created", id="D-1", name="Fleet", stage="engaging", amount="12000", currency="USD", owner_email=maya, contact_emails=[DANA], contributors=[{"email": ben, "role": "sdr", "share": "0.2"}], created_at="2026-11-05T09:00:00Z")
        await look(world, "open")
        await world.until(START + timedelta(hours=1))
        await world.happens("deal.won", id="D-1")
        await look(world, "won")
        await world.until(START + timedelta(hours=2))
        await world.happens("deal.updated", id="D-1", amount="15000.01", currency="USD")
        await look(world, "corrected")
        await world.until(START + timedelta(hours=3))
        print(await proposes(world, maya, world.wins()[0], name="Fair", day="2026-11-12"))
        await look(world, "questioned")
        await press(world, ana, world.direct(ana)[0], "claim_confirm")
        await look(world, "confirmed")
        await world.until(START + timedelta(days=1))
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        await look(world, "reopened")
        await world.until(START + timedelta(days=2))
        await world.happens("deal.won", id="D-1", amount="13000.01", currency="EUR")
        await look(world, "again")
        await world.until(START + timedelta(days=90))
        await look(world, "later")
        await world.happens("deal.updated", id="D-1", churned_at="2027-02-14T09:00:00Z")
        await look(world, "churned")
