"""The agreement that `winbell init` writes: every key, what it means, and its default."""

from __future__ import annotations

from typing import Final

TEMPLATE: Final = """\
# What sales and marketing agreed on.
#
# Every key is here. What stands without a # is the default.
# A line like  #key = value  is an example: remove the # to use it.
# "Not yet" marks what this version reads and checks, but does not act on; it says so when it starts.
# The file is read when Winbell starts, where a mistake is named with its line and stops the start, and again
# whenever it changes, where a mistake leaves the agreement as it was.


# The name that reports and messages show.
name = "Our agreement"

# Where your working hours, days and months are counted: an IANA time zone.
timezone = "UTC"

# The currency of your reports (ISO 4217).
currency = "USD"

# E-mail addresses of the people who look after Winbell. Default: nobody.
#admins = ["ops@seller.example"]

# What other currencies are worth in yours; this says that 1 EUR is 1.0845 of it. Default: none. Deals in a
# currency without a rate are listed apart, never counted as zero.
#conversion = { EUR = "1.0845", GBP = "1.27" }

# Or rates with the day from which they hold: a CSV file beside this one, whose first line is
# currency,from,rate
#conversion_file = "rates.csv"


# When people work. A day has one or more windows; one that ends past midnight belongs to the day it begins
# on ("22:00-06:00"), and "24:00" is midnight. [] is closed. Once you write one day, a day you leave out is
# closed.
[hours]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]
sat = []
sun = []

# Round the clock, every day. Then leave out all the days above. Default: false.
#always = true

# Public holidays of a country, or of a part of it; extra closed days; and holidays on which you work.
# Default: none.
#holidays = { country = "US", subdivision = "MI", extra = ["2026-12-24"], except = [] }

# Single days with hours of their own, holidays too. Default: none.
#exceptions = { "2026-12-31" = ["09:00-12:00"] }


# The stages of a deal as your CRM writes them; capitals do not matter. A deal in a stage that is not named
# here is kept and listed as unknown.
[stages]
# The open ones, in the order in which a deal passes through them.
open = ["prospecting", "engaging"]
won = ["won", "closedwon"]
lost = ["lost", "closedlost"]
# The chance of winning from each open stage, 0 to 1: it weights the pipeline. One without counts as 0.
probability = { prospecting = 0.1, engaging = 0.3 }


# What you promise for which leads. The first tier that matches a lead counts; a last one without `when`
# takes the rest. Write as many [[tier]] as you have promises, each with its own name.
[[tier]]
name = "all"

# Which leads: min_score, channel, campaign, asset, stage, type, segment, team. All that you write must
# hold; a list means any of. Default: every lead.
#when = { min_score = 80, channel = ["paid_search", "organic"] }

# Working hours from the lead's creation to the first contact.
first_contact_hours = 4

# How many attempts to reach a lead before it is given up. Default: 1, the first contact only.
#attempts = 6

# Working hours after an attempt until the next one is due, or a list with one number for each attempt after
# the first. Default: 8.
#spacing_hours = 8

# Working hours from the creation in which all attempts are made. Default: 40.
#within_hours = 40

# Attempts closer together than this count as one, in hours of the clock on the wall. Default: 1.
#min_gap_hours = 1


# What counts as a contact: these kinds, if a person did it, towards the lead. Automatic e-mails do not.
[contact]
counts = ["call", "email", "meeting", "message"]

# Whether the owner's press of "Contacted" stops the clock when the CRM shows no contact.
# It is marked as said, not seen.
owner_word_counts = true


# How the owners of leads are reminded. Nobody is written to outside the hours above, read in their own
# time zone.
[reminders]
# Takes what has no owner, no manager or no Slack account.
channel = "#sales-ops"

# Tell the owner of a new lead at once, in their working hours.
on_assignment = false

# The part of the promised time after which a lead is at risk: above 0 and below 1.
at_risk = 0.75

# When (at_risk, breach, or breach and a part of the promised time more) and who (owner, manager, channel,
# or an e-mail address). A step can offer to hand the lead over. Default: the four below; [] is no reminders.
#steps = [
#    { at = "at_risk", to = "owner" },
#    { at = "breach", to = "owner" },
#    { at = "breach+50%", to = "manager" },
#    { at = "breach+100%", to = "channel", offer = "hand over" },
#]

# The most reminders a person gets in a day. What is due together is one message, however many leads it holds.
max_per_person_per_day = 6

# What falls due within so many minutes is told in one message.
bundle_minutes = 5

# How often the reminders of one lead can be put off.
max_snoozes = 3

# The reasons that "Not a fit" offers.
not_a_fit = ["wrong industry", "no budget", "student", "duplicate", "spam"]


# Where won deals are told.
[wins]
channel = "#wins"

# Smaller wins are booked without a card: they are told in the digest only. Default: 0.
#minimum = "0"

# Wins that are told in another channel, too: by min_amount, kind (new, expansion, renewal), segment, team.
# All that you write must hold; a list of segments or teams means any of. Default: none.
#routes = [{ min_amount = "50000", channel = "#big-wins" }, { kind = "renewal", channel = "#renewals" }]

# A deal that was won more days ago than this, and is seen for the first time, is booked without a message.
fresh_days = 7

# The goal that each win counts towards, by week, month, quarter or year; or a list of goals, for teams:
# { team = "EMEA", period = "month", amount = "100000" }. Default: none.
#goal = { period = "month", amount = "300000" }

# More wins than this within a minute become one message that lists them all. Default: 5.
#group_after = 5

# Show an order of people, not only of teams and assets. Default: false.
#rank_people = true


# How a win is shared among the marketing that touched the customer.
[credit]
# position (the first and the last touch get the shares below, those between share the rest), first, last,
# linear, u_lead (first touch, and the one that made the lead), w (and the one that made the deal), full_path
# (and the last one), time_decay (the older, the less). A win that is booked keeps its model.
model = "position"

# The shares of the first and of the last touch: 1 together at most.
position = [0.4, 0.4]

# The days in which a touch loses half its weight, for time_decay. Default: 30.
#half_life_days = 30

# A touch counts when it was at most so many days before the win. 0 is no limit.
lookback_days = 90

# What those who helped to win get, by their role, where the deal does not tell their shares: 1 together at
# most, the owner gets the rest. Default: nothing; they are named beside the owner.
#contributors = { sdr = "0.1", "sales engineer" = "0.2" }


# What marketing promises: leads, their value, or both, by week, month, quarter or year, for one channel or
# for all. Write as many [[promise]] as you have promises. Default: none.
#[[promise]]
#period = "month"
#channel = "all"
#leads = 500
#value = "500000"


# Not yet: what one attempt to reach a lead costs, to find the attempt after which it no longer pays.
# Default: none.
#[economics]
#hourly_cost = "36"
#attempts_per_hour = 6


# The channel in which both sides read what concerns them all, such as a change of this agreement.
# Default: the channel of the reminders.
#[digests]
#channel = "#growth"

# Not yet: summaries in that channel, and when. Default: none.
#daily = "09:00"
#weekly = "mon 09:30"
#monthly = "1 10:00"


# What a channel shows of the customer: company, contact (the company and the contact's name) or none (not even
# the deal's name). Default: company.
#[privacy]
#wins = "company"
"""
"""A valid agreement, equal to the defaults, without a warning. Its commented-out lines are valid too."""
