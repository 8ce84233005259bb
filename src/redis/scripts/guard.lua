-- What stands in front of all calls of the library. `begin` sets what belongs
-- to the present one.
--
-- Redis runs a call alone, but takes nothing back: what was written before an
-- error stays. So nothing in the other files may fail. Here the rights of the
-- user and the types of the keys that have fixed names are checked before the
-- first write, with an error that pauses the gateway: those that the call can
-- reach; sweep, every two seconds, and prove check all. Any other key is
-- checked by key() before it is used.

local prefix, gateway	-- of all keys, with ":"; name of the calling gateway
local retention_ms	-- of the streams and of message texts
local unknown_wait_ms, remind_after_ms, dossiers_ms	-- its configuration
local now		-- wall clock of Redis, milliseconds
local states		-- by pool: how many messages came to which state, for metrics
local is_writing	-- may this call write? (calls.def)
local misplaced		-- families of keys that were moved aside
local refused		-- transitions that states.def does not have
local is_checked	-- names of keys that were looked at

-- By function, and of `all`: the commands that it may call and the fixed keys
-- that it may use. library.awk finds them.
local REACH = {}

-- Keys whose names are fixed.
local FIXED = {receipts = 'stream', rejected = 'stream', feedback = 'stream',
    alarms = 'stream', followup = 'stream', unreadable = 'stream',
    operator_texts = 'stream',
    taken = 'list', retiring = 'zset', remind = 'zset', expiring = 'zset',
    unknown = 'zset', awaiting = 'zset', heard = 'zset', behind = 'zset',
    untold = 'zset', epochs = 'zset', epoch = 'hash', pools = 'set',
    keys = 'hash', holds = 'set', agencies = 'set', gateways = 'set',
    strangers_wishes = 'zset', order = 'counter'}

-- Keys whose names go on behind a colon. A counter is a string that INCR
-- takes.
local FAMILIES = {adrift = 'set', answers = 'counter', asked = 'counter',
    called = 'string', complained = 'string', concat = 'counter',
    codes = 'zset', day = 'counter', delayed = 'zset', dialogue = 'string',
    dossier = 'hash', early = 'hash', event = 'string', gateway = 'hash',
    guess = 'hash', guesses = 'set', heard = 'string', held = 'zset',
    history = 'hash',
    instance = 'hash', last = 'string', leased = 'zset',
    lookups = 'hash', message = 'hash', messages = 'zset', missed = 'zset',
    parts = 'hash', phone = 'zset', quota = 'counter',
    rates = 'hash', ready = 'zset', recipients = 'set', refused = 'hash', ref = 'string',
    reported = 'zset', told_of = 'hash',
    said = 'string', seen = 'string', sim = 'hash', strangers = 'counter',
    view = 'string', waits = 'string',
    wants = 'set', wish = 'hash', wrong = 'counter'}

local DIGITS = 19		-- INCR takes any number that is shorter

-- What a key holds: a type, or "none".
local function type_of(name, expected)
	if expected ~= 'counter' then
		return redis.call('TYPE', name).ok
	end
	local value = redis.pcall('GET', name)
	if type(value) == 'table' then
		return redis.call('TYPE', name).ok
	end
	return not value and 'none' or (value == '0' or #value < DIGITS and
	    value:match('^-?[1-9]%d*$')) and 'counter' or
	    'string that is no number'
end

local function bad_key(name, expected)
	local found = type_of(name, expected)
	if found ~= expected and found ~= 'none' then
		return 'BADKEY ' .. name .. ' holds a ' .. found ..
		    ' (WRONGTYPE) in the place of a ' .. expected ..
		    ' of baotin: rename or delete this key'
	end
end

-- How many arguments acl_check_cmd() wants of a command. Redis 7.0 dies of
-- fewer than the command has keys, and takes more; 8.0 refuses what is not
-- the command's own number.
local N_ARGUMENTS, TRIED = {}, {5, 1, 2, 3, 4, 0}

