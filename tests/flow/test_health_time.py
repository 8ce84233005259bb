#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The slower half of test_health.py: what is shown in time, balances, and what
operators write. Apart, so that each file ends within its limit."""

import test_health as health
from lab import run

run([
    health.issue12_5_the_balance_is_asked_on_schedule,
    health.issue12_5_the_balance_outlives_a_restart,
    health.issue12_5_complaint_26_credit_is_looked_at_when_sends_fail,
    health.issue12_5_complaint_19_a_balance_waits_for_texts,
    health.issue12_5_operators_texts_are_kept,
    health.issue12_5_an_operators_word_of_blocking_raises_an_alarm,
    health.issue12_2_a_dead_modem_is_shown_in_time,
    health.issue12_2_an_unplugged_modem_is_shown_in_time,
    health.issue12_2_a_lost_registration_is_shown_in_time,
    health.issue12_2_what_waits_for_a_modem_that_goes_takes_another,
    health.issue12_2_a_dead_modem_comes_back,
])
