-- A message: its fields, its state, its receipts.
--
-- uses: guard counts

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

-- What is kept of the message that a caller gave.
local function message_of(given)
	return {phone = given.phone, text = given.text, coding = given.coding,
	    segments = given.segments, pool = given.pool,
	    priority = given.priority, expires_at = given.expires_at,
	    want = given.want, is_answer = given.is_answer and 1 or nil,
	    not_before = given.not_before > 0 and given.not_before or nil}
end

-- tried: names of modems with commas between, as messages keep them.
local function was_tried(tried, modem)
	return (',' .. tried .. ','):find(',' .. modem .. ',', 1, true) ~= nil
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
