-- ask: counts one question of a citizen, judges it, and reads what it may see.
--
-- The caller compares the second factor, because it has the keys. So each use
-- of a factor counts as wrong here, and asked.lua takes that back when it was
-- right: guesses made at the same time can't escape the count. Dossiers that
-- are unknown and dossiers that this phone may not see take the same steps.

local HOUR_MS, DAY_MS = 3600000, 86400000
local OWN_MOST = 50		-- newest dossiers of a phone that count
local OTHERS = 3		-- codes that one row of digits may mean
local WRONG_MOST = 3		-- wrong second factors until the lock-out
local RUN = 4			-- missed codes in a row, of one phone

local FIELDS = {'code', 'phone', 'status', 'late_at', 'at', 'updated_at',
    'channel', 'agency', 'due', 'due_of', 'collect_at', 'fee', 'parcel',
    'id4', 'secret', 'lang', 'accents'}

local function bump(name, ttl_ms)
	local n = redis.call('INCR', name)
	if n == 1 then
		redis.call('PEXPIRE', name, ttl_ms)
	end
	return n
end

local function read(code)
	local values, r = redis.call('HMGET', key('dossier', code),
	    unpack(FIELDS)), {}
	for i, name in ipairs(FIELDS) do
		r[name] = values[i] or nil
	end
	return r
end

local function is_meant(code)
	if a.is_own then
		return true
	elseif not a.is_digits then
		return code_key(code) == a.key
	end
	return #a.digits >= 4 and
	    code_key(code):gsub('%D', ''):sub(-#a.digits) == a.digits
end

local hour = math.floor(now / HOUR_MS)
local lookups = key('lookups', hour)
local wish = wish_of(a.hashes)
local out = {hour = hour, accents = wish.accents, lang = wish.lang}

local function reply(verdict)
	watch(hour, out)
	if not a.is_free then
		local first = out.own and out.own[1]
		tally(first and first.agency or '-', now, 'lookup_' .. a.front)
	end
	out.verdict = verdict
	if verdict ~= 'own' and a.text then
		local mark = key('complaint', a.who)
		-- The same text may come again, when the gateway that had it
		-- died.
		out.complain = redis.call('SET', mark, a.text, 'NX', 'PX',
		    600000) and true or redis.call('GET', mark) == a.text
	end
	return answer(out)
end

if not a.is_free then
	if bump(key('question_count', 'ten_minutes', a.who), 600000) > a.ten_minutes or
	    bump(key('question_count', 'day', a.who), DAY_MS) > a.day then
		return reply('limited')
	end
	if add_to(lookups, 'asked', 1) == 1 then
		redis.call('PEXPIRE', lookups, 2 * HOUR_MS)
	end
end

-- The phone's own dossiers, newest first. Check each: the record may have got
-- another phone.
out.own, out.total = {}, 0
for _, code in ipairs(redis.call('ZREVRANGE', key('phone', a.phone), 0,
    OWN_MOST - 1)) do
	if is_meant(code) then
		local r = read(code)
		if r.phone == a.phone then
			if out.total >= a.first and #out.own < a.count then
				r.id4, r.secret, r.phone = nil, nil, nil
				out.own[#out.own + 1] = r
			end
			out.total = out.total + 1
		end
	end
end
if out.total > 0 then
	return reply('own')
elseif a.is_own then
	return reply('none')
end

-- Other people's dossiers. Digits without the unit's count only when one single
-- code ends in them: four digits must not fit several.
local codes, has_tail = {}, false
local members = {}
for _, code in ipairs(redis.call('ZRANGE', key('codes', a.digits:sub(-10)),
    0, -1)) do
	local all, tail = digits_of(code)
	if all == a.digits or tail == a.digits then
		members[#members + 1] = code
	end
end
for _, code in ipairs(members) do
	has_tail = has_tail or code_key(code):gsub('%D', '') ~= a.digits
	if #codes < OTHERS and (a.is_digits or code_key(code) == a.key) then
		codes[#codes + 1] = code
	end
end
if has_tail and #members > 1 then
	codes = {}
end
out.others = {}
for i = 1, OTHERS do
	local r = read(codes[i] or '?' .. i)
	r.phone = nil
	out.others[i] = codes[i] and a.factor and (r.id4 or r.secret) and r or
	    {none = true}
end

-- The names under which wrong factors count: each dossier that is meant,
-- however it was typed; or, when none is meant, what was typed.
local function names_of_wrong()
	local names = {}
	for i, code in ipairs(codes) do
		names[i] = code_key(code)
	end
	names[1] = names[1] or (a.is_digits and a.digits or a.key)
	return names
end

-- Counts one more wrong factor. The last one allowed locks for a whole day.
local function count_wrong(name)
	local n = bump(name, DAY_MS)
	if n == WRONG_MOST then
		redis.call('PEXPIRE', name, DAY_MS)
	end
	return n
end

local of_phone = key('wrong_factor', 'phone', a.who)
if a.factor then
	out.locked = count_wrong(of_phone) > WRONG_MOST
	out.wrong = {}
	-- A locked phone locks nobody else out: one phone locks at most one
	-- dossier.
	if not out.locked then
		out.wrong = names_of_wrong()
		for _, name in ipairs(out.wrong) do
			out.locked = count_wrong(key('wrong_factor', 'dossier',
			    name)) > WRONG_MOST or out.locked
		end
	end
else
	out.locked = true
end
if a.is_probe then
	return reply('others')
end

-- Counts codes that follow one another, tried by this phone or by several.
local function guess()
	local stem, last = a.digits:sub(1, -5), tonumber(a.digits:sub(-4))
	if not last or #stem < 6 then
		return
	end
	local mine, run = key('guess', a.who), 0
	local before = redis.call('HMGET', mine, 'stem', 'last', 'run')
	if before[1] == stem then
		local step = math.abs(last - tonumber(before[2]))
		run = tonumber(before[3])
		run = step == 0 and run or step <= 2 and run + 1 or 0
	end
	redis.call('HSET', mine, 'stem', stem, 'last', last, 'run', run)
	redis.call('PEXPIRE', mine, DAY_MS)
	if run == RUN then
		redis.call('SET', of_phone, WRONG_MOST, 'PX', DAY_MS)
		add_to(lookups, 'pairs', PAIRS)
	end

	local all = key('guesses', hour, stem)
	if redis.call('SADD', all, last) == 1 then
		redis.call('PEXPIRE', all, 2 * HOUR_MS)
		if redis.call('SISMEMBER', all, last - 1) == 1 or
		    redis.call('SISMEMBER', all, last + 1) == 1 then
			add_to(lookups, 'pairs', 1)
		end
	end
end

add_to(lookups, 'missed', 1)
guess()
return reply('others')
