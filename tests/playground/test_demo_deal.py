"""A deal's whole life, played by hand in the local workspace: the samples of the page tell it in their order."""

from bot.flow.figures import Period
from bot.flow.reports import pipeline, won_and_lost
from bot.playground import story
from bot.playground.samples import samples
from tests.support.demo import FRIDAY, opened
from tests.support.forms import words
from tests.support.win_people import button

LENA = "lena.brandt@fernwood.example"
LIFE = (
    "Deal opens",
    "Deal won",
    "Amount corrected",
    "Deal reopened",
    "Deal won again in euros",
    "Customer leaves",
)


class Hands:
    """Somebody at the page: chooses samples and presses what the workspace shows."""

    def __init__(self, demo):
        self.demo, self.slack = demo, demo.slack
        self.samples = {sample.name: sample for sample in samples(demo.clock.now)}
        self.accounts = {user.email: user.id for user in demo.slack.workspace.users.values()}
        self.before = len(demo.slack.messages("#wins"))

    async def send(self, name):
        """Send a sample as it is."""
        sent = await self.demo.crm.send(self.samples[name].build())
        assert sent.status == 202

    def told(self):
        """What was said in #wins since the beginning."""
        return [message.text for message in self.slack.messages("#wins")[self.before :]]

    async def sees(self, *beginnings):
        """What was said in #wins begins so, soon."""

        def as_told():
            texts = self.told()
            return len(texts) == len(beginnings) and all(map(str.startswith, texts, beginnings))

        await self.slack.wait_for(as_told)

    async def press(self, email, message, action):
        """Press a button of a message."""
        value = button(message, action)["value"]
        await self.slack.press(message.channel, message.ts, action, self.accounts[email], value=value)

    async def figures(self):
        """(open deals, {currency and amount of D-500 if it is won: kept}) by the reports."""
        office = self.demo.office
        period = Period(None, None, self.demo.clock.now())
        waiting = await office.database.read(lambda s: pipeline(s, office.agreement, period))
        won = await office.database.read(lambda s: won_and_lost(s, office.agreement, period, "deal"))
        found = {row["amount"]: row["kept"] for row in won.rows if row["name"] == "D-500"}
        return waiting.total["count"], found


async def test_a_deals_whole_life_by_hand(tmp_path):
    """Opened, won, corrected, questioned, reopened, won again in euros, left: cards and figures follow each time."""
    async with opened(tmp_path, "quiet") as demo:
        hands = Hands(demo)
        waiting, _ = await hands.figures()
        await hands.send("Deal opens")
        await demo.move("hour")
        assert (hands.told(), await hands.figures()) == ([], (waiting + 1, {}))

        await hands.send("Deal won")
        await hands.sees("Expansion, won: Vantage Optics expansion, Vantage Optics, $19,900.00. ")
        assert await hands.figures() == (waiting, {"18308.00": "18308.00"})  # at 0.92 euros

        await hands.send("Amount corrected")
        corrected = "Expansion, won: Vantage Optics expansion, Vantage Optics, $23,100.00. "
        reply = "Corrected: Vantage Optics expansion. The amount is now $23,100.00; it was $19,900.00."
        await hands.sees(corrected, reply)
        assert await hands.figures() == (waiting, {"21252.00": "21252.00"})

        card = demo.slack.messages("#wins")[hands.before]
        assert "Robot picking webinar" not in card.text
        maya = hands.accounts[story.MAYA]
        await hands.press(story.MAYA, card, "win_missing")
        form = await demo.slack.wait_for(
            lambda: [v for v in demo.slack.views(maya) if "submit" in v.definition]
        )
        entered = {"name": "Robot picking webinar", "why": "Their engineers came to it."}
        await demo.slack.submit_view(
            maya, form[0].id, {key: {"value": text} for key, text in entered.items()}
        )
        assert words(demo.slack.views(maya)[0]).startswith("Marketing is asked")
        (question,) = await demo.slack.wait_for(
            lambda: demo.slack.messages(demo.slack.dm(hands.accounts[LENA]))
        )
        await hands.press(LENA, question, "claim_confirm")
        await demo.slack.wait_for(lambda: "Robot picking webinar" in hands.told()[0])
        assert await hands.figures() == (waiting, {"21252.00": "21252.00"})

        await hands.send("Deal reopened")
        await hands.sees("reopened: Vantage Optics expansion, Vantage Optics, $23,100.00. ", reply)
        assert await hands.figures() == (waiting + 1, {})

        await hands.send("Deal won again in euros")
        await hands.sees(
            "reopened: ",
            reply,
            "Expansion, won again: Vantage Optics expansion, Vantage Optics, €20,500.00. ",
        )
        assert "Robot picking webinar" in hands.told()[2]
        assert await hands.figures() == (waiting, {"20500.00": "20500.00"})

        await hands.send("Customer leaves")
        await demo.move("hour")
        assert len(hands.told()) == 3
        assert await hands.figures() == (waiting, {"20500.00": "0.00"})


def test_the_samples_tell_a_life_in_order():
    """Each further click is the next chapter of one and the same deal."""
    found = samples(lambda: FRIDAY)
    named = [sample.name for sample in found if sample.name in LIFE]
    assert tuple(named) == LIFE
    told = [sample.build() for sample in found if sample.name in LIFE]
    assert {event["data"]["id"] for event in told} == {"D-500"}
    assert [event["type"] for event in told] == [
        "deal.created",
        "deal.won",
        "deal.updated",
        "deal.reopened",
        "deal.won",
        "deal.updated",
    ]


def test_a_win_needs_no_opening():
    """Whoever begins with the win has a whole deal, too; the next win is another deal's."""
    chosen = {sample.name: sample.build for sample in samples(lambda: FRIDAY)}
    first, second = chosen["Deal won"](), chosen["Deal won"]()
    assert first["data"] | {"id": "D-501"} == second["data"]
    assert (first["data"]["id"], first["data"]["amount"], first["data"]["currency"]) == (
        "D-500",
        "18400.00",
        "EUR",
    )
