-- sweep: what time alone decides. a: on_unknown ("resend", "hold"),
-- unknown_wait_ms; stream, group, keep: of the events; reap: may leases that are over by grace_ms be taken from
-- their gateways?

local moved = 0
local function due(set, limit)
	return redis.call('ZRANGEBYSCORE', key(set), '-inf', now,
	    'LIMIT', 0, limit)
end

-- Validity passed before it was sent.
for _, id in ipairs(due('expiring', 200)) do
	redis.call('ZREM', key('expiring'), id)
	local m = load(id)
	if m and (m.state == 'queued' or m.state == 'held') then
		finish(m, 'expired', 'validity')
		moved = moved + 1
	elseif m and m.state == 'unknown' and
	    not redis.call('ZSCORE', key('unknown'), id) then
		finish(m, 'unknown', m.reason)	-- held, and nobody decided
		moved = moved + 1
	elseif m and (m.state == 'sending' or m.state == 'unknown') then
		redis.call('ZADD', key('expiring'), now + 60000, id)
	end
end

-- Validity passed and no report came.
for _, id in ipairs(due('awaiting', 200)) do
	redis.call('ZREM', key('awaiting'), id)
	local m = load(id)
	if m and m.state == 'sent' then
		change(m, 'no_report', 'validity', {final_at = now})
		retire_later(m, now)
		miss(m)
		moved = moved + 1
	end
end

-- Leased and never settled: only that gateway's journal can tell whether it
-- was said. A report may.
local function reap(m)
	for i, reference in ipairs(cjson.decode(m.references)) do
		redis.call('SET', ref_key(m.imsi, m.phone, reference),
		    m.id .. ':' .. i, 'PX',
		    math.max(0, m.expires_at - now) + 86400000)
	end
	become_unknown(m, 'lease_over', a.unknown_wait_ms)
	moved = moved + 1
end

for _, owner in ipairs(a.reap and redis.call('SMEMBERS', key('gateways')) or
    {}) do
	local leased = key('leased', owner)
	for _, id in ipairs(redis.call('ZRANGEBYSCORE', leased, '-inf',
	    now - a.grace_ms, 'LIMIT', 0, 200)) do
		redis.call('ZREM', leased, id)
		local m = load(id)
		if m and m.state == 'sending' and m.owner == owner then
			reap(m)
		end
	end
end

-- Unknown for long enough: once more, or left to the operator.
for _, id in ipairs(due('unknown', 200)) do
	redis.call('ZREM', key('unknown'), id)
	local m = load(id)
	if m and m.state == 'unknown' then
		if m.no_resend or m.resent or m.expires_at <= now then
			finish(m, 'unknown', m.no_resend == 'optout' and
			    'optout' or m.no_resend and 'newer_status' or
			    m.reason)
		elseif a.on_unknown == 'resend' then
			resend(m)
			schedule(m, 0)
		else	-- stays in the operator's list until its validity ends
			redis.call('ZADD', key('unknown'), m.expires_at, id)
		end
		moved = moved + 1
	end
end

-- Nobody may keep these any longer. The daemon makes the hashes for the
-- numbers of messages.
local retire_now = {}
for _, id in ipairs(due('retiring', 200)) do
	local phone = redis.call('HGET', key('message', id), 'phone')
	if phone and phone ~= '' then
		retire_now[#retire_now + 1] = {id, phone}
	else
		redis.call('ZREM', key('retiring'), id)
	end
end
for _, code in ipairs(due('forgetting', 200)) do
	forget_phone(code)
end

-- Whole nodes are quickly cut; only what is left is cut one by one.
local function trim(stream, oldest)
	if redis.call('XTRIM', stream, 'MINID', '~', oldest,
	    'LIMIT', 5000) == 0 then
		redis.call('XTRIM', stream, 'MINID', '=', oldest)
	end
end

for _, stream in ipairs({'receipts', 'rejected', 'feedback', 'alarms'}) do
	trim(key(stream), now - retention_ms)
end

-- Kept events, but only such as were taken and acknowledged.
if a.keep and redis.call('EXISTS', a.stream) == 1 then
	local id = oldest_needed(a.stream, a.group)
	trim(a.stream, math.min(now - retention_ms,
	    tonumber(id:match('^%d+'))))
end

-- Ready for long, told, and not collected: the daemon makes one reminder.
local remind = {}
for _, code in ipairs(due('remind', 50)) do
	redis.call('ZREM', key('remind'), code)
	local record = key('dossier', code)
	local r = redis.call('HMGET', record, 'status', 'reminded')
	if r[1] == 'ready' and not r[2] then
		redis.call('HSET', record, 'reminded', now)
		local flat, object = redis.call('HGETALL', record), {}
		for i = 1, #flat, 2 do
			object[flat[i]] = flat[i + 1]
		end
		remind[#remind + 1] = object
	end
end
return answer({result = 'swept', moved = moved,
    watched = watch(math.floor(now / 3600000), {}),
    retire = #retire_now > 0 and retire_now or nil,
    remind = #remind > 0 and remind or nil})