local function may_run(command, name)
	local fault
	local words = {command == 'XINFO' and 'GROUPS' or name, name, name,
	    name, name}
	for _, n in ipairs(N_ARGUMENTS[command] or TRIED) do
		local is_fit, is_allowed = pcall(redis.acl_check_cmd, command,
		    unpack(words, 1, n))
		if is_fit then
			N_ARGUMENTS[command] = {n}
			return is_allowed
		end
		fault = is_allowed
	end
	error(fault)
end

local function missing_right(commands)
	for _, command in ipairs(commands) do
		if not may_run(command, prefix .. 'probe') then
			return 'NORIGHT this Redis user may not run ' ..
			    command .. ': give it +' .. command:lower()
		end
	end
end

local function bad_fixed_key(names, stream)
	for _, name in ipairs(names) do
		local fault = bad_key(prefix .. name, FIXED[name])
		if fault then
			return fault
		end
	end
	for _, family in ipairs({'leased', 'gateway', 'instance'}) do
		local name = prefix .. family .. ':' .. gateway
		local fault = bad_key(name, FAMILIES[family])
		if fault then
			return fault
		end
		is_checked[name] = true
	end
	return stream and bad_key(stream, 'stream')
end

-- The words of the call, and where the next one is; what is wrong with them.
local input, at, fault

local function take_word(name)
	local word = input[at]
	at = at + 1
	if not word then
		fault = fault or name .. ' is missing'
	end
	return word or ''
end

local function take_maybe(name)
	local word = take_word(name)
	return word ~= '' and word or nil
end

local function take_real(name)
	local word = take_word(name)
	local number = tonumber(word)
	if not number or number ~= number or word:find('[xX]') then
		fault = fault or name .. ' is "' .. word .. '", no number'
	end
	return number or 0
end

local LARGEST = 2 ^ 53		-- doubles are whole below

local function take_number(name)
	local number = take_real(name)
	if number % 1 ~= 0 or math.abs(number) >= LARGEST then
		fault = fault or name .. ' is no whole number'
	end
	return number
end

local function take_flag(name)
	local word = take_word(name)
	if word ~= '0' and word ~= '1' then
		fault = fault or name .. ' is "' .. word .. '", not 0 or 1'
	end
	return word == '1'
end

local function take_one(name, allowed)
	local word = take_word(name)
	if not allowed[word] then
		fault = fault or name .. ' is "' .. word ..
		    '", which it can not be'
	end
	return word
end

local function take_maybe_one(name, allowed)
	if input[at] == '' then
		at = at + 1
		return nil
	end
	return take_one(name, allowed)
end

-- How many of something follow; read reads one of them.
local function take_list(name, read)
	local list, n = {}, take_number(name)
	if n < 0 or n > #input - at + 1 then
		fault = fault or name .. ' has fewer than it says'
		return list
	end
	for i = 1, n do
		list[i] = read(name)
	end
	return list
end

local function take_words(name)
	return take_list(name, take_word)
end

local function take_numbers(name)
	return take_list(name, take_number)
end

local function take_lists(name)
	return take_list(name, take_words)
end

local function take_rows(name, read)
	return take_list(name, read)
end

local function take_pairs(name)
	local pairs_of = {}
	take_list(name, function()
		local field = take_word(name)
		pairs_of[field] = take_word(name)
	end)
	return pairs_of
end

local function take_group(name, read)
	return take_flag(name) and read() or nil
end

-- The arguments of a call (calls.def), or an error that says what is wrong.
local function read_arguments(words, name, read)
	input, at, fault = words, 1, nil
	prefix, gateway = take_word('prefix') .. ':', take_word('gateway')
	retention_ms = take_number('retention_ms')
	unknown_wait_ms = take_number('unknown_wait_ms')
	remind_after_ms = take_number('remind_after_ms')
	dossiers_ms = take_number('dossiers_ms')
	local args = read()
	if at <= #words then
		fault = fault or 'there are more words than arguments'
	end
	return args, fault and redis.error_reply('BADARGS ' .. name .. ': ' ..
	    fault)
