-- control: what an operator decides, some hundreds of messages at a time.

local moved, more = 0, false

local function agencies()
	return a.agency == '*' and redis.call('SMEMBERS', key('agencies')) or
	    {a.agency}
end

-- Ids of a set per agency, newer than since, oldest first. What can't be
-- acted on leaves the set, but for what a modem holds: that may come back.
local most = a.window + 1000
local function each(set, act)
	for _, agency in ipairs(agencies()) do
		local ids = redis.call('ZRANGEBYSCORE', key(set, agency),
		    a.since > 0 and a.since or '-inf', '+inf', 'LIMIT', 0, most)
		for _, id in ipairs(ids) do
			if moved == a.window then
				more = true
				return
			end
			local m, n_refused = load(id), #refused
			if not m or not act(m) and
			    #refused == n_refused and not is_at(m, 'leased') then
				redis.call('ZREM', key(set, agency), id)
			end
		end
		more = more or #ids == most
	end
end

local function cancel(m)
	if not STATES[m.state].cancellable or
	    not finish(m, 'cancelled', 'operator') then
		return false
	end
	moved = moved + 1
	return true
end

local function start_over(m)
	redis.call('HDEL', key('message', m.id), 'resent')
	drop_references(m)
	m.resent = nil
	store(m, {done = 0, want = '', anew = m.fence})
	change(m, 'queued', 'operator')
end

-- From the start, with a validity of its own; of what may be on the air,
-- only the segments that are not known to be out.
local function again(m)
	if not STATES[m.state].repeatable or not m.text or
	    not may_become(m, 'queued') then
		return false
	end
	unschedule(m)
	redis.call('ZREM', key('retiring'), m.id)
	unmiss(m, 'operator')
	redis.call('HDEL', key('message', m.id), 'final_at', 'tried', 'vouched',
	    'no_resend')
	store(m, {tries = 0, expires_at = now + a.validity_ms})
	if STATES[m.state].unsure then
		resend(m)
	else
		start_over(m)
	end
	redis.call('ZADD', key('expiring'), m.expires_at, m.id)
	redis.call('ZADD', key('open', m.agency), m.created_at, m.id)
	-- One that is unknown has kept its place in the line.
	if m.dossier == '' or
	    redis.call('LINDEX', lane_of(m), 0) == m.id or
	    redis.call('RPUSH', lane_of(m), m.id) == 1 then
		schedule(m, 0)
	end
	moved = moved + 1
	return true
end

-- All that undelivered lists, of those that have a text. The others stay where
-- they are: a.skip counts them per agency.
local skip = {}
for agency, n in pairs(a.skip) do
	skip[agency] = tonumber(n) or 0
end
local function retry_missed()
	for _, agency in ipairs(agencies()) do
		local set, stay = key('missed', agency), skip[agency] or 0
		local members = redis.call('ZRANGE', set, stay, stay + most - 1)
		for _, member in ipairs(members) do
			if moved == a.window then
				more = true
				break
			end
			local m = load(redis.call('HGET', key('dossier', member),
			    'missed_id') or member)
			-- One that was cancelled was so by a stop.
			if not m or m.state == 'cancelled' or not again(m) then
				stay = stay + 1
			end
		end
		skip[agency] = stay
		more = more or #members == most
	end
end

local function release(m)
	if not is_at(m, 'held') or not change(m, 'queued', 'released') then
		return false
	end
	redis.call('ZREM', key('held', m.agency), m.id)
	if m.dossier == '' or
	    redis.call('LINDEX', lane_of(m), 0) == m.id then
		schedule(m, tonumber(m.not_before or 0))
	end
	moved = moved + 1
	return true
end

if a.id then
	local m = load(a.id)
	if not m then
		return answer({result = 'gone'})
	end
	local done
	if a.verb == 'cancel' then
		done = cancel(m)
	else
		done = again(m)
	end
	if not done then
		return answer({result = 'refused', state = m.state})
	end
elseif a.verb == 'cancel' then
	each('open', cancel)
elseif a.verb == 'retry' then
	retry_missed()
elseif a.verb == 'hold' then
	redis.call('SADD', key('holds'), a.agency)
elseif a.verb == 'release' then
	if a.agency == '*' then
		redis.call('DEL', key('holds'))
	elseif redis.call('SISMEMBER', key('holds'), '*') == 1 then
		return answer({result = 'all_held'})
	else
		redis.call('SREM', key('holds'), a.agency)
	end
	-- Somebody looked at it: the hour's count starts anew, or the next
	-- event would be a flood again.
	for _, agency in ipairs(agencies()) do
		redis.call('HDEL', key('rates', agency),
		    math.floor(now / 3600000))
	end
	each('held', release)
end
return answer({result = 'done', moved = moved, more = more,
    skip = next(skip) and skip or nil})
