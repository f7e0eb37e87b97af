"""Reading an agreement: what it says becomes values, and every fault is named."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.agreement import default, parse
from bot.domain.agreement import (
    Agreement,
    ContactRule,
    CreditRule,
    Goal,
    Promise,
    Rate,
    Reminders,
    Route,
    Stages,
    Step,
    Tier,
    When,
    Wins,
)
from bot.domain.worktime import Calendar
from bot.errors import AgreementError
from tests.agreement.contract import EXAMPLE, KEYS, MORE_KEYS

YEARS = (2026, 2026)
OFFICE = ((540, 1020),)


def read(text, **files):
    return parse(text, read_file=files.__getitem__, horizon=YEARS)


def agreement(text):
    parsed = read(text)
    assert parsed.warnings == ()
    return parsed.agreement


def problems(text, read_file=None):
    with pytest.raises(AgreementError) as caught:
        parse(text, read_file=read_file, horizon=YEARS)
    return list(caught.value.problems)


def test_an_empty_file_is_the_defaults():
    """Nothing written means UTC, USD, Monday to Friday 09:00-17:00, one tier of four hours."""
    assert agreement("") == Agreement()
    assert default(YEARS) == Agreement()
    assert default(YEARS).calendar == Calendar(zone="UTC", weekly=(OFFICE,) * 5 + ((), ()))
    assert default(YEARS).tiers[0].first_contact == timedelta(hours=4)


def test_the_example_of_the_contract_is_read_in_full():
    """Every value of the public contract's example arrives where it belongs."""
    found = read(EXAMPLE).agreement
    calendar = found.calendar
    assert calendar.zone == "America/New_York"
    assert calendar.weekly == (((540, 750), (810, 1050)), (), (), (), (), (), ())
    assert calendar.exceptions == {date(2026, 12, 31): ((540, 720),)}
    assert {date(2026, 1, 1), date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 24)} <= calendar.closed
    assert found == Agreement(
        name="Northwind growth agreement",
        timezone="America/New_York",
        currency="USD",
        admins=("ops@seller.example",),
        rates=(Rate("EUR", Decimal("1.0845")),),
        calendar=calendar,
        tiers=(
            Tier(
                name="hot",
                when=When(min_score=Decimal(80)),
                first_contact=timedelta(hours=1),
                attempts=6,
                spacing=(timedelta(hours=8),),
                within=timedelta(hours=40),
                min_gap=timedelta(hours=1),
            ),
        ),
        wins=Wins(
            routes=(Route("#big-wins", Decimal(50000)), Route("#renewals", kind="renewal")),
            goals=(Goal("month", Decimal(300000)),),
        ),
        promises=(Promise("month", "all", 500, Decimal(500000)),),
        digest_channel="#growth",
    )


def test_the_example_of_the_contract_says_what_does_not_act_yet():
    """Each key that is only read is named once with its line; a key that acts is not."""
    lines = EXAMPLE.splitlines()
    expected = [
        ("[economics]", "economics"),
        ("daily", "digests.daily"),
        ("weekly", "digests.weekly"),
        ("monthly", "digests.monthly"),
    ]
    numbered = [
        (next(at for at, line in enumerate(lines, start=1) if line.startswith(start)), name)
        for start, name in expected
    ]
    not_yet = "is understood but does not act in this version yet"
    found = [warning for warning in read(EXAMPLE).warnings if "leaves out" not in warning]
    assert found == [f"line {line}, {name} {not_yet}" for line, name in numbered]


def test_the_schema_has_the_keys_of_the_contract():
    """No key of the public contract is missing; those beside it are known and may be left out."""
    from bot.agreement.schema import every_key  # noqa: PLC0415 (only here)

    assert {path for path, _ in every_key()} == KEYS | MORE_KEYS


@pytest.mark.parametrize(
    ("text", "weekly"),
    [
        ("always = true", (((0, 1440),),) * 7),
        ("always = false", (OFFICE,) * 5 + ((), ())),
        ('holidays = { extra = ["2026-12-24"] }', (OFFICE,) * 5 + ((), ())),
        (
            (
                'mon=["22:00-06:00"]\ntue=["00:00-24:00"]\nwed=["18:00-24:00","9:00 - 12:00"]\n'
                'thu=["20:00-00:00"]\nfri=[]'
            ),
            (((1320, 1800),), ((0, 1440),), ((540, 720), (1080, 1440)), ((1200, 1440),), (), (), ()),
        ),
        (
            'sun=["10:00-18:00"]\nmon=[]\ntue=[]\nwed=[]\nthu=[]\nfri=["10:00-12:00","12:00-14:00"]',
            ((), (), (), (), ((600, 720), (720, 840)), (), ((600, 1080),)),
        ),
    ],
)
def test_hours_are_windows_of_minutes(text, weekly):
    """Windows count minutes from their day's midnight, in order; an end past midnight belongs to its day."""
    assert agreement(f"[hours]\n{text}").calendar.weekly == weekly


