-- Counters of an agency and a day, for its superiors: count:<agency>:<day>, in
-- the zone of the gateway, kept for five years. No numbers, no codes. Fields:
--	event_<status>		changes that were accepted
--	suppressed_<reason>	those of them that make no text
--	reminder		reminders
--	on_time, late		results that were ready by the appointed day
--	delivered_<s>		notices that were delivered within so many
--				seconds from the event, and not within half of
--				them: 5, 10, 20 … 163840, which has all others
--	<state>			notices that ended otherwise; sent: no report was
--				asked for
--	lookup_<front>		questions; of "-" where no dossier was shown
-- Outcomes count for the day on which the notice was made, so that they stay
-- below the number of notices; one that ends in another way after all is
-- counted anew, and not where it was.
--
-- uses: guard

-- "2026-11-27", of the calendar's days since 1970 (Redis has no os.date).
local function day_of(ms)
	local n = math.floor((ms + zone_ms) / 86400000) + 719468
	local era = math.floor(n / 146097)
	local doe = n - era * 146097
	local yoe = math.floor((doe - math.floor(doe / 1460) +
	    math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
	local doy = doe - (365 * yoe + math.floor(yoe / 4) -
	    math.floor(yoe / 100))
	local mp = math.floor((5 * doy + 2) / 153)
	local month = mp < 10 and mp + 3 or mp - 9
	return string.format('%04d-%02d-%02d', yoe + era * 400 +
	    (month <= 2 and 1 or 0), month,
	    doy - math.floor((153 * mp + 2) / 5) + 1)
end

local function tally(agency, at, field, n)
	local name = key('count', agency, day_of(at))
	if add_to(name, field, n or 1) == 1 then
		redis.call('PEXPIRE', name, 5 * 366 * 86400000)
		if agency ~= '-' then
			redis.call('SADD', key('agencies'), agency)
		end
	end
end

-- A notice of this message ended in the state `is` (nil: it is open again);
-- before, it had ended in `was` (or nil). A message without an agency is not
-- counted.
local function tally_outcome(m, was, is)
	if was == is or (m.agency or '') == '' then
		return
	end
	local at = m.created_at or now
	if was and was ~= 'delivered' then
		tally(m.agency, at, was, -1)
	end
	if is == 'delivered' then
		local began = tonumber((m.event or ''):match('^%d+')) or at
		local bound = 5
		while now - began > bound * 1000 and bound < 163840 do
			bound = bound * 2
		end
		is = 'delivered_' .. bound
	end
	if is then
		tally(m.agency, at, is)
	end
end
