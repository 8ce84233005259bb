-- Stands in front of all calls of the library. `begin` sets the variables for
-- the present call.
--
-- Redis runs a call alone, but can't take back what was written before an
-- error. So nothing in the other files may fail. Before the first write, this
-- file checks the rights of the user, and the types of the keys with fixed
-- names that the call can reach; if one is wrong, an error pauses the gateway.
-- sweep (every two seconds) and prove check all of them. For any other key, the
-- command checks the type itself: if Redis says WRONGTYPE, it has done nothing,
-- so redis.call() below moves the key aside and repeats the command.
--
-- uses: nothing

local prefix, gateway	-- of all keys, with ":"; name of the calling gateway
local retention_ms	-- of the streams and of message texts
local unknown_wait_ms, remind_after_ms, dossiers_ms	-- its configuration
local now		-- wall clock of Redis, milliseconds
local zone_ms		-- what local time is ahead of UTC
local now_text, oldest	-- the same in words, and of streams' oldest entries
local states		-- by pool: how many messages came to which state, for metrics
local is_writing	-- may this call write? (calls.def)
local misplaced		-- families of keys that were moved aside
local refused		-- transitions that states.def does not have
local closed		-- messages that came to their end, for the log

-- By function, and for `all`: the commands that it may call and the fixed keys
-- that it may use. library.awk finds them.
local REACH = {}

-- Keys whose names are fixed.
local FIXED = {receipts = 'stream', rejected = 'stream', feedback = 'stream',
    alarms = 'stream', followup = 'stream', unreadable = 'stream',
    operator_texts = 'stream',
    taken = 'list', retiring = 'zset', remind = 'zset', expiring = 'zset',
    unknown = 'zset', awaiting = 'zset', questions = 'zset', behind = 'zset',
    awaited_gateways = 'zset', epochs = 'zset', epoch = 'hash', pools = 'set',
    keys = 'hash', holds = 'set', agencies = 'set', gateways = 'set',
    strangers_wishes = 'zset', order = 'counter'}

-- Keys whose names go on behind a colon. A counter is a string that INCR
-- accepts.
local FAMILIES = {adrift = 'set', answers = 'counter', call_mark = 'string',
    complaint = 'string', concat = 'counter', confirmation = 'string',
    codes = 'zset', count = 'hash', day = 'counter', delayed = 'zset',
    dialogue = 'string',
    dossier = 'hash', early = 'hash', event = 'string', gateway = 'hash',
    guess = 'hash', guesses = 'set', held = 'zset', history = 'hash',
    incoming_mark = 'string', instance = 'hash', last = 'string',
    last_outcome = 'hash', leased = 'zset',
    lookups = 'hash', message = 'hash', messages = 'zset', missed = 'zset',
    outcome = 'hash', parts = 'hash', phone = 'zset', question = 'string',
    question_count = 'counter', quota = 'counter', rates = 'hash',
    ready = 'zset', recipients = 'set', refused = 'hash', ref = 'string',
    reported = 'zset', sim = 'hash', strangers = 'counter', view = 'string',
    waits = 'string', wants = 'set', wish = 'hash', wish_mark = 'string',
    written = 'string', wrong_factor = 'counter', wrote = 'counter'}

-- Redis' own functions. They do not exist while Redis loads the library. The
-- other files call the redis.call() below.
local register = redis.register_function
local server, server_pcall

local function find_server()
	server = redis
	server_pcall = server.pcall
end


local DIGITS = 19		-- INCR takes any number that is shorter

-- Would INCR accept what GET returned?
local function is_counter(value)
	return value == '0' or #value < DIGITS and
	    value:match('^-?[1-9]%d*$') ~= nil
end

-- What a key holds: a type, or "none".
local function type_of(name, expected)
	local value = expected == 'counter' and server.pcall('GET', name)
	if expected ~= 'counter' or type(value) == 'table' then
		return server.call('TYPE', name).ok
	end
	return not value and 'none' or is_counter(value) and 'counter' or
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

-- How many arguments acl_check_cmd() needs for a command. Redis 7.0 crashes
-- with fewer arguments than the command has keys, and accepts more. Redis 8.0
-- accepts only the command's own number.
local N_ARGUMENTS, TRIED = {}, {5, 1, 2, 3, 4, 0}

local function find_n_arguments(command, name)
	local fault
	for _, n in ipairs(TRIED) do
		local is_fit, error_of = pcall(server.acl_check_cmd, command,
		    unpack({name, name, name, name, name}, 1, n))
		if is_fit then
			return n
		end
		fault = error_of
	end
	error(fault)
end

local function may_run(command, name)
	local x = command == 'XINFO' and 'GROUPS' or name
	local n = N_ARGUMENTS[command]
	if not n then
		n = find_n_arguments(command, x)
		N_ARGUMENTS[command] = n
	end
	if n == 5 then
		return server.acl_check_cmd(command, x, name, name, name, name)
	end
	return server.acl_check_cmd(command, unpack({x, name, name, name}, 1,
	    n))
