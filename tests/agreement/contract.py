"""The agreement as the public contract shows it, and its keys."""

EXAMPLE = """\
name = "Northwind growth agreement"
timezone = "America/New_York"
currency = "USD"                       # reports convert to it
admins = ["ops@seller.example"]
conversion = { EUR = "1.0845" }        # 1 EUR in USD; or a dated CSV: conversion_file = "rates.csv"

[hours]                                # wall time; several windows a day
mon = ["09:00-12:30", "13:30-17:30"]   # always = true instead: round the clock
holidays = { country = "US", subdivision = "MI", extra = ["2026-12-24"], except = [] }
exceptions = { "2026-12-31" = ["09:00-12:00"] }

[stages]                               # names as the CRM writes them, compared without case
open = ["prospecting", "engaging"]     # in order
won = ["won", "closedwon"]
lost = ["lost", "closedlost"]
probability = { prospecting = 0.1, engaging = 0.3 }

[[tier]]                               # the first that matches; a last one without `when` takes the rest
name = "hot"
when = { min_score = 80 }              # min_score, channel, campaign, asset, stage, type, segment, team
first_contact_hours = 1                # working hours
attempts = 6
spacing_hours = 8                      # or a list of attempts - 1
within_hours = 40
min_gap_hours = 1                      # wall clock

[contact]
counts = ["call", "email", "meeting", "message"]   # outbound, not automatic
owner_word_counts = true

[reminders]
channel = "#sales-ops"                 # fallback where no owner, manager or Slack account is known
on_assignment = false
at_risk = 0.75
steps = [ { at = "at_risk", to = "owner" }, { at = "breach", to = "owner" },
          { at = "breach+50%", to = "manager" }, { at = "breach+100%", to = "channel", offer = "hand over" } ]
max_per_person_per_day = 6
bundle_minutes = 5
max_snoozes = 3
not_a_fit = ["wrong industry", "no budget", "student", "duplicate", "spam"]

[wins]
channel = "#wins"
minimum = "0"                          # smaller ones go to the digest only
routes = [ { min_amount = "50000", channel = "#big-wins" }, { kind = "renewal", channel = "#renewals" } ]
fresh_days = 7                         # older wins first seen now are booked silently
goal = { period = "month", amount = "300000" }      # a list, for teams
group_after = 5
rank_people = false

[credit]
model = "position"                     # first, last, linear, position, u_lead, w, full_path, time_decay
position = [0.4, 0.4]
half_life_days = 30
lookback_days = 90

[[promise]]                            # marketing's side
period = "month"
channel = "all"
leads = 500
value = "500000"

[economics]                            # what one attempt to reach a lead costs: attempt cut-off
hourly_cost = "36"
attempts_per_hour = 6

[digests]
channel = "#growth"
daily = "09:00"
weekly = "mon 09:30"
monthly = "1 10:00"

[privacy]
wins = "company"                       # what a channel shows of the customer: company, contact, none
"""

_KEYS = """
name timezone currency admins conversion conversion_file
hours.always hours.mon hours.tue hours.wed hours.thu hours.fri hours.sat hours.sun hours.holidays.country
hours.holidays.subdivision hours.holidays.extra hours.holidays.except hours.exceptions
stages.open stages.won stages.lost stages.probability
tier.name tier.when.min_score tier.when.channel tier.when.campaign tier.when.asset tier.when.stage
tier.when.type tier.when.segment tier.when.team tier.first_contact_hours tier.attempts tier.spacing_hours
tier.within_hours tier.min_gap_hours
contact.counts contact.owner_word_counts
reminders.channel reminders.on_assignment reminders.at_risk reminders.steps.at reminders.steps.to
reminders.steps.offer reminders.max_per_person_per_day reminders.bundle_minutes reminders.max_snoozes
reminders.not_a_fit
wins.channel wins.minimum wins.routes.min_amount wins.routes.kind wins.routes.channel wins.fresh_days
wins.goal.period wins.goal.amount wins.goal.team wins.group_after wins.rank_people
credit.model credit.position credit.half_life_days credit.lookback_days
promise.period promise.channel promise.leads promise.value
economics.hourly_cost economics.attempts_per_hour
digests.channel digests.daily digests.weekly digests.monthly
privacy.wins
"""

KEYS = frozenset(_KEYS.split())
MORE_KEYS = frozenset({"wins.routes.segment", "wins.routes.team", "credit.contributors"})
"""Keys beside those of the public contract; each may be left out."""
