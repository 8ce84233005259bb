-- repair: checks some of all keys, or some members of one set: is each message
-- where its state belongs, and does each place hold only what belongs there? It
-- corrects what is wrong. No state changes, and nothing gets sent that was not
-- waiting.

local fixed, told, sets, looked = {}, {}, {}, 0

local function note(what, id)
	fixed[what] = (fixed[what] or 0) + 1
	if #told < 100 then
		told[#told + 1] = {what, id}
	end
end

local function is_in(set, id)
	return redis.call('ZSCORE', set, id) and true or false
end

-- Puts an id into a set where it is missing.
local function put(set, score, id, what)
	if not is_in(set, id) then
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
	if is_in((ready_key(m)), m.id) or is_in(key('delayed', m.pool), m.id) or
	    is_in(key('ready', m.pool, m.priority), m.id) then
		return true
	end
	for _, want in ipairs(redis.call('SMEMBERS', key('wants', m.pool))) do
		if is_in(key('ready', m.pool, m.priority, want), m.id) then
			return true
		end
	end
	return false
end

-- Puts a notice back into its lane, before newer ones that wait, too. Returns
-- true when it is the first.
local function rejoin_lane(ids, m)
	local lane, at = lane_of(m, ids), #ids + 1
	for i = #ids, 1, -1 do
		local other = load(ids[i])
		if other and other.phone == m.phone and
		    STATES[other.state].waits and other.rank > m.rank then
			at = i
		end
	end
	if ids[at] and ids[at] == lane[1] then
		local second = load(lane[1])
		if is_at(second, 'schedule') then
			unschedule(second)
		end
	end
	local is_first = not lane[1] or ids[at] == lane[1]
	table.insert(ids, at, m.id)
	set_waiting(m.dossier, ids)
	return is_first
end

-- The place of a notice in the lane of its dossier and phone. Returns true when
-- it is its turn.
local function is_first_in_lane(m)
	if m.dossier == '' then
		return true
	end
	local ids = waiting_of(m.dossier)
	if has(ids, m.id) then
		return lane_of(m, ids)[1] == m.id
	end
	note('not_in_lane', m.id)
	return rejoin_lane(ids, m)
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
	put(key('held', m.agency), m.expires_at, m.id, 'held_not_listed')
	redis.call('SADD', key('agencies'), m.agency)
end

-- Makes sure that text and number will be removed in time. `sent` gets an end
-- of its own when its report comes, or when its validity is over.
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
	if not is_at(m, 'held') then
		put(key('expiring'), m.expires_at, m.id, 'not_expiring')
	end
end

-- A notice that can't be first in a lane any more must not block it.
local function mend_lanes(code)
	local ids, heads = waiting_of(code), {}
	local rest = ids
	for _, id in ipairs(ids) do
		local m = load(id)
		if not m or not is_open(m) or m.dossier ~= code then
			rest = without(rest, id)
			note('lane_of_none', id)
		else
			heads[m.phone] = heads[m.phone] or m
		end
	end
	if #rest < #ids then
		set_waiting(code, rest)
	end
	for _, head in pairs(heads) do
		if is_at(head, 'schedule') then
			mend_queued(head)
		end
	end
end

-- For each kind of set: may this message (or nil) be in it?
local function belongs_at(place)
	return function(m)
		return m and is_at(m, place)
	end
end

-- Makes sure that lookups find the dossier, that its waiting notices are in
-- order, and that it is on its agency's list when nobody was told.
local function mend_dossier(code)
	if codes_key(code) and redis.call('HEXISTS', key('dossier', code),
	    'code') == 1 then
		put(codes_key(code), 0, code, 'code_not_found')
	end
	local entry = read_missed(redis.call('HGET', key('dossier', code),
	    'missed'))
	if entry then
		put(key('missed', entry.agency), now, code,
		    'missed_not_listed')
		redis.call('SADD', key('agencies'), entry.agency)
	end
	mend_lanes(code)
end

local function mend_codes(name)
	for _, code in ipairs(redis.call('ZRANGE', name, 0, -1)) do
		if redis.call('EXISTS', key('dossier', code)) == 0 then
			redis.call('ZREM', name, code)
			note('code_of_none', code)
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
	expiring = function(m)
		return m and is_open(m) and not is_at(m, 'held')
	end,
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
		elseif family == 'dossier' then
			mend_dossier(rest)
		elseif family == 'codes' then
			clear_way(name, 'zset')
			mend_codes(name)
		end
	end
	return page[1]
end

local cursor = a.set and look_through(a.set) or look_at_keys()
return answer({cursor = cursor, looked = looked,
    fixed = next(fixed) and fixed or nil, told = told[1] and told or nil,
    sets = sets[1] and sets or nil})