def test_days_left_out_beside_written_ones_are_closed_and_said_so():
    """Once one day is written the others are closed; for working days a warning says so."""
    parsed = read('[hours]\nmon = ["09:00-17:00"]\nwed = []\nthu = ["09:00-17:00"]')
    assert parsed.agreement.calendar.weekly == (OFFICE, (), (), OFFICE, (), (), ())
    assert parsed.warnings == (
        "line 1, hours leaves out tue, fri: closed on those days; write tue = []; fri = [] to say so",
    )


def test_holidays_of_a_country_are_expanded_for_the_years_asked_for():
    """Public holidays and extra days, less those taken out, are closed; no year beyond is looked up."""
    text = (
        '[hours]\nholidays = { country = "us", subdivision = "MI",'
        ' extra = ["2026-08-03", 2026-08-04], except = ["2026-11-27"] }'
    )
    closed = parse(text, horizon=(2026, 2027)).agreement.calendar.closed
    assert {day.year for day in closed} == {2026, 2027}
    # Michigan's of 2026: federal days but Columbus Day, the 3rd of July in lieu, Election Day, and the eves
    days = "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 11-03 11-11 11-26 12-24 12-25 12-31 08-03 08-04"
    assert {day for day in closed if day.year == 2026} == {
        date.fromisoformat(f"2026-{day}") for day in days.split()
    }


def test_exceptions_are_days_with_their_own_windows():
    """A date has the windows written for it, with TOML's own dates too; an empty list closes it."""
    text = '[hours.exceptions]\n2026-12-24 = ["08:00-12:00"]\n"2026-12-31" = []'
    assert agreement(text).calendar.exceptions == {date(2026, 12, 24): ((480, 720),), date(2026, 12, 31): ()}


def test_stages_keep_their_names_and_fold_those_of_their_chances():
    """Names stay as written, chances are found without case; default chances need a stage of their name."""
    text = '[stages]\nopen = ["Discovery", "Engaging"]\nwon = ["Closed Won"]\nlost = []\n'
    stages = agreement(text + 'probability = { "DISCOVERY" = 0.25, engaging = 1 }').stages
    assert stages == Stages(
        ("Discovery", "Engaging"), ("Closed Won",), (), {"discovery": Decimal("0.25"), "engaging": Decimal(1)}
    )
    assert agreement(text).stages.probability == {"engaging": Decimal("0.3")}


def test_tiers_are_read_in_order():
    """A condition takes one value or a list, hours may be broken, an empty condition takes every lead."""
    text = """
[[tier]]
name = "hot"
first_contact_hours = 0.25
[tier.when]
min_score = 79.5
channel = "Paid Search"
team = ["EMEA", "APAC"]
[[tier]]
when = { stage = ["mql"] }
[[tier]]
when = {}
"""
    assert agreement(text).tiers == (
        Tier(
            name="hot",
            when=When(min_score=Decimal("79.5"), channel=("Paid Search",), team=("EMEA", "APAC")),
            first_contact=timedelta(minutes=15),
        ),
        Tier(name="tier 2", when=When(stage=("mql",))),
        Tier(name="all"),
    )


def test_a_follow_up_plan_is_read():
    """Spacing is one number, or a list with one number for each attempt after the first."""
    text = "[[tier]]\nattempts = 3\nspacing_hours = [4, 7.5]\nwithin_hours = 20\nmin_gap_hours = 0"
    assert agreement(text).tiers == (
        Tier(
            attempts=3,
            spacing=(timedelta(hours=4), timedelta(hours=7, minutes=30)),
            within=timedelta(hours=20),
            min_gap=timedelta(0),
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "attempts = 2\nspacing_hours = 1",
        "attempts = 3\nspacing_hours = [6, 6.5]\nmin_gap_hours = 6",
        "attempts = 1\nspacing_hours = 0.5",
        "attempts = 1\nmin_gap_hours = 24",
        "spacing_hours = 0\nmin_gap_hours = 0\nattempts = 2",
    ],
)
def test_attempts_may_be_as_close_as_those_that_count(text):
    """A spacing that is the least gap is fine; where one attempt is all that is agreed, neither says anything."""
    assert agreement(f"[[tier]]\n{text}").tiers[0].name == "all"


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("first_contact_hours = 8\nattempts = 2\nwithin_hours = 7.5", ["line 4, tier[1].within_hours "]),
        ("first_contact_hours = 50\nattempts = 2", ["line 1, tier[1].within_hours "]),
        ("first_contact_hours = 8\nattempts = 2\nwithin_hours = 8", []),
        ("first_contact_hours = 8\nattempts = 1\nwithin_hours = 7.5", []),
    ],
)
def test_a_follow_up_that_ends_before_its_first_contact_is_taken_and_said(text, warnings):
    """One sentence, where more than one attempt was agreed; a single one has no follow-up."""
    said = "is shorter than first_contact_hours, so the time for all attempts ends before the first is due"
    assert list(read(f"[[tier]]\n{text}").warnings) == [warning + said for warning in warnings]