end

-- Begins a call. reach: what is to be checked; nil: it only reads. Returns the
-- arguments, and an error when nothing may be done.
local function begin(words, name, read, reach)
	local args, refusal = read_arguments(words, name, read)
	if refusal then
		return nil, refusal
	end
	states, misplaced, refused = {}, {}, {}
	is_checked, is_writing = {}, reach ~= nil
	refusal = reach and (missing_right(reach.commands) or
	    bad_fixed_key(reach.fixed, args.stream))
	if refusal then
		return nil, redis.error_reply(refusal)
	end
	local time = redis.call('TIME')
	now = time[1] * 1000 + math.floor(time[2] / 1000)
	return args
end

-- What stood in the place of a key of ours is kept under `misplaced:` for
-- the retention time. The daemon raises an alarm.
local function clear_way(name, expected)
	local found = type_of(name, expected)
	if found == expected or found == 'none' then
		return
	end
	local aside = prefix .. 'misplaced:' .. name:sub(#prefix + 1)
	redis.call('RENAME', name, aside)
	redis.call('PEXPIRE', aside, retention_ms)
	misplaced[#misplaced + 1] = name:sub(#prefix + 1):match('^[^:]*')
end

-- The whole name of a key. What it holds is of the right type, or nothing.
local function key(family, ...)
	local name = prefix .. family
	if select('#', ...) == 0 then
		return name
	end
	name = name .. ':' .. table.concat({...}, ':')
	if is_writing and not is_checked[name] then
		is_checked[name] = true
		local expected = FAMILIES[family]
		if family == 'told' then	-- told:MESSAGE, told:PHONE:WORD
			expected = select('#', ...) == 1 and 'hash' or 'string'
		end
		if expected then
			clear_way(name, expected)
		end
	end
	return name
end

-- HINCRBY, also where somebody wrote what is no number.
local function add_to(name, field, n)
	local value = redis.pcall('HINCRBY', name, field, n)
	if type(value) == 'table' then
		redis.call('HSET', name, field, n)
		return n
	end
	return value
end

local NUMBERS = {'done', 'segments', 'attempt', 'fence', 'expires_at',
    'created_at', 'order'}
local WORDS = {'state', 'phone', 'dossier', 'agency', 'pool', 'priority'}

-- What a new message has in these fields is not stored: a small hash is one
-- compact block in Redis' memory.
local DEFAULTS = {done = 0, attempt = 0, fence = 0, tries = 0, order = 0,
    reason = '', want = '', channel = 'direct', priority = 'normal'}

local SEGMENTS = 255		-- 3GPP TS 23.040 §9.2.3.24.1

-- A message; nil: there is none, or it is not whole, so that nothing can be
-- done with it.
local function load(id)
	local flat, m = redis.call('HGETALL', key('message', id)), {id = id}
	for i = 1, #flat, 2 do
		m[flat[i]] = flat[i + 1]
	end
	for _, name in ipairs(NUMBERS) do
		m[name] = tonumber(m[name] or DEFAULTS[name])
		if not (m[name] and math.abs(m[name]) < LARGEST) then
			return nil	-- also of "nan"
		end
	end
	for _, name in ipairs(WORDS) do
		m[name] = m[name] or DEFAULTS[name]
		if not m[name] then
			return nil
		end
	end
	-- The order of arrival: who was first within a millisecond.
	m.rank = m.created_at + m.order / 1000
	return STATES[m.state] and m.segments <= SEGMENTS and m or nil
end

-- The TP-MR with which it was last sent, one a segment.
local function references_of(m)
	local ok, list = pcall(cjson.decode, m.references or '[]')
	return ok and type(list) == 'table' and list or {}
end
