"""Whole payloads, as files to be read. WINBELL_GOLDEN=write writes them anew; then look at the difference."""

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.win_facts import Contribution
from bot.render import answers, forms, win_forms
from bot.render.agreement import agreement_changed, agreement_words
from bot.render.brief import brief, feedback
from bot.render.card import win_card
from bot.render.claim import claim, claim_answer, merge_offer
from bot.render.handover import hand_over
from bot.render.leads import leads
from bot.render.notice import notice
from bot.render.nudge import nudge
from bot.render.pipeline import pipeline
from bot.render.sla import sla
from bot.render.win_story import win_story
from bot.render.wins import wins
from tests.render import examples as ex
from tests.render import win_examples as win
from tests.render import wins_examples as wx
from tests.render.judge import faults, view_faults

FOLDER = Path(__file__).parent / "golden"
OURS = ("<@U0MAYA>", "<https://crm.seller.example/", "<!date^1795186800")

CASES = {
    "card_won": win_card(ex.CARD),
    "card_won_again": win_card(replace(ex.CARD, number=2, won_on=date(2027, 2, 1))),
    "card_corrected_amount": win_card(replace(ex.CARD, was_amount=ex.eur(1200000))),
    "card_corrected_owner": win_card(replace(ex.CARD, owner=ex.ANA, was_owner=ex.MAYA)),
    "card_corrected_both": win_card(replace(ex.CARD, was_amount=ex.eur(1200000), was_owner=ex.TOM)),
    "card_unattributed": win_card(ex.UNATTRIBUTED),
    "card_nine_assets": win_card(replace(ex.CARD, credits=ex.credits_of(10), story_left_out=4)),
    "card_nobody_known": win_card(replace(ex.CARD, owner=None, contributors=(), url=None)),
    "card_two_helpers": win_card(
        replace(ex.CARD, contributors=(Contribution(ex.TOM), Contribution(ex.ANA, "sales engineer")))
    ),
    "card_no_amount": win_card(
        replace(ex.CARD, amount=None, credits=tuple(replace(c, amount=None) for c in ex.CARD.credits))
    ),
    "card_unknown_currency": win_card(
        replace(
            ex.CARD,
            amount=None,
            amount_text="12500 ABC",
            credits=tuple(replace(c, amount=None) for c in ex.CARD.credits),
        )
    ),
    "card_zero": win_card(replace(ex.UNATTRIBUTED, amount=ex.eur(0), credits=())),
    "card_negative": win_card(replace(ex.UNATTRIBUTED, amount=ex.eur(-50000), credits=())),
    "card_reopened": win_card(replace(ex.CARD, status="reopened")),
    "card_lost": win_card(replace(ex.CARD, status="lost")),
    "card_deleted": win_card(replace(ex.CARD, status="deleted", owner=None, url=None)),
    "card_merged": win_card(replace(ex.CARD, status="merged", owner=ex.TOM)),
    "card_by_hand": win_card(replace(ex.CARD, by_hand=True, url=None)),
    "claim_asset": claim(win.CLAIM),
    "claim_person": claim(win.BARE_CLAIM),
    "claim_confirmed": claim(win.CONFIRMED),
    "claim_declined": claim(win.DECLINED),
    "claim_answer_confirmed": claim_answer(win.CONFIRMED),
    "claim_answer_declined": claim_answer(win.DECLINED),
    **{f"merge_{offer.state}": merge_offer(offer) for offer in win.OFFERS},
    "nudge_two_leads": nudge(ex.NUDGE),
    "nudge_one_answered": nudge(replace(ex.NUDGE, leads=(ex.MINE, ex.SETTLED))),
    "nudge_all_settled": nudge(
        replace(
            ex.NUDGE,
            leads=(
                ex.SETTLED,
                replace(ex.AT_RISK, state="seen"),
                replace(ex.BREACHED, state="closed"),
            ),
        )
    ),
    "nudge_channel": nudge(
        replace(ex.NUDGE, to_channel=True, leads=(replace(ex.AT_RISK, owner=ex.TOM), ex.BREACHED), more=7)
    ),
    "nudge_channel_without_owner": nudge(
        replace(ex.NUDGE, to_channel=True, leads=(replace(ex.AT_RISK, owner=None),))
    ),
    "nudge_new": nudge(replace(ex.NUDGE, leads=(ex.NEW,))),
    "nudge_call_back": nudge(replace(ex.NUDGE, leads=(ex.CALL_BACK,))),
    "nudge_contact_and_intent": nudge(
        replace(ex.NUDGE, leads=(replace(ex.MINE, intent="demo_request", intent_at=ex.DUE),))
    ),
    "nudge_follow_up": nudge(replace(ex.NUDGE, leads=(replace(ex.FOLLOW_UP, owner=None),))),
    "nudge_intent": nudge(replace(ex.NUDGE, leads=(ex.DEMO,))),
    "nudge_worth": nudge(
        replace(
            ex.NUDGE,
            leads=(
                replace(ex.MINE, worth=ex.LeadWorth(ex.usd(240000), 41, few=False), since=ex.SINCE),
                replace(ex.DEMO, worth=ex.LeadWorth(ex.usd(90000), 7, few=True), source=None, since=ex.SINCE),
            ),
            at_stake=ex.usd(330000),
        )
    ),
    "nudge_snoozed": nudge(replace(ex.NUDGE, leads=(ex.SNOOZED, ex.SETTLED))),
    "nudge_answers": nudge(
        replace(
            ex.NUDGE,
            leads=(
                replace(ex.SETTLED, undo="A-1"),
                ex.LOGGED,
                replace(ex.SETTLED, state="seen"),
                ex.UNFIT,
                ex.PASSED_ON,
                replace(ex.PASSED_ON, state="reassigned"),
                replace(ex.SETTLED, state="closed"),
                replace(ex.SETTLED, state="closed", answer="they replied"),
            ),
        )
    ),
    "nudge_hand_over_offered": nudge(replace(ex.NUDGE, leads=(ex.ASKED,))),
    "nudge_hand_over_declined": nudge(
        replace(ex.NUDGE, leads=(replace(ex.ASKED, hand_over="declined", undo=None),))
    ),
    "nudge_offers_the_hand_over": nudge(
        replace(ex.NUDGE, to_channel=True, leads=(replace(ex.BREACHED, offer=True),))
    ),
    "handover_offered": hand_over(ex.HAND_OVER),
    "handover_offered_bare": hand_over(ex.BARE_HAND_OVER),
    "handover_accepted": hand_over(ex.TAKEN_OVER),
    "handover_accepted_and_contacted": hand_over(
        replace(ex.TAKEN_OVER, reason=None, line=replace(ex.SETTLED, undo="A-1"))
    ),
    "handover_declined": hand_over(replace(ex.HAND_OVER, state="declined")),
    "handover_withdrawn": hand_over(replace(ex.HAND_OVER, state="withdrawn")),
    "handover_settled": hand_over(replace(ex.HAND_OVER, state="settled", due=None)),
    "pipeline_team": pipeline(ex.PIPELINE),
    "pipeline_listed_apart": pipeline(
        replace(ex.PIPELINE, whose="Maya Okafor", not_converted=ex.APART, unknown_stages=("On hold", "Legal"))
    ),
    "pipeline_empty": pipeline(ex.EMPTY_PIPELINE),
    "wins_team": wins(wx.TEAM),
    "wins_team_ranked": wins(wx.RANKED),
    "wins_of_somebody": wins(wx.OF_TOM),
    "wins_of_an_asset": wins(wx.OF_EBOOK),
    "wins_none": wins(wx.NOTHING),
    "win_story": win_story(wx.STORY),
    "win_story_unattributed": win_story(wx.UNATTRIBUTED),
    "win_story_shortened": win_story(wx.LONG),
    "win_story_no_win": win_story(wx.NO_WIN),
    "win_story_unclear": win_story(wx.UNCLEAR),
    "win_story_unknown": win_story(wx.UNKNOWN),
    "leads_mine": leads(ex.QUEUE),
    "leads_team": leads(replace(ex.QUEUE, whose="team", scope="team", leads=(ex.FOLLOW_UP,), more=7)),
    "leads_of_somebody_snoozed": leads(
        replace(ex.QUEUE, whose=ex.TOM, scope=ex.TOM.email, leads=(ex.SNOOZED,), late=0, at_stake=None)
    ),
    "leads_none": leads(replace(ex.QUEUE, leads=(), late=0, at_stake=None)),
    "sla_team": sla(ex.SLA_TEAM),
    "sla_mine_one_contact_agreed": sla(
        replace(ex.SLA_TEAM, whose="mine", period="week", rows=(), total=ex.SLA_TEAM.rows[1], follow_up=False)
    ),
    "sla_of_somebody_without_leads": sla(
        replace(ex.SLA_TEAM, whose=ex.MAYA, rows=(), total=replace(ex.SLA_TEAM.rows[2], open=0, at_risk=0))
    ),
    "notice": notice(ex.NOTICE),
    "agreement_words": agreement_words(ex.TERMS, ex.DUE, "America/New_York"),
    "agreement_words_not_in_force": agreement_words(ex.TERMS, None, "America/New_York"),
    "agreement_changed": agreement_changed(ex.TERMS.name, ex.CHANGES, "America/New_York", ex.DUE),
    "brief": brief(ex.BRIEF),
    "brief_leads_alone": brief(replace(ex.BRIEF, behind=(), more=7)),
    "brief_promises_alone": brief(replace(ex.BRIEF, leads=())),
    "feedback": feedback(ex.FEEDBACK),
    "feedback_deleted_lead": feedback(replace(ex.FEEDBACK, leads=(replace(ex.NOT_A_FIT, deleted=True),))),
    "feedback_many": feedback(replace(ex.FEEDBACK, leads=(ex.NOT_A_FIT,), more=40)),
    "feedback_taken_back": feedback(replace(ex.FEEDBACK, leads=())),
    "answer_not_yours": answers.unchanged("not yours"),
    "answer_already_answered": answers.unchanged("already"),
    "answer_gone": answers.unchanged("gone"),
    "answer_too_late": answers.unchanged("too late"),
    "answer_not_opened": answers.not_opened(),
    "answer_nothing_found": answers.nothing_found("northwing"),
    "answer_unknown_words": answers.unknown_words("everything please", "/pipeline [mine|team]"),
    "answer_busy": answers.busy(),
    "answer_failed": answers.failed("7f3a"),
}
VIEWS = {
    "form_log_details": forms.form("log_details", ex.FORM),
    "form_snooze": forms.form("snooze", ex.FORM),
    "form_snooze_last_one_any_time": forms.form("snooze", replace(ex.FORM, suggestions=(), snoozes_left=1)),
    "form_snooze_used_up": forms.form("snooze", replace(ex.FORM, snoozes_left=0)),
    "form_hand_over": forms.form("hand_over", ex.FORM),
    "form_not_a_fit": forms.form("not_a_fit", ex.FORM),
    "form_not_a_fit_many_reasons": forms.form(
        "not_a_fit", replace(ex.FORM, reasons=tuple(f"reason {number}" for number in range(1, 12)))
    ),
    "form_claim": win_forms.claim_form(win.FORM),
    "form_thanks": win_forms.thanks_form(win.FORM),
    "form_add_win": win_forms.hand_form(win.HAND_FORM),
    "form_claim_opening": win_forms.opening("claim_form"),
    "form_opening": forms.opening("snooze"),
    "form_taking_longer": forms.taking_longer("Snooze"),
    "form_noted": forms.noted("Snooze"),
    "form_said": forms.said("Snooze", answers.UNCHANGED["already"]),
}


def as_on_file(name, body):
    """What the file of that name holds; written anew first, if that is asked for."""
    file = FOLDER / f"{name}.json"
    if os.environ.get("WINBELL_GOLDEN") == "write":
        file.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_payload_is_the_one_on_file(name):
    """The message is exactly the one that was looked at when its file was written."""
    assert as_on_file(name, CASES[name].as_dict()) == CASES[name].as_dict()


@pytest.mark.parametrize("name", VIEWS)
def test_view_is_the_one_on_file(name):
    """The form is exactly the one that was looked at when its file was written."""
    assert as_on_file(name, VIEWS[name]) == VIEWS[name]


@pytest.mark.parametrize("name", VIEWS)
def test_view_is_one_that_slack_takes(name):
    """Slack takes every form on file, and acts on nothing in it."""
    assert view_faults(VIEWS[name]) == []


@pytest.mark.parametrize("name", CASES)
def test_payload_is_one_that_slack_takes(name):
    """Slack takes every message on file, and acts on nothing in it but our own mentions, links and dates."""
    assert faults(CASES[name], OURS) == []


def test_every_file_has_its_case():
    """No file is left over from a message or a form that is gone."""
    assert {file.stem for file in FOLDER.iterdir()} == {*CASES, *VIEWS}
