"""The answer to `/leads`."""

from dataclasses import replace

import pytest

from bot.domain.facts import Named
from bot.render.leads import leads, scope_of
from tests.render import examples as ex
from tests.render.judge import faults

LONG = "x" * 300 + "@seller.example"


def title(view):
    """The heading."""
    return leads(view).blocks[0]["text"]["text"]


def rows_with_buttons(view):
    """The ids of the blocks with buttons, in order."""
    return [block["block_id"] for block in leads(view).blocks if block["type"] == "actions"]


def test_the_list_reads_aloud():
    """The text holds what the blocks show: how many wait, how many are late, what they are worth, each lead."""
    assert leads(ex.QUEUE).text == (
        "Your open leads: 2.\n"
        "1 lead late · worth about $4,800 together, by own history.\n"
        "dana.reyes@prospect.example: first contact was agreed for 20 Nov, 10:00 (America/New_York); "
        "worth about $2,400 (of 41 leads).\n"
        "Dana Reyes, Northwind Robotics: first contact agreed by 20 Nov, 10:00 (America/New_York); "
        "worth about $2,400 (of 41 leads); Came through Robot picking ebook.\n"
        "Kim Berg: Contacted."
    )


@pytest.mark.parametrize(
    ("whose", "waiting", "none"),
    [
        ("mine", "Your open leads: 3", "No open leads of yours"),
        ("team", "Open leads of the team: 3", "No open leads in the team"),
        (ex.TOM, "Open leads of Tom Lind: 3", "No open leads of Tom Lind"),
        (ex.ANA, f"Open leads of {ex.ANA.email}: 3", f"No open leads of {ex.ANA.email}"),
    ],
    ids=["mine", "team", "by name", "by address"],
)
def test_the_heading_says_whose_leads_and_how_many_wait(whose, waiting, none):
    """Leads beyond those shown count, too; settled ones do not; an empty list is one line."""
    view = replace(ex.QUEUE, whose=whose, late=0, at_stake=None)
    assert title(replace(view, more=1)) == waiting
    empty = leads(replace(view, leads=()))
    assert (empty.text, len(empty.blocks)) == (f"{none}.", 1)


def test_a_contact_that_the_crm_does_not_show_yet():
    """It is open, so the heading counts it; its line says what it waits for, aloud as well; nothing is asked."""
    view = replace(ex.QUEUE, leads=(ex.SETTLED, ex.LOGGED), late=0, at_stake=None)
    shown = leads(replace(view, unseen=frozenset({ex.SETTLED.ref, ex.LOGGED.ref})))
    assert shown.text == (
        "Your open leads: 2.\n"
        "Kim Berg: Contacted, not yet seen in the CRM.\n"
        "Iris Tan: Log details: call, reached them, not yet seen in the CRM."
    )
    drawn = ["".join(part["text"] for part in block["elements"][0]["elements"]) for block in shown.blocks[1:]]
    assert drawn == [
        "Kim Berg · Contacted, not yet seen in the CRM",
        "Iris Tan · Log details: call, reached them, not yet seen in the CRM",
    ]


@pytest.mark.parametrize(
    "named", [Named("maya@seller.example", None, "U0MAYA"), Named("m@seller.example", " ", "U1")]
)
def test_somebody_whose_name_slack_alone_knows_is_mentioned(named):
    """A title holds no mention, so it is the line below, not the e-mail address; read aloud it is one sentence."""
    view = replace(ex.QUEUE, whose=named, late=0, at_stake=None)
    shown = leads(view)
    assert (title(view), shown.blocks[1]["elements"][1]["text"]) == ("Open leads: 2", f"<@{named.slack_id}>")
    assert shown.text.splitlines()[0] == f"Open leads of <@{named.slack_id}>: 2."
    assert leads(replace(view, leads=())).text == f"No open leads of <@{named.slack_id}>."
    assert title(replace(view, leads=())) == "No open leads"


@pytest.mark.parametrize(
    ("shown", "said"), [(ex.SNOOZED, "Nothing to do just now"), (ex.SETTLED, "All settled, thank you")]
)
def test_a_list_that_asks_for_nothing_says_so(shown, said):
    """Where everything shown is answered, the heading thanks; where something will wait again, it does not."""
    assert title(replace(ex.QUEUE, leads=(shown,), late=0, at_stake=None)) == said


def test_twenty_leads_are_shown_and_the_rest_is_counted():
    """Of 23 leads and 4 beyond them 20 are drawn: "and 7 more"."""
    payload = leads(replace(ex.QUEUE, leads=ex.leads_of(23), more=4))
    assert len([block for block in payload.blocks if block["type"] == "actions"]) == 20
    assert payload.blocks[-1]["elements"][0]["text"] == "and 7 more"
    assert title(replace(ex.QUEUE, leads=ex.leads_of(23), more=4)) == "Your open leads: 27"


@pytest.mark.parametrize("scope", ["mine", "team", "tom.lind@seller.example", "a:b@seller.example"])
def test_buttons_tell_which_list_they_are_in(scope):
    """Each row of buttons has an id of its own, from which the list is known."""
    names = rows_with_buttons(replace(ex.QUEUE, scope=scope))
    assert names == [f"leads:{index}:{scope}" for index in range(3)]
    assert {scope_of(name) for name in names} == {scope}


@pytest.mark.parametrize("name", ["lead:0:mine", "leads", "leads:0", "leads:0:", ""])
def test_other_buttons_are_in_no_list(name):
    """What is not a list's names none."""
    assert scope_of(name) is None


def test_an_address_too_long_for_an_id_names_no_list():
    """A cut address would be somebody else's."""
    names = rows_with_buttons(replace(ex.QUEUE, scope=LONG))
    assert (len(set(names)), {scope_of(name) for name in names}) == (3, {None})


def test_the_longest_list_is_one_that_slack_takes():
    """Twenty leads with everything that can be told of a lead are within every limit."""
    one = replace(
        ex.FOLLOW_UP, name="n" * 200, company="c" * 200, undo="A" * 32, offer=True, since=("s" * 99,) * 3
    )
    view = replace(
        ex.QUEUE, leads=tuple(replace(one, ref=f"{index:032}") for index in range(25)), more=10**6, scope=LONG
    )
    assert faults(leads(view), ("<https://crm.seller.example/", "<!date^1795186800", "<@U0MAYA>")) == []
