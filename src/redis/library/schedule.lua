-- Where a message waits for a modem.
--
-- uses: guard

-- Must the same SIM go on with this message? The phone joins the segments of a
-- partly sent message by their sender. And only the same SIM, with the same
-- TP-MR, can find out whether the centre has what may be on the air already.
local function is_bound(m)
	return (m.modem or '') ~= '' and (m.done > 0 or
	    (m.resent and tostring(m.reference_kept) == '1'))
end

-- The set in which a message waits for a modem: with those for any modem of the
-- pool, with those that one SIM should send, or with those that only one SIM
-- may send ("!" is in no modem's name). Sets other than the first are in
-- `wants`.
local function ready_key(m)
	local want = m.want or ''
	if is_bound(m) then
		want = m.modem .. '!'
	end
	if want ~= '' then
		return key('ready', m.pool, m.priority, want), want
	end
	return key('ready', m.pool, m.priority)
end

-- The message's place in the schedule of its pool: a set and the score. It is
-- ready now, or delayed until due.
local function place_of(m, due)
	add_member(key('pools'), m.pool)
	if due > now then
		return key('delayed', m.pool), due
	end
	local set, want = ready_key(m)
	if want then
		add_member(key('wants', m.pool), want)
	end
	return set, m.rank
end

local function schedule(m, due)
	local set, score = place_of(m, due)
	redis.call('ZADD', set, score, m.id)
end

-- Removes the message from the set of its present state.
local function unschedule(m)
	local place = STATES[m.state].place
	if place == 'schedule' then
		redis.call('ZREM', (ready_key(m)), m.id)
		redis.call('ZREM', key('delayed', m.pool), m.id)
	elseif place == 'leased' then
		redis.call('ZREM', key('leased', m.owner or gateway), m.id)
	elseif place == 'unknown' then
		redis.call('ZREM', key('unknown'), m.id)
	elseif place == 'held' then
		redis.call('ZREM', key('held', m.agency), m.id)
	end
end

local function is_on_hold(agency)
	local holds = members_of(key('holds'))
	return holds[agency] or holds['*'] or false
end
