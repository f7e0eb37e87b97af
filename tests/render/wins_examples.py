"""What the answers to `/wins` tell in the rendering tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from bot.domain.facts import NotConverted
from bot.domain.win_facts import GoalProgress
from bot.domain.wins_facts import (
    BoardLine,
    ClaimTold,
    DealMeant,
    GoalPace,
    PersonPart,
    Shares,
    Side,
    Source,
    StoryChange,
    TouchLeftOut,
    TouchPart,
    UnclearDeal,
    WinStory,
    WinsView,
    WinTold,
    WonLine,
)
from tests.render.examples import ANA, DUE, MAYA, TOM, eur, usd

FLEET = WonLine(
    deal_name="Fleet renewal 2027",
    deal_id="D-1001",
    customer="Northwind Robotics",
    url="https://crm.seller.example/deals/D-1001",
    kind="renewal",
    won_on=date(2026, 11, 20),
    amount=usd(1355625),
    told=eur(1250000),
    told_text=None,
    owner=MAYA,
    source="Robot picking ebook",
    sources=3,
)
DEPOT = WonLine(
    deal_name=None,
    deal_id="D-1002",
    customer="Larch & Sons",
    url=None,
    kind="new",
    won_on=date(2026, 11, 3),
    amount=usd(480000),
    told=None,
    told_text=None,
    owner=TOM,
    source="Webinar",
    sources=1,
    churned=True,
)
DOCK = WonLine(
    deal_name="Dock pilot",
    deal_id="D-1003",
    customer=None,
    url=None,
    kind=None,
    won_on=date(2026, 11, 2),
    amount=None,
    told=None,
    told_text="12500 ABC",
    owner=None,
    source=None,
    sources=0,
)
GOAL = GoalPace(
    goal=GoalProgress("month", "2026-11", None, usd(1835625), usd(30000000)),
    state="behind",
    expected=usd(19500000),
    needed_per_working_day=usd(4694063),
)
TEAM = WinsView(
    whose="team",
    span="month",
    since=date(2026, 11, 1),
    zone="America/New_York",
    count=18,
    amount=usd(1835625),
    kept=usd(1355625),
    part=None,
    wins=(FLEET, DEPOT, DOCK),
    more=15,
    sales=Side(
        (BoardLine(None, MAYA, usd(948938), 9), BoardLine(None, TOM, usd(886687), 10)),
        rest=(BoardLine(None, "owner not known", usd(0), 1),),
    ),
    marketing=Side(
        (
            BoardLine(1, "Robot picking ebook", usd(542250), 4),
            BoardLine(2, "Webinar", usd(480000), 2),
            BoardLine(2, "Demo request", usd(480000), 2),
        ),
        more=4,
        more_amount=usd(60000),
        rest=(
            BoardLine(None, "without an asset", usd(271125), 1),
            BoardLine(None, "unattributed", usd(2250), 2),
        ),
    ),
    goals=(GOAL,),
    not_converted=(NotConverted("ABC", 1, "12500"),),
    as_of=DUE,
)
RANKED = replace(
    TEAM,
    sales=Side(
        (
            BoardLine(1, TOM, usd(948938), 9),
            BoardLine(2, MAYA, usd(886687), 10),
            BoardLine(2, ANA, usd(886687), 10),
        )
    ),
)
OF_TOM = replace(
    TEAM,
    whose=TOM,
    span="quarter",
    since=date(2026, 10, 1),
    count=2,
    kept=usd(1835625),
    part=usd(886687),
    wins=(replace(FLEET, part=usd(406687)), replace(DEPOT, part=usd(480000), churned=False)),
    more=0,
    goals=(),
    not_converted=(),
)
OF_EBOOK = replace(
    OF_TOM, whose=Source("asset", "Robot picking ebook"), span="today", since=date(2026, 11, 20)
)
NOTHING = replace(
    TEAM,
    count=0,
    amount=usd(0),
    kept=usd(0),
    wins=(),
    more=0,
    sales=Side(()),
    marketing=Side(()),
    not_converted=(),
)

WON_AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
DAY = timedelta(days=1)
WIN = WinTold(
    number=2,
    status="won",
    won_on=date(2026, 11, 20),
    won_at=WON_AT,
    ended_at=None,
    owner=MAYA,
    kind="renewal",
    amount=eur(100001),
    rate="1.0845",
    converted=usd(108451),
    no_rate=False,
    model="w",
    numbers=("touches of the 90 days before the win count",),
    milestones=(("lead created", WON_AT - 30 * DAY), ("deal created", None)),
    touches=(
        TouchPart(
            "Robot picking ebook",
            WON_AT - 30 * DAY,
            Fraction(1, 3),
            Fraction(100001, 3),
            eur(33334),
            odd=True,
            keys=("first touch", "lead created"),
        ),
        TouchPart(
            "Demo request", WON_AT - 9 * DAY, Fraction(1, 3), Fraction(100001, 3), eur(33334), odd=True
        ),
        TouchPart(
            "Trade fair",
            WON_AT - 2 * DAY,
            Fraction(1, 3),
            Fraction(100001, 3),
            eur(33333),
            odd=False,
            claim=7,
        ),
    ),
    left_out=(
        TouchLeftOut("Old page", WON_AT - 400 * DAY, "before the lookback"),
        TouchLeftOut("Case study", WON_AT + DAY, "after the win"),
    ),
    unattributed=None,
    people=(
        PersonPart(MAYA, None, Fraction(7, 10), Fraction(700007, 10), eur(70001), odd=True),
        PersonPart(TOM, "sdr, helped", Fraction(3, 10), Fraction(300003, 10), eur(30000), odd=False),
    ),
    changes=(
        StoryChange(WON_AT + DAY, "amount", eur(120000), eur(100001)),
        StoryChange(WON_AT + DAY, "owner", None, "Maya Okafor"),
        StoryChange(WON_AT + 2 * DAY, "won at", WON_AT - DAY, WON_AT),
        StoryChange(
            WON_AT + 3 * DAY,
            "marketing",
            Shares((("unattributed", Fraction(1)),)),
            Shares((("Robot picking ebook", Fraction(1, 2)), ("Demo request", Fraction(1, 2)))),
        ),
    ),
)
LOST = replace(
    WIN,
    number=1,
    status="lost",
    kind=None,
    ended_at=WON_AT - 5 * DAY,
    won_at=WON_AT - 20 * DAY,
    converted=None,
    touches=(),
    left_out=(),
    people=(),
    changes=(StoryChange(WON_AT - 5 * DAY, "status", "won", "lost"),),
)
CLAIM = ClaimTold(
    number=7,
    kind="asset",
    name="Trade fair",
    touched_on=date(2026, 11, 18),
    why="They came to our stand on the first day.",
    by=ANA,
    at=WON_AT + DAY,
    side="sales",
    state="confirmed",
    settled_at=WON_AT + 2 * DAY,
    settled_by=MAYA,
)
STORY = WinStory(
    deal_key="generic/D-1001",
    deal_name="Fleet renewal 2027",
    customer="Northwind Robotics",
    url="https://crm.seller.example/deals/D-1001",
    stage="won",
    churned=date(2026, 11, 27),
    zone="Europe/Berlin",
    as_of=DUE + 9 * DAY,
    wins=(WIN, LOST),
    claims=(
        CLAIM,
        replace(CLAIM, number=8, kind="person", touched_on=None, state="offered", settled_at=None),
    ),
)
UNATTRIBUTED = replace(
    STORY,
    churned=None,
    claims=(),
    wins=(
        replace(WIN, touches=(), left_out=(), milestones=(), unattributed=eur(100001), people=(), changes=()),
    ),
)
NO_WIN = replace(STORY, wins=(), claims=(), churned=None, stage="Engaging")
LONG = replace(
    STORY,
    wins=(
        replace(WIN, touches=WIN.touches * 40, left_out=WIN.left_out * 30, changes=WIN.changes * 20),
        *(LOST,) * 30,
    ),
    claims=STORY.claims * 20,
)
UNCLEAR = UnclearDeal(
    "fleet",
    (DealMeant("generic/D-1001", "Fleet renewal 2027", won=True), DealMeant("generic/D-7", None, won=False)),
    3,
)
UNKNOWN = UnclearDeal("flet", (), 0)
