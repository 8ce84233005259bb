-- lease: the next due messages of some pools, by priority then age, become
-- `sending` for one modem. a: modem imsi pools count window lease_ms.

local function promote(pool)
	local delayed = key('delayed', pool)
	local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now,
	    'LIMIT', 0, 100)
	for _, id in ipairs(due) do
		redis.call('ZREM', delayed, id)
		local m = load(id)
		if m and m.state == 'queued' then
			schedule(m, 0)
		end
	end
end

-- TP-MR are ours to hand out: the SIM's next ones, but none that a text to
-- this number may still get a report for.
local function references(m)
	local list = {}
	local sim = key('sim', a.imsi)
	for i = 1, m.segments do
		local mr
		for _ = 1, 256 do
			mr = redis.call('HINCRBY', sim, 'reference', 1) % 256
			if redis.call('EXISTS',
			    ref_key(a.imsi, m.phone, mr)) == 0 then
				break
			end
		end
		list[i] = mr
	end
	return list
end

local function take(m)
	local same_sim = m.resent and m.imsi == a.imsi and
	    m.reference_kept == '1'
	local refs = same_sim and cjson.decode(m.references) or references(m)
	store(m, {owner = gateway, modem = a.modem, imsi = a.imsi,
	    fence = m.fence + 1, attempt = m.attempt + 1,
	    references = cjson.encode(refs), lease_until = now + a.lease_ms})
	change(m, 'sending', m.resent and 'unknown_resent' or '')
	redis.call('ZADD', key('leased', gateway), now + a.lease_ms, m.id)
	return {id = m.id, fence = m.fence, attempt = m.attempt,
	    phone = m.phone, text = m.text, done = m.done,
	    segments = m.segments, concat_ref = tonumber(m.concat_ref or 0),
	    references = refs, reject_duplicates = same_sim or false,
	    validity_ms = m.expires_at - now}
end

local got = {}
local priorities = a.window and {'urgent', 'high', 'normal', 'low'} or
    {'urgent'}

for _, pool in ipairs(a.pools) do
	promote(pool)
end
for _, priority in ipairs(priorities) do
	for _, pool in ipairs(a.pools) do
		while #got < a.count do
			local popped = redis.call('ZPOPMIN',
			    key('ready', pool, priority))
			if #popped == 0 then
				break
			end
			local m = load(popped[1])
			if m and m.state == 'queued' then
				if m.expires_at <= now then
					finish(m, 'expired', 'validity')
				else
					got[#got + 1] = take(m)
				end
			end
		end
	end
end

local next_due = 0
for _, pool in ipairs(a.pools) do
	local first = redis.call('ZRANGE', key('delayed', pool), 0, 0,
	    'WITHSCORES')
	if first[2] and (next_due == 0 or tonumber(first[2]) < next_due) then
		next_due = tonumber(first[2])
	end
end
if #got == 0 then
	return answer({next_in_ms = next_due > 0 and
	    math.max(0, next_due - now) or -1})
end
return answer({messages = got, next_in_ms = next_due > 0 and
    math.max(0, next_due - now) or -1})
