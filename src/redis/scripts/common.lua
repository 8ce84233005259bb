-- What several calls of the library do. Redis runs one call at a time and
-- whole or, when guard.lua refuses, not at all.

-- A value of more than 64 octets would make Redis store the whole hash in its
-- large form. So a text is stored in pieces: `text`, `text_2` and so on. No
-- character is split.
local function piece_name(i)
	return i == 1 and 'text' or 'text_' .. i
end

local function pieces_of(text)
	local list, from = {}, 1
	while from <= #text do
		local to = math.min(from + 63, #text)
		while to > from and text:find('^[\128-\191]', to + 1) do
			to = to - 1
		end
		list[#list + 1] = text:sub(from, to)
		from = to + 1
	end
	return list
end

local function text_of(m)
	local list = {}
	while m[piece_name(#list + 1)] do
		list[#list + 1] = m[piece_name(#list + 1)]
	end
	return table.concat(list)
end

-- Stores a message that is new. See DEFAULTS.
local function store_new(m)
	for i, piece in ipairs(pieces_of(m.text)) do
		m[piece_name(i)] = piece
	end
	local fields = {}
	for name, value in pairs(m) do
		if name ~= 'id' and value ~= DEFAULTS[name] then
			fields[name] = value
		end
	end
	store(m, fields)
	m.rank = m.created_at + m.order / 1000
end

-- Text and number of a message are removed retention_ms after its end, the rest
-- a year later. For dossiers and wishes see ends.lua.
local YEAR_MS = 31536000000

-- The message came to a state that does not last for ever: sets its end.
local function retire_later(m)
	local at = STATES[m.state].retention == 'validity' and
	    math.max(now, m.expires_at) or now
	redis.call('ZADD', key('retiring'), m.erased and now or
	    at + retention_ms, m.id)
end

-- May the message still be sent?
local function is_open(m)
	local state = STATES[m.state]
	return state.open and not (state.unsure and m.final_at)
end

-- Is the message in a state whose place is this set?
local function is_at(m, place)
	return STATES[m.state].place == place
end

-- Does a modem have it, or may one have had it?
local function is_under_way(m)
	local state = STATES[m.state]
	return state.open and not state.waits
end

-- May the message come to this state (message/states.def)? If not, our code has
-- a fault: the call's answer says so, and the gateway logs and counts it. Check
-- this before the first write that belongs to the change, because Redis takes
-- nothing back.
local function may_become(m, state)
	if STATES[m.state].next[state] then
		return true
	end
	refused[#refused + 1] = {m.id, m.state, state}
	return false
end

-- The gateway has finished an entry of the events stream. When the run ends,
-- the entry is acknowledged and, unless events are kept, deleted.
local function leave_stream(stream, group, entry, is_kept)
	local left = of_run.left or {stream = stream, group = group, done = {},
	    gone = {}}
	of_run.left = left
	left.done[#left.done + 1] = entry
	if not is_kept then
		left.gone[#left.gone + 1] = entry
	end
end

local function delete_left()
	local left = of_run.left
	if left then
		redis.call('XACK', left.stream, left.group, unpack(left.done))
		if left.gone[1] then
			redis.call('XDEL', left.stream, unpack(left.gone))
		end
	end
end

local function append(stream, ...)
	return redis.call('XADD', key(stream), 'MINID', '~', oldest, '*', ...)
end

-- What receipts show of a number: "+8490*****67". phone_mask() of base/phone.c
-- writes it the same way into logs; `export` finds receipts by it.
local function mask(phone)
	local n = #phone
	phone = phone:gsub('[^\33-\126]', '?')
	if n > 16 then
		return phone:sub(1, 5) .. string.rep('*', 12)
	elseif n < 8 then
		return string.rep('*', n)
	end
	return phone:sub(1, n - 7) .. '*****' .. phone:sub(-2)
end

-- A message without a pool (it is not sent at all) counts as "none".
local function count(m, word)
	local pool = (m.pool or '') ~= '' and m.pool or 'none'
	local counts = states[pool] or {}
	states[pool] = counts
	counts[word] = (counts[word] or 0) + 1
end

local function receipt(m, state, reason)
	if state ~= 'queued' or (m.attempt or 0) == 0 then
		count(m, state)
	else
		count(m, reason == 'unknown_resent' and 'resent' or 'retried')
	end
	append('receipts', 'message', m.id, 'event', m.event or '',
	    'dossier', m.dossier or '', 'status', m.status or '',
	    'phone', mask(m.phone or ''), 'state', state, 'reason', reason,
	    'modem', m.modem or '', 'segments', m.segments or 0,
	    'attempt', m.attempt or 0, 'at', now_text)
end

-- The message is over: the gateway logs how long it waited for its last lease,
-- how long the modem had it until it was sent, and how long the report took;
-- false for a part that did not happen.
local function close(m)
	local leased = tonumber(m.leased_at)
	local sent = tonumber(m.sent_at)
	closed[#closed + 1] = {m.id, m.dossier, m.state, m.reason, m.segments,
	    m.modem or '', (leased or now) - m.created_at,
	    sent and leased and sent - leased or false,
	    sent and STATES[m.state].out and
	    not STATES[m.state].reportable and now - sent or false}
end

-- The only place where a message comes to another state. Returns false when
-- that is not allowed; then nothing was written.
local function change(m, state, reason, fields)
	if not may_become(m, state) then
		return false
	end
	fields = fields or {}
	fields.state, fields.reason = state, reason
	tally_outcome(m, m.final_at and m.state, fields.final_at and state)
	store(m, fields)
	receipt(m, state, reason)
	if m.final_at and not is_open(m) then
		close(m)
	end
	return true
end

-- Must the same SIM go on with this message? The phone joins the segments of a
-- partly sent message by their sender. And only the same SIM, with the same
-- TP-MR, can find out whether the centre has what may be on the air already.
local function is_bound(m)
	return (m.modem or '') ~= '' and (m.done > 0 or
	    (m.resent and tostring(m.reference_kept) == '1'))
end

-- The set in which a message waits for a modem: with those for any modem of the
-- pool, with those that one SIM should send, or with those that only one SIM
-- may send ("!" is in no modem's name). Sets other than the first are in
-- `wants`.
local function ready_key(m)
	local want = m.want or ''
	if is_bound(m) then
		want = m.modem .. '!'
	end
	if want ~= '' then
		return key('ready', m.pool, m.priority, want), want
	end
	return key('ready', m.pool, m.priority)
end

-- The message's place in the schedule of its pool: a set and the score. It is
-- ready now, or delayed until due.
local function place_of(m, due)
	add_member(key('pools'), m.pool)
	if due > now then
		return key('delayed', m.pool), due
	end
	local set, want = ready_key(m)
	if want then
		add_member(key('wants', m.pool), want)
	end
	return set, m.rank
end

local function schedule(m, due)
	local set, score = place_of(m, due)
	redis.call('ZADD', set, score, m.id)
end

-- Removes the message from the set of its present state.
local function unschedule(m)
	local place = STATES[m.state].place
	if place == 'schedule' then
		redis.call('ZREM', (ready_key(m)), m.id)
		redis.call('ZREM', key('delayed', m.pool), m.id)
	elseif place == 'leased' then
		redis.call('ZREM', key('leased', m.owner or gateway), m.id)
	elseif place == 'unknown' then
		redis.call('ZREM', key('unknown'), m.id)
	elseif place == 'held' then
		redis.call('ZREM', key('held', m.agency), m.id)
	end
end

-- The field `waiting` of a dossier's record: the ids of its unsent notices, in
-- the order of their changes.
local function split_ids(text)
	local ids = {}
	for id in (text or ''):gmatch('%S+') do
		ids[#ids + 1] = id
	end
	return ids
end

local function waiting_of(code)
	return split_ids(redis.call('HGET', key('dossier', code), 'waiting'))
end

local function set_waiting(code, ids)
	if ids[1] then
		redis.call('HSET', key('dossier', code), 'waiting',
		    table.concat(ids, ' '))
	else
		redis.call('HDEL', key('dossier', code), 'waiting')
	end
end

-- The lane of m: those notices among ids that go to the same phone, and m
-- itself. Only the first one is in the schedule.
local function lane_of(m, ids)
	local lane = {}
	for _, id in ipairs(ids or waiting_of(m.dossier)) do
		if id == m.id or fields_of(id, 'phone')[1] == m.phone then
			lane[#lane + 1] = id
		end
	end
	return lane
end

local function has(ids, id)
	for _, other in ipairs(ids) do
		if other == id then
			return true
		end
	end
	return false
end

-- Puts m at the end of its lane, unless it has a place. Returns true when it is
-- the first.
local function join_lane(m)
	local ids = waiting_of(m.dossier)
	if not has(ids, m.id) then
		ids[#ids + 1] = m.id
		set_waiting(m.dossier, ids)
	end
	return lane_of(m, ids)[1] == m.id
end

-- Adds m to the newest messages of its phone, for the operators.
local function list_for_phone(m)
	local of_phone = key('messages', m.phone)
	redis.call('ZADD', of_phone, m.created_at, m.id)
	redis.call('ZREMRANGEBYRANK', of_phone, 0, -51)
end

local function without(ids, id)
	local rest = {}
	for _, other in ipairs(ids) do
		if other ~= id then
			rest[#rest + 1] = other
		end
	end
	return rest
end

-- The first message of a lane that is not over gets its turn. Those before it
-- are removed from ids, the dossier's waiting ones.
local function step_up(lane, ids)
	for _, id in ipairs(lane) do
		local m = load(id)
		if m and is_open(m) then
			if is_at(m, 'schedule') then
				redis.call('ZREM', key('behind'), id)
				schedule(m, tonumber(m.not_before or 0))
			end
			return ids
		end
		ids = without(ids, id)
	end
	return ids
end

-- Takes a notice that is sent or over out of its lane.
local function leave_lane(m)
	redis.call('ZREM', key('expiring'), m.id)
	redis.call('ZREM', key('behind'), m.id)
	if m.dossier == '' then
		return		-- it was listed when it was made
	end
	list_for_phone(m)
	local ids = waiting_of(m.dossier)
	local lane = ids[2] and lane_of(m, ids) or ids
	ids = without(ids, m.id)
	if lane[1] == m.id then	-- else the first has its place, or its delay
		ids = step_up(without(lane, m.id), ids)
	end
	set_waiting(m.dossier, ids)
end

-- Returns a notice that waits behind this one and makes it pointless; or nil.
local function newer_behind(m)
	local is_behind = false
	for _, id in ipairs((m.dossier or '') ~= '' and lane_of(m) or {}) do
		local newer = is_behind and load(id)
		is_behind = is_behind or id == m.id
		if newer and is_open(newer) and
		    makes_pointless(newer.status, m.status) then
			return newer
		end
	end
end

-- The message ends here: it leaves schedule and lane. If its citizen gets a
-- newer notice, nobody need be told of this one. Returns false when the message
-- may not come to this state.
local function finish(m, state, reason)
	if not may_become(m, state) then
		return false
	end
	unschedule(m)
	change(m, state, reason, {final_at = now})
	retire_later(m)
	if (STATES[state].missed or state == 'cancelled' and
	    reason == 'optout' and situation(m.status).must_hear) and
	    not (reason == 'newer_status' and newer_behind(m)) then
		miss(m)
	end
	leave_lane(m)
	return true
end

-- Nothing of the message is known to be sent, and a newer notice that makes it
-- pointless waits behind it, or was sent although this server lost that
-- (note_said).
local function is_overtaken(m)
	if m.done > 0 or (m.dossier or '') == '' then
		return false
	end
	local said = redis.call('HMGET', key('last_outcome', m.dossier), 'at',
	    'status')
	return newer_behind(m) ~= nil or
	    (tonumber(said[1]) or 0) > (tonumber(m.at) or 0) and
	    makes_pointless(said[2] or '', m.status)
end

-- Puts the message back into the schedule, unless a newer notice came meanwhile
-- and nothing of this one is known to be sent. attempt: the new value of its
-- counter.
local function requeue(m, reason, due, attempt)
	local state = is_overtaken(m) and 'superseded' or 'queued'
	if not may_become(m, state) then
		return
	end
	store(m, {attempt = attempt})
	unschedule(m)
	if state == 'superseded' then
		finish(m, state, 'newer_status')
	else
		change(m, state, reason)
		schedule(m, due)
	end
end

-- What the counts of an hour say about lookups: many that find nothing, and
-- codes that follow one another.
local FEW_MISSES = 20		-- in an hour: no scan, whatever their share
local PAIRS = 10		-- neighbours among an hour's missed codes

local function watch(hour, out)
	local counts = redis.call('HMGET', key('lookups', hour), 'asked',
	    'missed', 'pairs')
	local missed = tonumber(counts[2] or 0)
	out.scanning = missed >= FEW_MISSES and
	    missed * 10 > tonumber(counts[1] or 0) * 3
	out.guessing = tonumber(counts[3] or 0) >= PAIRS
	return out
end

-- How many messages are neither sent nor over.
local function count_open()
	local n = redis.call('ZCARD', key('expiring'))
	for _, agency in ipairs(redis.call('SMEMBERS', key('agencies'))) do
		n = n + redis.call('ZCARD', key('held', agency))
	end
	return n
end

local function is_on_hold(agency)
	local holds = members_of(key('holds'))
	return holds[agency] or holds['*'] or false
end

local function hold(m, reason)
	if not may_become(m, 'held') then
		return
	end
	unschedule(m)
	change(m, 'held', reason)
	redis.call('ZREM', key('expiring'), m.id)
	redis.call('ZADD', key('held', m.agency), m.expires_at, m.id)
	redis.call('SADD', key('agencies'), m.agency)
end

-- What is kept of the message that a caller gave.
local function message_of(given)
	return {phone = given.phone, text = given.text, coding = given.coding,
	    segments = given.segments, pool = given.pool,
	    priority = given.priority, expires_at = given.expires_at,
	    want = given.want, is_answer = given.is_answer and 1 or nil,
	    not_before = given.not_before > 0 and given.not_before or nil}
end

-- Makes a new message: queued, never leased, on no list yet. fence: where its
-- counter of leases goes on; mostly nil.
local function create(m, fence)
	m.state, m.reason, m.attempt, m.done = 'queued', '', 0, 0
	m.fence = fence or 0
	m.created_at, m.tries = now, 0
	m.order = redis.call('INCR', key('order')) % 1000
	if m.segments > 1 then
		local counter = key('concat', m.phone)
		m.concat_ref = redis.call('INCR', counter) % 256
		redis.call('EXPIRE', counter, 259200)
	end
	store_new(m)
	receipt(m, 'queued', '')
end

-- Returns what to say instead of the answer m when its phone has had enough: 30
-- answers a day or, for a stranger (no dossier has this phone), what strangers
-- get through one SIM in an hour. Else returns nil, and counts m. limits:
-- day_limit, strangers, sim; shows: m tells of a dossier, which has a count of
-- its own.
local function enough(m, limits)
	local is_known = redis.call('EXISTS', key('phone', m.phone)) == 1
	local strangers = key('strangers', limits.sim,
	    math.floor(now / 3600000), limits.shows and 'shown' or 'told')
	if not is_known and count_of(strangers) >=
	    limits.strangers then
		return {result = 'enough', is_cut = limits.strangers > 0}
	end
	local answers = key('answers', m.phone)
	local n = redis.call('INCR', answers)
	if n == 1 then
		redis.call('PEXPIRE', answers, 86400000)
	end
	if n > limits.day_limit then
		return {result = 'enough'}
	end
	if not is_known then
		m.stranger = 1
		redis.call('INCR', strangers)
		redis.call('PEXPIRE', strangers, 7200000)
	end
end

-- tried: names of modems with commas between, as messages keep them.
local function was_tried(tried, modem)
	return (',' .. tried .. ','):find(',' .. modem .. ',', 1, true) ~= nil
end

local function ref_key(imsi, phone, reference)
	return key('ref', imsi, phone, reference)
end

local function full(m)
	return 2 ^ m.segments - 1
end

-- The mark of a message that may have been sent twice.
local function why_again(m)
	return m.resent and 'unknown_resent' or ''
end

local function is_done(m, segment)
	return math.floor(m.done / 2 ^ (segment - 1)) % 2 == 1
end

-- Sends the message again, if possible by the SIM whose centre may still have
-- it.
local function resend(m)
	return change(m, 'queued', 'unknown_resent',
	    {resent = now, want = m.modem or ''})
end

-- A segment was sent. If the message waits, it may have to wait in another set
-- now.
local function mark_done(m, segment, lease)
	local set = ready_key(m)
	local is_ready = m.state == 'queued' and
	    redis.call('ZREM', set, m.id) == 1
	store(m, {done = m.done + 2 ^ (segment - 1)})
	if lease then
		store(m, {['out_' .. segment] = lease})
	end
	if is_ready then
		schedule(m, 0)
	end
end

-- Applies the final status report of one segment; class: "delivered" or
-- "undelivered".
local function apply_report(m, segment, class, tp_status)
	if m['report_' .. segment] then
		return false
	end
	store(m, {['report_' .. segment] = class,
	    ['tp_' .. segment] = tp_status})
	if not STATES[m.state].reportable then
		return true
	end
	local verdict, open = 'delivered', false
	for i = 1, m.segments do
		local r = m['report_' .. i]
		if r == 'undelivered' then
			verdict = r
		elseif not r then
			open = true
		end
	end
	if (verdict == 'undelivered' or not open) and change(m, verdict,
	    verdict == 'undelivered' and 'tp_' .. tp_status or why_again(m),
	    {final_at = now}) then
		redis.call('ZREM', key('awaiting'), m.id)
		retire_later(m)
		if STATES[verdict].missed then
			miss(m)
		else
			told_by(m)
		end
	end
	return true
end

-- Every segment was sent: from now on only reports matter.
local function is_out(m, wants_report)
	if not may_become(m, 'sent') then
		return
	end
	unschedule(m)
	change(m, 'sent', why_again(m), {sent_at = now})
	retire_later(m)
	if wants_report then
		store(m, {awaited = 1})
		redis.call('ZADD', key('awaiting'), m.expires_at, m.id)
	else	-- more will never be known
		told_by(m)
		tally_outcome(m, nil, 'sent')
		close(m)
	end
	redis.call('SET', key('last', m.pool, m.phone), m.modem,
	    'PX', retention_ms)
	if situation(m.status).collectable and remind_after_ms > 0 then
		redis.call('ZADD', key('remind'), now + remind_after_ms,
		    m.dossier)
	end
	leave_lane(m)
	for i = 1, m.segments do	-- reports that were faster than us
		local class = m['report_' .. i]
		if class then
			m['report_' .. i] = nil
			apply_report(m, i, class, m['tp_' .. i] or '')
		end
	end
end

-- Reports do not belong to this message any more: a later text may have its
-- TP-MR now.
local function drop_references(m)
	local list = references_of(m)
	for i = 1, m.segments do
		list[#list + 1] = m['mr_' .. i]
		unset(m, 'mr_' .. i, 'begun_' .. i, 'report_' .. i, 'tp_' .. i)
	end
	for _, reference in ipairs(list) do
		local ref = ref_key(m.imsi or '', m.phone, reference)
		if (redis.call('GET', ref) or ''):match('^(.*):') == m.id then
			redis.call('DEL', ref)
		end
	end
end

-- Lists and reports do not find the message any more.
local function unlist(m)
	redis.call('ZREM', key('retiring'), m.id)
	redis.call('ZREM', key('messages', m.phone), m.id)
	redis.call('ZREM', key('missed', m.agency or ''), m.id)
	drop_references(m)
end

-- Removes text and number, and keeps the rest. hash: the number's.
local function retire(m, hash)
	unlist(m)
	for i = 1, #pieces_of(text_of(m)) do
		unset(m, piece_name(i))
	end
	store(m, {phone = '', phone_hash = hash})
	redis.call('PEXPIRE', key('message', m.id), YEAR_MS)
end

-- The worker's records for one modem have rising numbers. Redis stores the
-- highest number up to which it has all records. after: the number of the
-- record before it that was not confirmed yet when this one was sent; 0: none.
-- That record may have been refused, because memory was full, and this one not.
local function remember_seq(modem, seq, after)
	if seq > 0 then
		local name = 'seq:' .. modem
		local last = tonumber(redis.call('HGET',
		    key('gateway', gateway), name)) or 0
		if seq > last and last >= after then
			redis.call('HSET', key('gateway', gateway), name, seq)
		end
	end
end

-- For the events stream: the id from which on entries are still needed, and
-- whether that entry itself is not needed.
local function oldest_needed(stream, group)
	local pending = redis.pcall('XPENDING', stream, group)
	if pending.err then
		return '0-0', false	-- no such stream or group yet
	elseif pending[1] > 0 then
		return pending[2], false
	end
	for _, flat in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
		local group_of = {}
		for i = 1, #flat, 2 do
			group_of[flat[i]] = flat[i + 1]
		end
		if group_of.name == group then
			return group_of['last-delivered-id'], true
		end
	end
	return '0-0', false
end

-- Only the holder of this gateway's name may hand out or take back its work. A
-- name may expire because a clock was set or the machine stood still. If nobody
-- took it, it is still ours: the next heartbeat tells.
local function is_ours(token)
	of_run.holder = of_run.holder or redis.call('HGET',
	    key('instance', gateway), 'token') or ''
	return of_run.holder == '' or of_run.holder == token
end

local function not_ours()
	return redis.error_reply('NOTOURS another gateway has this name')
end

-- The message was sent again, and this server lost that until now.
local function mark_resent(m)
	if not m.resent then
		store(m, {resent = now})
		receipt(m, m.state, 'unknown_resent')
	end
end

-- Two gateways sent the message, because one reported too late.
local function mark_doubled(m)
	if not m.resent then
		store(m, {attempt = math.max(2, m.attempt + 1)})
		mark_resent(m)
	end
end

-- A gateway reports a lease that this server does not know. The report is true
-- all the same. Returns false when it says nothing new.
local function catch_up(m, fence, modem, imsi)
	if fence <= m.fence or not STATES[m.state].open or
	    not may_become(m, 'sending') then
		return false
	end
	-- Only a resend follows an unknown outcome. A message that another
	-- gateway has in its hands goes out twice.
	local is_resend = m.state == 'unknown' or
	    m.state == 'sending' and m.owner ~= gateway
	if is_at(m, 'held') then
		redis.call('ZADD', key('expiring'), m.expires_at, m.id)
	end
	unschedule(m)
	store(m, {fence = fence, caught = fence, attempt = m.attempt + 1,
	    ['by_' .. fence] = gateway, modem = modem, imsi = imsi, owner = gateway, references = '[]',
	    state = 'sending'})
	if is_resend then
		mark_resent(m)
	end
	return true
end

-- A gateway reports about a message that this server never had, or lost. The
-- report is kept until the message's event comes (again).
local function remember_told(message, fields)
	local told, flat = key('outcome', message), {}
	for name, value in pairs(fields) do
		flat[#flat + 1] = name
		flat[#flat + 1] = value
	end
	redis.call('HSET', told, unpack(flat))
	redis.call('PEXPIRE', told, retention_ms)
end

-- For such a message: notes what the dossier's citizen has been told, so that
-- no older notice follows. about: see lease.lua. phone: nil means the record's.
local function note_said(message, about, phone)
	local at, status, dossier = about:match('^(%d+) (%S+) (.+)$')
	if not at then
		return
	end
	local said = key('last_outcome', dossier)
	if tonumber(redis.call('HGET', said, 'at') or 0) <= tonumber(at) then
		redis.call('HSET', said, 'at', at, 'message', message,
		    'status', status)
		redis.call('PEXPIRE', said, retention_ms)
	end
	phone = phone or
	    redis.call('HGET', key('dossier', dossier), 'phone') or ''
	for _, id in ipairs(waiting_of(dossier)) do
		local old = load(id)
		if old and old.phone == phone and STATES[old.state].waits and
		    old.done == 0 and tonumber(old.at or 0) < tonumber(at) and
		    makes_pointless(status, old.status) then
			finish(old, 'superseded', 'newer_status')
		end
	end
end

-- What every function answers: its own words, and the states.
local function answer(words)
	words.states = next(states) and states or nil
	words.misplaced = misplaced[1]
	words.refused = refused[1] and refused or nil
	words.closed = closed[1] and closed or nil
	return cjson.encode(words)
end

-- The answer to a report from a modem's journal. Storing its number is the last
-- step, because the number says that all of this is done.
local function answer_journal(words, modem, seq, after)
	remember_seq(modem, seq, after)
	return answer(words)
end
