-- walk: some of all keys, for what is kept about one number, which is then
-- exported or removed.

local erasing, phone = a.verb == 'erase', a.phone
local mine = {}
for _, hash in ipairs(a.hashes) do
	mine[hash] = true
end

local found, counts = {}, {}

local function tally(kind)
	counts[kind] = (counts[kind] or 0) + 1
end

local function tell(kind, name, value)
	found[#found + 1] = {kind, name, value}
end

local function object(name)
	local flat, out = redis.call('HGETALL', name), {}
	for i = 1, #flat, 2 do
		out[flat[i]] = flat[i + 1]
	end
	return out
end

-- A message with its id, and its text in one piece.
local function whole(name, id)
	local m = object(name)
	m.id = id
	local text = text_of(m)
	for i = 2, #text do
		m[piece_name(i)] = nil
	end
	m.text = text ~= '' and text or nil
	return m
end

-- A message in a modem's hands ends first; sweep then retires it.
local function erase_message(id)
	local m = load(id)
	if not m then		-- not whole: nothing else knows of it
		redis.call('UNLINK', key('message', id))
		tally('messages')
		return
	end
	if is_at(m, 'leased') then
		store(m, {no_resend = 'optout', erased = 1})
		tally('in_hands')
		return
	end
	if is_open(m) then
		finish(m, 'cancelled', 'optout')
		tally('cancelled')
	end
	redis.call('ZREM', key('awaiting'), id)
	retire(m, a.hashes[1])
	tally('messages')
end

local function of_message(name, id)
	local r = redis.call('HMGET', name, 'phone', 'phone_hash')
	if erasing then
		if r[1] == phone then
			erase_message(id)
		end
	elseif r[1] == phone or (r[2] and mine[r[2]]) then
		tell('messages', id, whole(name, id))
	end
end

local function of_dossier(name, code)
	if redis.call('HGET', name, 'phone') ~= phone then
		return
	elseif erasing then
		forget_phone(code)
		tally('dossiers')
	else
		tell('dossiers', code, object(name))
	end
end

local function of_wish(name, hash)
	if mine[hash] and not erasing then
		tell('wishes', hash, object(name))
	end
end

-- The month's count stays as it is.
local function of_recipients(name)
	if redis.call('SISMEMBER', name, phone) == 0 then
		return
	elseif erasing then
		redis.call('SREM', name, phone)
		redis.call('SADD', name, a.hashes[1])
		tally('keys')
	else
		tell('keys', name, true)
	end
end

local function is_told(text)
	return text:find(phone, 1, true) ~= nil
end

-- For each other kind of key: returns what it holds, and how that is removed.
local function look(name)
	local kind = redis.call('TYPE', name).ok
	if kind == 'string' and redis.call('STRLEN', name) < 65536 then
		local value = redis.call('GET', name)
		return (is_told(value) or is_told(name)) and value
	elseif kind == 'hash' and redis.call('HLEN', name) < 1000 then
		local value = object(name)
		for field, text in pairs(value) do
			if is_told(field) or is_told(text) then
				return value
			end
		end
		return is_told(name) and value
	elseif kind == 'set' then
		return redis.call('SISMEMBER', name, phone) == 1 and 'SREM'
		    or is_told(name)
	elseif kind == 'zset' then
		return redis.call('ZSCORE', name, phone) and 'ZREM'
		    or is_told(name)
	end
	return is_told(name)
end

local function of_other(name)
	local value = look(name)
	if not value then
		return
	elseif not erasing then
		tell('keys', name, value)
		return
	elseif value == 'SREM' or value == 'ZREM' then
		redis.call(value, name, phone)
	else
		redis.call('UNLINK', name)
	end
	tally('keys')
end

-- For these, the key's name tells all.
local function of_named(name)
	if is_told(name) then
		of_other(name)
	end
end

local function nothing()
end

local by_kind = {message = of_message, dossier = of_dossier, wish = of_wish,
    recipients = of_recipients}
for _, kind in ipairs({'event', 'events', 'receipts', 'rejected', 'feedback',
    'followup', 'count', 'alarms', 'taken', 'ready', 'delayed', 'held', 'missed',
    'leased', 'unknown', 'expiring', 'awaiting', 'retiring', 'rates', 'sim',
    'gateway', 'quota', 'remind', 'codes', 'incoming_mark', 'wish_mark',
    'unreadable', 'operator_texts', 'strangers_wishes', 'strangers'}) do
	by_kind[kind] = nothing
end
for _, kind in ipairs({'phone', 'messages', 'day', 'last', 'concat',
    'ref', 'early', 'reported', 'adrift', 'call_mark', 'confirmation',
    'outcome', 'answers', 'parts', 'wrote'}) do
	by_kind[kind] = of_named
end

if erasing and a.cursor == '0' then
	redis.call('HSET', key('wish', a.hashes[1]), 'stop', 1, 'erased', 1,
	    'at', now)
	keep_wish(a.hashes[1])
end
local glob = prefix:gsub('[%*%?%[%]\\]', '\\%0')
local page = redis.call('SCAN', a.cursor, 'MATCH', glob .. '*', 'COUNT',
    a.count)
for _, name in ipairs(page[2]) do
	local short = name:sub(#prefix + 1)
	local kind, rest = short:match('^([^:]*):?(.*)$')
	if name ~= a.stream then
		local expected = FAMILIES[kind]
		local act = by_kind[kind] or of_other
		if expected and expected ~= 'counter' and rest ~= '' and
		    redis.call('TYPE', name).ok ~= expected then
			act = of_other	-- another's, in the place of ours
		end
		act(name, rest)
	end
end

return answer({cursor = page[1], found = #found > 0 and found or nil,
    counts = next(counts) and counts or nil,
    needed = page[1] == '0' and {oldest_needed(a.stream, a.group)} or nil})