end

local looked_at		-- commands and keys that were proven in this run

-- Returns an error when the user lacks a right that a function may need.
local function missing_right(commands)
	local name = prefix .. 'probe'
	for _, command in ipairs(commands) do
		if not looked_at[command] and not may_run(command, name) then
			return 'NORIGHT this Redis user may not run ' ..
			    command .. ': give it +' .. command:lower()
		end
		looked_at[command] = true
	end
end

local function bad_fixed_key(names)
	for _, name in ipairs(names) do
		local fault = not looked_at[name] and
		    bad_key(prefix .. name, FIXED[name])
		if fault then
			return fault
		end
		looked_at[name] = true
	end
end

-- Checks the keys of this gateway, and the stream of events.
local function bad_own_key(stream)
	for _, family in ipairs({'leased', 'gateway', 'instance'}) do
		local fault = bad_key(prefix .. family .. ':' .. gateway,
		    FAMILIES[family])
		if fault then
			return fault
		end
	end
	return stream and bad_key(stream, 'stream')
end

-- The words of the call; the index of the next one; what is wrong with them.
local input, at, fault

-- Each function takes one argument. name: used in the error.
local take = {}

function take.word(name)
	local word = input[at]
	at = at + 1
	if not word then
		fault = fault or name .. ' is missing'
	end
	return word or ''
end

function take.maybe(name)
	local word = take.word(name)
	return word ~= '' and word or nil
end

function take.real(name)
	local word = take.word(name)
	local number = tonumber(word)
	if not number or number ~= number or word:find('[xX]') then
		fault = fault or name .. ' is "' .. word .. '", no number'
	end
	return number or 0
end

local LARGEST = 2 ^ 53		-- doubles are whole below

-- Most arguments are whole numbers, so that these are judged at once.
function take.number(name)
	local word = input[at]
	local number = tonumber(word)
	if number and number % 1 == 0 and number < LARGEST and
	    number > -LARGEST and not word:find('[xX]') then
		at = at + 1
		return number
	end
	number = take.real(name)
	if number % 1 ~= 0 or math.abs(number) >= LARGEST then
		fault = fault or name .. ' is no whole number'
	end
	return number
end

function take.flag(name)
	local word = take.word(name)
	if word ~= '0' and word ~= '1' then
		fault = fault or name .. ' is "' .. word .. '", not 0 or 1'
	end
	return word == '1'
end

function take.one(name, allowed)
	local word = take.word(name)
	if not allowed[word] then
		fault = fault or name .. ' is "' .. word ..
		    '", which it can not be'
	end
	return word
end

function take.maybe_one(name, allowed)
	if input[at] == '' then
		at = at + 1
		return nil
	end
	return take.one(name, allowed)
end

-- The number of items comes first; read reads one item.
function take.list(name, read)
	local list, n = {}, take.number(name)
	if n < 0 or n > #input - at + 1 then
		fault = fault or name .. ' has fewer than it says'
		return list
	end
	for i = 1, n do
		list[i] = read(name)
	end
	return list
end

function take.words(name)
	return take.list(name, take.word)
end

function take.numbers(name)
	return take.list(name, take.number)
end

function take.lists(name)
	return take.list(name, take.words)
end

function take.rows(name, read)
	return take.list(name, read)
end

function take.pairs(name)
	local pairs_of = {}
	take.list(name, function()
		local field = take.word(name)
		pairs_of[field] = take.word(name)
	end)
	return pairs_of
end

function take.group(name, read)
	return take.flag(name) and read() or nil
end

