"""The facts of what people do with a win."""

from dataclasses import replace
from datetime import date

from bot.domain.claiming import ClaimAsked, HandForm, MergeOffer, WinForm
from tests.render.examples import ANA, MAYA, TOM, eur

CLAIM = ClaimAsked(
    ref="c1a1m",
    kind="asset",
    name="ROI ebook",
    deal="Fleet renewal 2027",
    by=MAYA,
    why="They had it printed on the table in the first call.",
    touched_on=date(2026, 11, 3),
    state="offered",
)
BARE_CLAIM = ClaimAsked(
    ref="c1a1m",
    kind="person",
    name=TOM.email,
    deal="",
    by=ANA,
    why="He built the pilot.",
    touched_on=None,
    state="offered",
)
CONFIRMED = replace(CLAIM, state="confirmed", settled_by=ANA)
DECLINED = replace(CLAIM, kind="campaign", state="declined", settled_by=TOM)
OFFER = MergeOffer(
    ref="m3rg3",
    by_hand="Northwind Robotics",
    won_on=date(2026, 11, 16),
    deal="Fleet renewal 2027",
    amount=eur(1250000),
    deal_is_won=True,
    url="https://crm.seller.example/deals/D-1001",
    state="offered",
)
OFFERS = (OFFER, *(replace(OFFER, state=state, deal_is_won=False) for state in ("merged", "kept", "gone")))
FORM = WinForm("w1n", "Fleet renewal 2027")
HAND_FORM = HandForm("h4nd", "U0MAYA", "EUR", date(2026, 11, 20))
