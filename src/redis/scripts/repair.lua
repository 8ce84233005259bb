-- repair: some of all keys, or some members of one set: is each message where
-- its state belongs, and does each place hold only what belongs there? What
-- is not so is put right; no state changes and nothing is sent by it that was
-- not waiting.

local fixed, told, sets, looked = {}, {}, {}, 0

local function note(what, id)
	fixed[what] = (fixed[what] or 0) + 1
	if #told < 100 then
		told[#told + 1] = {what, id}
	end
end

local function has(set, id)
	return redis.call('ZSCORE', set, id) and true or false
end

-- Puts an id into a set where it is missing.
local function put(set, score, id, what)
	if not has(set, id) then
		redis.call('ZADD', set, score, id)
		note(what, id)
	end
end

-- Takes an id out of a set where it must not be.
local function drop(set, id, what)
	if redis.call('ZREM', set, id) == 1 then
		note(what, id)
	end
end

local function is_in_schedule(m)
	if has((ready_key(m)), m.id) or has(key('delayed', m.pool), m.id) or
	    has(key('ready', m.pool, m.priority), m.id) then
		return true
	end
	for _, want in ipairs(redis.call('SMEMBERS', key('wants', m.pool))) do
		if has(key('ready', m.pool, m.priority, want), m.id) then
			return true
		end
	end
	return false
end

-- Into the line before those that are newer and wait, too. True: it is first.
local function join_lane(lane, ids, m)
	for i, id in ipairs(ids) do
		local other = load(id)
		if other and STATES[other.state].waits and
		    tonumber(other.rank) > tonumber(m.rank) then
			redis.call('LINSERT', lane, 'BEFORE', id, m.id)
			if i == 1 and is_at(other, 'schedule') then
				unschedule(other)
			end
			return i == 1
		end
	end
	redis.call('RPUSH', lane, m.id)
	return #ids == 0
end

-- The place of a notice among those of its dossier and phone. True: its turn
-- is now.
local function is_first_in_lane(m)
	if m.dossier == '' then
		return true
	end
	local lane = lane_of(m)
	local ids = redis.call('LRANGE', lane, 0, -1)
	for _, id in ipairs(ids) do
		if id == m.id then
			return ids[1] == m.id
		end
	end
	note('not_in_lane', m.id)
	return join_lane(lane, ids, m)
end

local function mend_queued(m)
	if not is_first_in_lane(m) or is_in_schedule(m) then
		return
	end
	schedule(m, math.max(tonumber(m.not_before or 0) or 0, 0))
	note('queued_not_scheduled', m.id)
end

local function mend_sending(m)
	is_first_in_lane(m)
	redis.call('SADD', key('gateways'), m.owner or gateway)
	put(key('leased', m.owner or gateway), tonumber(m.lease_until) or now,
	    m.id, 'sending_not_leased')
end

local function mend_unknown(m)
	is_first_in_lane(m)
	put(key('unknown'), now + unknown_wait_ms, m.id,
	    'unknown_not_decided')
end

local function mend_held(m)
	is_first_in_lane(m)
	put(key('held', m.agency), m.created_at, m.id, 'held_not_listed')
	redis.call('SADD', key('agencies'), m.agency)
end

-- Text and number go in time. `sent` has an end of its own when its report
-- comes, or its validity is over.
local function mend_final(m)
	if is_at(m, 'awaiting') and m.awaited == '1' then
		put(key('awaiting'), m.expires_at, m.id,
		    'sent_not_awaiting')
	end
	if m.phone ~= '' then
		put(key('retiring'), (tonumber(m.final_at or m.sent_at) or
		    now) + retention_ms, m.id, 'not_retiring')
	end
end

local by_place = {schedule = mend_queued, leased = mend_sending,
    unknown = mend_unknown, held = mend_held}

local function mend_message(id)
	local m = load(id)
	if not m then
		note('not_whole', id)
		return
	end
	looked = looked + 1
	if not is_open(m) then
		mend_final(m)
		return
	end
	if m.phone == '' then
		note('open_without_phone', id)
		return
	end
	by_place[STATES[m.state].place](m)
	put(key('expiring'), m.expires_at, m.id, 'not_expiring')
	if m.dossier ~= '' then
		put(key('open', m.agency), m.created_at, m.id, 'not_open')
		redis.call('SADD', key('agencies'), m.agency)
	end
end

-- What can't be first in a line any more must not block it.
local function mend_lane(name)
	local head
	for _, id in ipairs(redis.call('LRANGE', name, 0, -1)) do
		local m = load(id)
		if not m or not is_open(m) or lane_of(m) ~= name then
			redis.call('LREM', name, 0, id)
			note('lane_of_none', id)
		elseif not head then
			head = m
		end
	end
	if head and is_at(head, 'schedule') then
		mend_queued(head)
	end
end

-- Of each kind of set: may this message (or nil) be in it?
local function belongs_at(place)
	return function(m)
		return m and is_at(m, place)
	end
end

local function is_alive(m)
	return m and is_open(m)
end

-- Records from before all of them had an end get one. One of which nobody was
-- told is on the list of its agency.
local function mend_dossier(code)
	put(key('forgetting'), now + YEAR_MS, code, 'dossier_without_end')
	local entry = read_missed(redis.call('HGET', key('dossier', code),
	    'missed'))
	if entry then
		put(key('missed', entry.agency), now, code,
		    'missed_not_listed')
		redis.call('SADD', key('agencies'), entry.agency)
	end
end

local function mend_digits(name)
	for _, code in ipairs(redis.call('SMEMBERS', name)) do
		if redis.call('EXISTS', key('dossier', code)) == 0 then
			redis.call('SREM', name, code)
			note('digits_of_none', code)
		end
	end
end

local belongs = {
	ready = belongs_at('schedule'), delayed = belongs_at('schedule'),
	behind = belongs_at('schedule'),
	held = belongs_at('held'), awaiting = belongs_at('awaiting'),
	unknown = function(m)
		return m and is_at(m, 'unknown') and not m.final_at
	end,
	leased = function(m, owner)
		return m and is_at(m, 'leased') and m.owner == owner
	end,
	expiring = is_alive, open = is_alive,
	retiring = function(m)
		return m and m.phone ~= ''
	end,
	missed = function(m, agency, id)
		local entry = read_missed(redis.call('HGET',
		    key('dossier', id), 'missed'))
		return entry and entry.agency == agency or
		    m and m.dossier == '' and not is_open(m)
	end,
}

local function look_through(short)
	local family, rest = short:match('^([^:]*):?(.*)$')
	local name = prefix .. short
	if type_of(name, 'zset') ~= 'zset' then
		return '0'
	end
	local page = redis.call('ZSCAN', name, a.cursor, 'COUNT', a.count)
	for i = 1, #page[2], 2 do
		looked = looked + 1
		if not belongs[family](load(page[2][i]), rest,
		    page[2][i]) then
			drop(name, page[2][i], family .. '_of_none')
		end
	end
	return page[1]
end

local function look_at_keys()
	local glob = prefix:gsub('[%*%?%[%]\\]', '\\%0')
	local page = redis.call('SCAN', a.cursor, 'MATCH', glob .. '*',
	    'COUNT', a.count)
	for _, name in ipairs(page[2]) do
		local short = name:sub(#prefix + 1)
		local family, rest = short:match('^([^:]*):?(.*)$')
		if belongs[family] then
			sets[#sets + 1] = short
		elseif family == 'message' then
			mend_message(rest)
		elseif family == 'lane' then
			clear_way(name, 'list')
			mend_lane(name)
		elseif family == 'dossier' then
			mend_dossier(rest)
		elseif family == 'digits' then
			clear_way(name, 'set')
			mend_digits(name)
		end
	end
	return page[1]
end

local cursor = a.set and look_through(a.set) or look_at_keys()
return answer({cursor = cursor, looked = looked,
    fixed = next(fixed) and fixed or nil, told = told[1] and told or nil,
    sets = sets[1] and sets or nil})