def test_promises_are_read_in_order():
    """A promise has a period and leads, value or both; `all`, however it is written, is any channel."""
    text = """
[[promise]]
period = "Quarter"
channel = " ALL "
value = "0.50"
[[promise]]
period = "week"
channel = "Paid Search"
leads = 0
"""
    assert agreement(text).promises == (
        Promise("quarter", "all", None, Decimal("0.50")),
        Promise("week", "Paid Search", 0, None),
    )


def test_the_channel_of_the_digests_acts_before_its_times_do():
    """Both sides read there; without one, in the channel of the reminders."""
    found = agreement('[digests]\nchannel = "#growth"')
    assert (found.digest_channel, found.team_channel) == ("#growth", "#growth")
    assert (agreement("").digest_channel, agreement("").team_channel) == (None, "#sales-ops")
    later = read('[digests]\nchannel = "#growth"\nweekly = "mon 09:30"').warnings
    assert later == ("line 3, digests.weekly is understood but does not act in this version yet",)


def test_reminders_and_contact_rules_are_read():
    """Steps keep their order and get one spelling; whoever they go to and whatever they offer, they act."""
    found = agreement("""
[contact]
counts = ["Call"]
owner_word_counts = false
[reminders]
channel = "C0123ABCD"
at_risk = 0.5
max_per_person_per_day = 2
bundle_minutes = 0
on_assignment = true
max_snoozes = 0
not_a_fit = [" too small "]
steps = [
  { at = "at_risk", to = "owner", offer = "hand over" },
  { at = "Breach + 050 %", to = " Boss@Seller.example" },
]
""")
    assert found.contact == ContactRule(counts=("call",), owner_word_counts=False)
    assert found.reminders == Reminders(
        channel="C0123ABCD",
        on_assignment=True,
        at_risk=Decimal("0.5"),
        steps=(Step("at_risk", "owner", "hand over"), Step("breach+50%", "boss@seller.example")),
        max_per_person_per_day=2,
        bundle=timedelta(0),
        max_snoozes=0,
        not_a_fit=("too small",),
    )


def test_no_steps_is_no_reminders():
    """An empty list of steps is a wish, not a fault."""
    assert agreement("[reminders]\nsteps = []").reminders.steps == ()


def test_wins_are_read():
    """Every key of the wins arrives, one segment or team stands for a list of one, and privacy comes with them."""
    found = agreement("""
[wins]
channel = "#gewonnen-ü"
fresh_days = 0
minimum = 99.5
group_after = 12
rank_people = true
routes = [
  { min_amount = "0", segment = "Enterprise", channel = "#big" },
  { kind = "Expansion", team = ["EMEA", "APAC"], channel = "#grown" },
]
goal = [{ period = "Week", amount = "1000.50" }, { team = "EMEA", period = "week", amount = 10 }]
[privacy]
wins = "None"
""")
    assert found.wins == Wins(
        channel="#gewonnen-ü",
        fresh=timedelta(0),
        minimum=Decimal("99.5"),
        routes=(
            Route("#big", Decimal(0), segment=("Enterprise",)),
            Route("#grown", kind="expansion", team=("EMEA", "APAC")),
        ),
        goals=(Goal("week", Decimal("1000.50")), Goal("week", Decimal(10), "EMEA")),
        group_after=12,
        rank_people=True,
        shown="none",
    )


def test_credit_is_read():
    """Model, numbers and the shares of roles arrive; shares may use the whole, and roles are compared without case."""
    found = agreement(
        '[credit]\nmodel = "Linear"\nposition = [0.6, 0.4]\nlookback_days = 0\nhalf_life_days = 14\n'
        'contributors = { SDR = "0.25", " Sales  Engineer " = 0.75 }'
    )
    assert found.credit == CreditRule(
        model="linear",
        position=(Decimal("0.6"), Decimal("0.4")),
        lookback_days=0,
        half_life_days=14,
        contributors={"sdr": Decimal("0.25"), "sales engineer": Decimal("0.75")},
    )


@pytest.mark.parametrize(
    "model", ["first", "last", "linear", "position", "u_lead", "w", "full_path", "time_decay"]
)
def test_every_model_acts(model):
    """All the models are used as written, without a warning."""
    assert agreement(f'[credit]\nmodel = "{model}"').credit.model == model


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm():
    """A file written by a Windows editor is read, and its lines are counted right."""
    assert agreement('\ufeffname = "A"\r\n[wins]\r\nfresh_days = 3\r\n').wins.fresh == timedelta(days=3)
    assert problems('\ufeffname = "A"\r\n\r\nfresh = 3\r\n')[0].startswith("line 3, fresh: ")
