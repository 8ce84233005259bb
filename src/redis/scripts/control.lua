-- control: carries out an operator's decision, some hundreds of messages at a
-- time, so that Redis can do other work.

local moved, more, place = 0, false, nil

local function agencies()
	local list = a.agency == '*' and
	    redis.call('SMEMBERS', key('agencies')) or {a.agency}
	table.sort(list)
	return list
end

local function cancel(m)
	if not STATES[m.state].cancellable or
	    not finish(m, 'cancelled', 'operator') then
		return false
	end
	moved = moved + 1
	return true
end

-- Does the decision mean this message? Answers and texts that an operator sent
-- belong to no agency.
local function is_meant(id)
	local r = redis.call('HMGET', key('message', id), 'dossier', 'agency',
	    'created_at')
	return (r[1] or '') ~= '' and (a.agency == '*' or r[2] == a.agency) and
	    (tonumber(r[3]) or 0) >= a.since
end

-- Of those, which are chosen further?
local function is_chosen(m)
	return (a.state or m.state) == m.state and (a.pool or m.pool) == m.pool
	    and (a.reason or m.reason or '') == (m.reason or '')
end

local looks = 10 * a.window	-- at what is of other agencies, too

-- Looks through a set, from a cursor on. Returns false when the time was too
-- short for all; then place says where to go on.
local function cancel_in(name, set, cursor)
	repeat
		local page = redis.call('ZSCAN', set, cursor, 'COUNT', a.window)
		cursor = page[1]
		for i = 1, #page[2], 2 do
			local m = is_meant(page[2][i]) and load(page[2][i])
			if m and is_chosen(m) then
				cancel(m)
			end
		end
		looks = looks - #page[2] / 2
		if cursor ~= '0' and (looks <= 0 or moved >= a.window) then
			place = cursor .. ' ' .. name
			return false
		end
	until cursor == '0'
	return true
end

-- First looks through what agencies hold, then through `expiring`, which has
-- the unsent messages of all agencies. In the place, "" is the name for
-- `expiring`.
local function cancel_all()
	local cursor, from = (a.place or ''):match('^(%d+) (.*)$')
	local names = agencies()
	names[#names + 1] = ''
	for _, name in ipairs(names) do
		if from == nil or from == name then
			local set = name == '' and key('expiring') or
			    key('held', name)
			if not cancel_in(name, set, cursor or '0') then
				more = true
				return
			end
			from, cursor = nil, nil
		end
	end
end

local function start_over(m)
	unset(m, 'resent')
	drop_references(m)
	store(m, {done = 0, want = '', anew = m.fence})
	change(m, 'queued', 'operator')
end

-- Sends a message again from the start, with a new validity. If it may be on
-- the air, only the segments go that are not known to be sent.
local function again(m)
	if not STATES[m.state].repeatable or not m.text or
	    not may_become(m, 'queued') then
		return false
	end
	unschedule(m)
	redis.call('ZREM', key('retiring'), m.id)
	unmiss(m, 'operator')
	tally_outcome(m, m.final_at and m.state, nil)
	unset(m, 'final_at', 'tried', 'vouched', 'no_resend')
	store(m, {tries = 0, expires_at = now + a.validity_ms})
	if STATES[m.state].unsure then
		resend(m)
	else
		start_over(m)
	end
	redis.call('ZADD', key('expiring'), m.expires_at, m.id)
	-- An unknown message has kept its place in its lane.
	if m.dossier == '' or join_lane(m) then
		schedule(m, 0)
	end
	moved = moved + 1
	return true
end

-- Retries all that undelivered lists and that has a text. The others stay where
-- they are; a.skip counts them per agency.
local skip, most = {}, a.window + 1000
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
			-- A cancelled message was cancelled by a stop: leave
			-- it.
			if not m or m.state == 'cancelled' or not again(m) then
				stay = stay + 1
			end
		end
		skip[agency] = stay
		more = more or #members == most
	end
end

-- Collects what goes into sets, for one command per set: name → {score, id, …}.
local added = {}

local function add(set, score, id)
	local flat = added[set] or {}
	added[set] = flat
	flat[#flat + 1] = score
	flat[#flat + 1] = id
end

local function release(m)
	if not change(m, 'queued', 'released') then
		return false
	end
	add(key('expiring'), m.expires_at, m.id)
	if m.dossier == '' or lane_of(m)[1] == m.id then
		local set, score = place_of(m, tonumber(m.not_before or 0))
		add(set, score, m.id)
	end
	moved = moved + 1
	return true
end

local function release_all()
	for _, agency in ipairs(agencies()) do
		local held = key('held', agency)
		local room = a.window - moved
		local ids = redis.call('ZRANGE', held, 0, room - 1)
		local gone = {}
		for _, id in ipairs(ids) do
			local m = load(id)
			if not m or not is_at(m, 'held') or release(m) then
				gone[#gone + 1] = id
			end
		end
		if gone[1] then
			redis.call('ZREM', held, unpack(gone))
		end
		more = gone[1] ~= nil and #ids == room
		if more then
			break
		end
	end
	for set, flat in pairs(added) do
		redis.call('ZADD', set, unpack(flat))
	end
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
	cancel_all()
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
	-- An operator looked at it. So the hour's count starts again, else the
	-- next event would be a flood at once.
	for _, agency in ipairs(agencies()) do
		redis.call('HDEL', key('rates', agency),
		    math.floor(now / 3600000))
	end
	release_all()
end
return answer({result = 'done', moved = moved, more = more, place = place,
    skip = next(skip) and skip or nil})
