-- sweep: what time alone decides.

local moved = 0
local function due(set, limit)
	return redis.call('ZRANGEBYSCORE', key(set), '-inf', now,
	    'LIMIT', 0, limit)
end

-- The validity ended before the message was sent.
for _, id in ipairs(due('expiring', 200)) do
	redis.call('ZREM', key('expiring'), id)
	local m = load(id)
	if m and is_at(m, 'schedule') then
		finish(m, 'expired', 'validity')
		moved = moved + 1
	elseif m and STATES[m.state].unsure and
	    not redis.call('ZSCORE', key('unknown'), id) then
		finish(m, 'unknown', m.reason)	-- held, and nobody decided
		moved = moved + 1
	elseif m and is_under_way(m) then
		redis.call('ZADD', key('expiring'), now + 60000, id)
	end
end

for _, agency in ipairs(redis.call('SMEMBERS', key('agencies'))) do
	local held = key('held', agency)
	for _, id in ipairs(redis.call('ZRANGEBYSCORE', held, '-inf', now,
	    'LIMIT', 0, 200)) do
		redis.call('ZREM', held, id)
		local m = load(id)
		if m and is_at(m, 'held') and
		    finish(m, 'expired', 'validity') then
			moved = moved + 1
		end
	end
end

-- The validity ended, and no report came.
for _, id in ipairs(due('awaiting', 200)) do
	redis.call('ZREM', key('awaiting'), id)
	local m = load(id)
	if m and is_at(m, 'awaiting') and
	    change(m, 'no_report', 'validity', {final_at = now}) then
		retire_later(m)
		miss(m)
		moved = moved + 1
	end
end

local function reap(m)
	lease_is_over(m, unknown_wait_ms)
	moved = moved + 1
end

for _, owner in ipairs(a.reap and redis.call('SMEMBERS', key('gateways')) or
    {}) do
	local leased = key('leased', owner)
	for _, id in ipairs(redis.call('ZRANGEBYSCORE', leased, '-inf',
	    now - a.grace_ms, 'LIMIT', 0, 200)) do
		redis.call('ZREM', leased, id)
		local m = load(id)
		if m and is_at(m, 'leased') and m.owner == owner then
			reap(m)
		end
	end
end

-- The gateway of this lease is gone: from now on its worker begins no other
-- segment.
local BEGUN_MS = 5000

local function is_lease_over(m)
	return redis.call('EXISTS', key('instance', m.owner)) == 0 and
	    tonumber(m.lease_until or 0) + BEGUN_MS <= now
end

-- The first message of a lane made a newer notice wait for unknown_wait. It
-- ends as it is, partly sent or unknown, and is not sent again. Returns false
-- when it only waits for its turn, or is in a modem's hands.
local function give_way(m, newer)
	if a.reap and is_at(m, 'leased') and is_lease_over(m) then
		redis.call('ZREM', key('leased', m.owner), m.id)
		reap(m)
	end
	if STATES[m.state].unsure or is_at(m, 'schedule') and m.resent then
		finish(m, 'unknown', 'newer_status')
	elseif is_at(m, 'schedule') and m.done > 0 then
		finish(m, makes_pointless(newer.status, m.status) and
		    'superseded' or 'failed', 'newer_status')
	else
		return false
	end
	moved = moved + 1
	return true
end

local function look_behind(id)
	local m = load(id)
	local first = m and STATES[m.state].waits and lane_of(m)[1]
	if not first or first == id then
		redis.call('ZREM', key('behind'), id)
		return
	end
	local is_stuck, wait = is_at(m, 'held') or is_on_hold(m.agency) or
	    a.is_window_closed, unknown_wait_ms
	if not is_stuck then
		local old = load(first)
		if not old or not give_way(old, m) then
			wait = math.min(wait, 2000)
		end
	end
	redis.call('ZADD', key('behind'), 'XX', now + wait, id)
end

for _, id in ipairs(due('behind', 200)) do
	look_behind(id)
end

-- Unknown for long enough: send it again, or leave it to the operator.
for _, id in ipairs(due('unknown', 200)) do
	redis.call('ZREM', key('unknown'), id)
	local m = load(id)
	if m and STATES[m.state].unsure then
		local is_pointless = m.no_resend or is_overtaken(m)
		if is_pointless or m.resent or m.expires_at <= now then
			finish(m, 'unknown', m.no_resend == 'optout' and
			    'optout' or is_pointless and 'newer_status' or
			    m.reason)
		elseif a.on_unknown == 'resend' then
			if resend(m) then
				schedule(m, 0)
			end
		else	-- stays in the operator's list until its validity ends
			redis.call('ZADD', key('unknown'), m.expires_at, id)
		end
		moved = moved + 1
	end
end

-- The retention is over. The daemon makes the hashes of the numbers.
local retire_now = {}
for _, id in ipairs(due('retiring', 200)) do
	local phone = redis.call('HGET', key('message', id), 'phone')
	if phone and phone ~= '' then
		retire_now[#retire_now + 1] = {id, phone}
	else
		redis.call('ZREM', key('retiring'), id)
	end
end
local cursor = end_dossiers(a.cursor, 500)
cut_wishes()

-- Redis cuts whole nodes quickly; the rest is cut entry by entry.
local function trim(stream, oldest)
	if redis.call('XTRIM', stream, 'MINID', '~', oldest,
	    'LIMIT', 5000) == 0 then
		redis.call('XTRIM', stream, 'MINID', '=', oldest)
	end
end

for _, stream in ipairs({'receipts', 'rejected', 'feedback', 'followup',
    'alarms', 'unreadable', 'operator_texts'}) do
	trim(key(stream), now - retention_ms)
end

-- Removes old events that are kept, but only acknowledged ones.
if a.keep and redis.call('EXISTS', a.stream) == 1 then
	local id = oldest_needed(a.stream, a.group)
	trim(a.stream, math.min(now - retention_ms,
	    tonumber(id:match('^%d+'))))
end

-- The result has been ready for long, and the citizen knows, but has not
-- collected it: the daemon makes one reminder.
local remind = {}
for _, code in ipairs(due('remind', 50)) do
	redis.call('ZREM', key('remind'), code)
	local record = key('dossier', code)
	local r = redis.call('HMGET', record, 'status', 'reminded')
	if r[1] and situation(r[1]).collectable and not r[2] then
		redis.call('HSET', record, 'reminded', now)
		local flat, object = redis.call('HGETALL', record), {}
		for i = 1, #flat, 2 do
			object[flat[i]] = flat[i + 1]
		end
		remind[#remind + 1] = object
	end
end
return answer({result = 'swept', moved = moved, cursor = cursor,
    watched = watch(math.floor(now / 3600000), {}),
    retire = #retire_now > 0 and retire_now or nil,
    remind = #remind > 0 and remind or nil})