-- The type that a key of this name must have. nil: it is of no known family.
local function expected_of(name)
	return FAMILIES[name:sub(#prefix + 1):match('^([^:]*):')]
end

-- Another value in the place of one of our keys is kept under `misplaced:` for
-- the retention time. The daemon raises an alarm.
local function clear_way(name, expected)
	local found = type_of(name, expected)
	if found == expected or found == 'none' then
		return
	end
	local aside = prefix .. 'misplaced:' .. name:sub(#prefix + 1)
	server.call('RENAME', name, aside)
	server.call('PEXPIRE', aside, retention_ms)
	misplaced[#misplaced + 1] = name:sub(#prefix + 1):match('^[^:]*')
end

-- Is this a key of ours that may be moved aside?
local function may_move(name)
	return is_writing and name:sub(1, #prefix) == prefix and
	    expected_of(name) ~= nil
end

-- Redis refused the command because the key holds another program's value. The
-- command did nothing.
local function repeat_after(fault, command, name, ...)
	if not (fault.err:find('WRONGTYPE', 1, true) or
	    fault.err:find('not an integer', 1, true)) or not name or
	    not may_move(name) then
		error(fault)
	end
	clear_way(name, expected_of(name))
	return server.call(command, name, ...)
end

-- These commands accept any type of key.
local LOOKS_AT_NO_TYPE = {DEL = true, EXISTS = true, SET = true, UNLINK = true}

local redis = {}

function redis.pcall(...)
	return server.pcall(...)
end

function redis.error_reply(text)
	return server.error_reply(text)
end

function redis.sha1hex(text)
	return server.sha1hex(text)
end

function redis.acl_check_cmd(...)
	return server.acl_check_cmd(...)
end

-- Runs a command like Redis' own function, but never on another program's
-- value.
local function guarded(command, name, ...)
	if LOOKS_AT_NO_TYPE[command] then
		if server.call('TYPE', name).ok ~= 'none' then
			if may_move(name) then
				clear_way(name, expected_of(name))
			end
		elseif command ~= 'SET' then
			return 0
		end
	end
	local reply = server_pcall(command, name, ...)
	if type(reply) == 'table' and reply.err then
		return repeat_after(reply, command, name, ...)
	end
	return reply
end

redis.call = guarded

-- The full name of a key.
local function key(family, first, second, ...)
	if not first then
		return prefix .. family
	elseif not second then
		return prefix .. family .. ':' .. first
	elseif select('#', ...) == 0 then
		return prefix .. family .. ':' .. first .. ':' .. second
	end
	return prefix .. family .. ':' .. first .. ':' .. second .. ':' ..
	    table.concat({...}, ':')
end

-- What was read or written in this run and stays true until its end. Calls that
-- join (calls.def) do not change it, or forget it here when they do.
local of_run

-- SMEMBERS, as keys of a table; read once in a run. Not for a set from which a
-- call that joins removes members.
local function members_of(set)
	local list = of_run[set]
	if not list then
		list = {}
		for _, member in ipairs(redis.call('SMEMBERS', set)) do
			list[member] = true
		end
		of_run[set] = list
	end
	return list
end

-- SADD, unless it is a member already.
local function add_member(set, member)
	local list = members_of(set)
	if not list[member] then
		list[member] = true
		redis.call('SADD', set, member)
	end
end

-- The value of a counter.
local function count_of(name)
	local value = redis.call('GET', name)
	if value and not is_counter(value) then
		clear_way(name, 'counter')
		value = nil
	end
	return tonumber(value or 0)
end

-- HINCRBY, even when another program wrote something that is not a number.
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

-- A new message has these values. They are not stored: Redis keeps a small hash
-- in one compact block of memory.
local DEFAULTS = {done = 0, attempt = 0, fence = 0, tries = 0, order = 0,
    reason = '', want = '', channel = 'direct', priority = 'normal'}

local SEGMENTS = 255		-- 3GPP TS 23.040 §9.2.3.24.1

-- A call reads a message once and writes it once. `messages` has those that
-- were read, by id. `changed` has, by message, the names of the fields to
-- write. save() writes them when the call ends.
local messages, changed = {}, {}

-- Loads a message. Returns nil when it does not exist, or is not whole and so
-- can't be used.
local function load(id)
	if messages[id] then
		return messages[id]
	end
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
	-- Keeps the order of arrival within one millisecond.
	m.rank = m.created_at + m.order / 1000
	if STATES[m.state] and m.segments <= SEGMENTS then
		messages[id] = m
		return m
	end
end

-- Some fields of a message, even if it is not whole, as HMGET returns them.
local function fields_of(id, ...)
	local m, values = messages[id], {}
	if not m then
		return redis.call('HMGET', key('message', id), ...)
	end
	for i, name in ipairs({...}) do
		values[i] = m[name] or false
	end
	return values
end

-- Stores fields of a message.
local function store(m, fields)
	local names = changed[m]
	if not names then
		names = {}
		changed[m], messages[m.id] = names, m
	end
	for name, value in pairs(fields) do
		m[name], names[name] = value, true
	end
end

-- Removes fields from a message.
local function unset(m, ...)
	for _, name in ipairs({...}) do
		if m[name] ~= nil then
			store(m, {[name] = m[name]})
			m[name] = nil
		end
	end
end

-- Deletes a message.
local function remove(m)
	redis.call('DEL', key('message', m.id))
	messages[m.id], changed[m] = nil, nil
end

-- Writes what the call stored.
local function save()
	for m, names in pairs(changed) do
		local flat, gone, n = {}, {}, 0
		for name in pairs(names) do
			if m[name] == nil then
				gone[#gone + 1] = name
			else
				flat[n + 1], flat[n + 2] = name, m[name]
				n = n + 2
			end
		end
		if n > 0 then
			redis.call('HSET', key('message', m.id), unpack(flat))
		end
		if gone[1] then
			redis.call('HDEL', key('message', m.id), unpack(gone))
		end
	end
	messages, changed = {}, {}
end

-- The TP-MR of each segment in the last sending.
local function references_of(m)
	local ok, list = pcall(cjson.decode, m.references or '[]')
	return ok and type(list) == 'table' and list or {}
end
