-- The course of a message: it is made, held, queued again, sent, reported,
-- ended.
--
-- uses: guard counts missed message schedule lane

-- The message ends here: it leaves schedule and lane. If its citizen gets a
-- newer notice, nobody need be told of this one. Returns false when the message
-- may not come to this state.
local function finish(m, state, reason)
	if not may_become(m, state) then
		return false
	end
	unschedule(m)
	change(m, state, reason, {final_at = now})
	retire_later(m)
	if (STATES[state].missed or state == 'cancelled' and
	    reason == 'optout' and situation(m.status).must_hear) and
	    not (reason == 'newer_status' and newer_behind(m)) then
		miss(m)
	end
	leave_lane(m)
	return true
end

-- Nothing of the message is known to be sent, and a newer notice that makes it
-- pointless waits behind it, or was sent although this server lost that
-- (note_said).
local function is_overtaken(m)
	if m.done > 0 or (m.dossier or '') == '' then
		return false
	end
	local said = redis.call('HMGET', key('last_outcome', m.dossier), 'at',
	    'status')
	return newer_behind(m) ~= nil or
	    (tonumber(said[1]) or 0) > (tonumber(m.at) or 0) and
	    makes_pointless(said[2] or '', m.status)
end

-- Puts the message back into the schedule, unless a newer notice came meanwhile
-- and nothing of this one is known to be sent. attempt: the new value of its
-- counter.
local function requeue(m, reason, due, attempt)
	local state = is_overtaken(m) and 'superseded' or 'queued'
	if not may_become(m, state) then
		return
	end
	store(m, {attempt = attempt})
	unschedule(m)
	if state == 'superseded' then
		finish(m, state, 'newer_status')
	else
		change(m, state, reason)
		schedule(m, due)
	end
end

-- How many messages are neither sent nor over.
local function count_open()
	local n = redis.call('ZCARD', key('expiring'))
	for _, agency in ipairs(redis.call('SMEMBERS', key('agencies'))) do
		n = n + redis.call('ZCARD', key('held', agency))
	end
	return n
end

local function hold(m, reason)
	if not may_become(m, 'held') then
		return
	end
	unschedule(m)
	change(m, 'held', reason)
	redis.call('ZREM', key('expiring'), m.id)
	redis.call('ZADD', key('held', m.agency), m.expires_at, m.id)
	redis.call('SADD', key('agencies'), m.agency)
end

-- Makes a new message: queued, never leased, on no list yet. fence: where its
-- counter of leases goes on; mostly nil.
local function create(m, fence)
	m.state, m.reason, m.attempt, m.done = 'queued', '', 0, 0
	m.fence = fence or 0
	m.created_at, m.tries = now, 0
	m.order = redis.call('INCR', key('order')) % 1000
	if m.segments > 1 then
		local counter = key('concat', m.phone)
		m.concat_ref = redis.call('INCR', counter) % 256
		redis.call('EXPIRE', counter, 259200)
	end
	store_new(m)
	receipt(m, 'queued', '')
end

-- Sends the message again, if possible by the SIM whose centre may still have
-- it.
local function resend(m)
	return change(m, 'queued', 'unknown_resent',
	    {resent = now, want = m.modem or ''})
end

-- A segment was sent. If the message waits, it may have to wait in another set
-- now.
local function mark_done(m, segment, lease)
	local set = ready_key(m)
	local is_ready = m.state == 'queued' and
	    redis.call('ZREM', set, m.id) == 1
	store(m, {done = m.done + 2 ^ (segment - 1)})
	if lease then
		store(m, {['out_' .. segment] = lease})
	end
	if is_ready then
		schedule(m, 0)
	end
end

-- Applies the final status report of one segment; class: "delivered" or
-- "undelivered".
local function apply_report(m, segment, class, tp_status)
	if m['report_' .. segment] then
		return false
	end
	store(m, {['report_' .. segment] = class,
	    ['tp_' .. segment] = tp_status})
	if not STATES[m.state].reportable then
		return true
	end
	local verdict, open = 'delivered', false
	for i = 1, m.segments do
		local r = m['report_' .. i]
		if r == 'undelivered' then
			verdict = r
		elseif not r then
			open = true
		end
	end
	if (verdict == 'undelivered' or not open) and change(m, verdict,
	    verdict == 'undelivered' and 'tp_' .. tp_status or why_again(m),
	    {final_at = now}) then
		redis.call('ZREM', key('awaiting'), m.id)
		retire_later(m)
		if STATES[verdict].missed then
			miss(m)
		else
			told_by(m)
		end
	end
	return true
end

-- Every segment was sent: from now on only reports matter.
local function is_out(m, wants_report)
	if not may_become(m, 'sent') then
		return
	end
	unschedule(m)
	change(m, 'sent', why_again(m), {sent_at = now})
	retire_later(m)
	if wants_report then
		store(m, {awaited = 1})
		redis.call('ZADD', key('awaiting'), m.expires_at, m.id)
	else	-- more will never be known
		told_by(m)
		tally_outcome(m, nil, 'sent')
		close(m)
	end
	redis.call('SET', key('last', m.pool, m.phone), m.modem,
	    'PX', retention_ms)
	if situation(m.status).collectable and remind_after_ms > 0 then
		redis.call('ZADD', key('remind'), now + remind_after_ms,
		    m.dossier)
	end
	leave_lane(m)
	for i = 1, m.segments do	-- reports that were faster than us
		local class = m['report_' .. i]
		if class then
			m['report_' .. i] = nil
			apply_report(m, i, class, m['tp_' .. i] or '')
		end
	end
end
