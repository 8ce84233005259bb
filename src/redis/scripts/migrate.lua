-- migrate: converts keys of the layout that `schema` calls 1 to this layout,
-- some of all keys at a time. Converted keys stay as they are, so a migration
-- that broke off begins again. While the key `migration` exists, no gateway
-- works with these keys.

local moved = 0

-- A connected old gateway would go on writing the old layout.
local function old_gateways()
	local names = {}
	for _, name in ipairs(redis.call('SMEMBERS', key('gateways'))) do
		local i = redis.call('HMGET', key('instance', name), 'token',
		    'schema')
		if i[1] and i[2] ~= a.schema then
			names[#names + 1] = name
		end
	end
	return names
end

if a.cursor == '0' then
	local names = old_gateways()
	if names[1] then
		return answer({result = 'others',
		    names = table.concat(names, ', ')})
	end
	-- From now on no old gateway can connect.
	redis.call('SET', prefix .. 'schema', a.schema)
	redis.call('HSETNX', prefix .. 'migration', 'since', now)
end

-- Families whose names changed.
local RENAMED = {told_of = 'last_outcome', said = 'wish_mark',
    seen = 'incoming_mark', asked = 'question_count', called = 'call_mark',
    complained = 'complaint', wrong = 'wrong_factor', untold = 'awaited_gateways'}

local function new_name(family, rest, kind)
	if family == 'told' then
		return (kind == 'hash' and 'outcome:' or 'confirmation:') ..
		    rest
	elseif family == 'heard' then
		return rest == '' and 'questions' or 'question:' .. rest
	end
	return RENAMED[family] and RENAMED[family] ..
	    (rest ~= '' and ':' .. rest or '')
end

local function rename(name, to)
	if redis.call('EXISTS', prefix .. to) == 0 then
		redis.call('RENAME', name, prefix .. to)
		moved = moved + 1
	end
end

-- Makes the hash again: a hash that once had a long value stays in its large
-- form.
local function pack_message(m, rank)
	m.order = tonumber(rank:match('%.(%d+)$')) or 0
	m.rank = nil
	redis.call('DEL', key('message', m.id))
	store_new(m)
end

-- In this layout, the list of missed notices holds dossiers.
local function move_missed(m)
	local missed = key('missed', m.agency)
	local at = m.dossier ~= '' and redis.call('ZSCORE', missed, m.id)
	local r = at and redis.call('HMGET', key('dossier', m.dossier), 'code',
	    'missed')
	if not at or not r[1] then
		return
	end
	local old = read_missed(r[2])
	redis.call('ZREM', missed, m.id)
	if not old or old.at < (tonumber(m.at) or 0) then
		redis.call('HSET', key('dossier', m.dossier), 'missed',
		    missed_entry({state = m.state, reason = m.reason,
		    status = m.status, at = tonumber(m.at) or now,
		    agency = m.agency}), 'missed_id', m.id)
		redis.call('ZADD', missed, at, m.dossier)
	end
end

local function migrate_message(id)
	local old_rank = redis.call('HGET', key('message', id), 'rank')
	local m = load(id)
	if not m or not old_rank then
		return
	end
	move_missed(m)
	if m.text then		-- one that is retired has none, but an end
		pack_message(m, old_rank)
	end
	if is_at(m, 'held') then
		redis.call('ZADD', key('held', m.agency), m.expires_at, id)
		redis.call('ZREM', key('expiring'), id)
	end
	moved = moved + 1
end

-- In the old layout, a lane was a list of its own.
local function migrate_lane(name)
	local lane = redis.call('LRANGE', name, 0, -1)
	for i, id in ipairs(lane) do
		local m = load(id)
		if m and is_open(m) then
			join_lane(m)
			if i > 1 and is_at(m, 'schedule') then
				redis.call('ZADD', key('behind'), 'NX',
				    now + unknown_wait_ms, id)
			end
		end
	end
	redis.call('DEL', name)
	moved = moved + 1
end

-- In the old layout, the content of an event without time and key was in its
-- mark.
local function migrate_event(name)
	local id = redis.call('GET', name)
	local m = fields_of(id, 'dossier', 'at', 'created_at')
	if not m[1] or m[1] == '' then
		return
	end
	local record = key('dossier', m[1])
	local r = redis.call('HMGET', record, 'at', 'content')
	if r[1] == m[2] and not r[2] then
		redis.call('HSET', record, 'content', id, 'content_at', m[3])
		moved = moved + 1
	end
end

-- early:<imsi>:<phone>:<tp-mr>: the last part is a field in this layout.
local function migrate_early(name, rest)
	local pair, reference = rest:match('^(.*:.*):(%d+)$')
	if pair then
		put_early(pair:match('^(.*):'), pair:match(':(.*)$'),
		    reference, redis.call('GET', name))
		redis.call('DEL', name)
		moved = moved + 1
	end
end

-- In this layout, the segments of a message are adrift, not the message.
local function migrate_adrift(name)
	for _, id in ipairs(redis.call('SMEMBERS', name)) do
		local m = not id:find(':', 1, true) and load(id)
		if m then
			for i = 1, m.segments do
				if not is_done(m, i) then
					redis.call('SADD', name, id .. ':' .. i)
				end
			end
			redis.call('SREM', name, id)
			moved = moved + 1
		end
	end
end

local function drop(name)
	redis.call('UNLINK', name)
	moved = moved + 1
end

local function migrate_dossier(name, code)
	if codes_key(code) then
		redis.call('ZADD', codes_key(code), 0, code)
	end
end

-- Members of messages:<phone> are removed one by one, when they are retired.
local function migrate_messages(name)
	redis.call('PERSIST', name)
end

-- By the type that each one has in the old layout.
local BY_FAMILY = {
	message = {'hash', function(_, id) migrate_message(id) end},
	lane = {'list', migrate_lane}, event = {'string', migrate_event},
	early = {'string', migrate_early}, adrift = {'set', migrate_adrift},
	dossier = {'hash', migrate_dossier}, messages = {'zset',
	    migrate_messages}, digits = {'set', drop}, open = {'zset', drop},
	forgetting = {'zset', drop},
}

local page = redis.call('SCAN', a.cursor, 'MATCH',
    prefix:gsub('[%*%?%[%]\\]', '\\%0') .. '*', 'COUNT', a.count)
for _, name in ipairs(page[2]) do
	local kind = redis.call('TYPE', name).ok
	local family, rest = name:sub(#prefix + 1):match('^([^:]*):?(.*)$')
	local own, to = BY_FAMILY[family], new_name(family, rest, kind)
	if to then
		rename(name, to)
	elseif own and own[1] == kind then
		own[2](name, rest)
	end
end
if page[1] == '0' then
	redis.call('DEL', prefix .. 'migration')
end
return answer({result = page[1] == '0' and 'done' or 'more', cursor = page[1],
    looked = #page[2], moved = moved})
