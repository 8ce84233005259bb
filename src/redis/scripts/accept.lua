-- accept: one usable event becomes its dossier's record and, mostly, a message
-- in the schedule. The event leaves the stream in the same step.

local e = a.event

-- The last step: set the mark of the event, and let the event leave the stream.
-- If a message was made, the message itself is the mark.
local mark = key('event', a.key)
local dossier = key('dossier', e.dossier)
local is_news, is_made = false, false

local function acknowledge()
	if is_news and not a.is_by_content and not is_made then
		redis.call('SET', mark, a.id, 'PX', a.key_ttl_ms)
	end
	if a.entry then
		leave_stream(a.stream, a.group, a.entry, a.keep)
	end
end

local function done(words)
	acknowledge()
	return answer(words)
end

local function as_message(id)
	return {id = id, event = a.entry or '', dossier = e.dossier,
	    status = e.status, phone = e.phone}
end

local function suppress(id, reason)
	receipt(as_message(id), 'suppressed', reason)
	return done({result = 'suppressed', reason = reason})
end

-- The present record. Missing fields are false.
local RECORD = {'at', 'wrong_phone', 'phone', 'forgotten', 'content',
    'content_at', 'content_id', 'updated_at', 'waiting', 'missed',
    'due', 'due_of'}
local known = {}
for i, value in ipairs(redis.call('HMGET', dossier, unpack(RECORD))) do
	known[RECORD[i]] = value
end

-- An event without time and key is repeated when it equals the dossier's last
-- change. So the statuses 9, 4, 9 are three changes. Returns the id of that
-- change.
local function last_change()
	local at = tonumber(known.content_at or known.updated_at) or 0
	return known.content == a.content and now - at < a.key_ttl_ms and
	    (known.content_id or known.content)
end

-- A reader took this entry before, maybe on another gateway.
local function is_acknowledged()
	if not a.entry then
		return false
	end
	local pending = redis.pcall('XPENDING', a.stream, a.group, a.entry,
	    a.entry, 1)
	return not pending.err and #pending == 0
end

-- An event that comes again after a different one is another message. Its id is
-- made from the first one, so that a server that lost data makes the same ids
-- again. Second value: this entry has made that message already.
local function next_id()
	local id, n = a.id, 0
	local entry = redis.call('HGET', key('message', id), 'event')
	while entry do
		if a.entry and entry == a.entry then
			return id, true
		end
		n = n + 1
		id = redis.sha1hex(a.id .. '|' .. n):sub(1, #a.id)
		entry = redis.call('HGET', key('message', id), 'event')
	end
	return id, false
end

-- An event that is delivered twice gives one notice.
local former
if a.is_by_content then
	local first = last_change()
	if first or is_acknowledged() then
		return suppress(first or a.id, 'duplicate')
	end
	local is_here
	a.id, is_here = next_id()
	if is_here then
		return suppress(a.id, 'duplicate')
	end
else
	local first = redis.call('GET', mark)
	if first then
		return suppress(first, 'duplicate')
	end
	-- After key_ttl_ms the same event is another notice with the same id,
	-- but not while the first notice is still on its way.
	former = load(a.id)
	if former and (is_open(former) or
	    former.created_at + a.key_ttl_ms > now) then
		return suppress(a.id, 'duplicate')
	end
end
is_news = true

-- The record for lookups. If two changes have the same time, the later event
-- counts.
if e.at < (tonumber(known.at) or 0) then
	return suppress(a.id, 'older_status')
end
local flat = {'code', e.dossier, 'at', e.at, 'updated_at', now}
-- A citizen who said that this number is wrong does not get the dossier again.
-- For an erased citizen, nothing is stored again.
local wish = wish_of(a.hashes)
if next(wish) then		-- no stranger's any more
	keep_wish(a.hashes[1])
end
local is_wrong = wish.erased == '1'
for _, hash in ipairs(known.wrong_phone and a.hashes or {}) do
	is_wrong = is_wrong or hash == known.wrong_phone
end
if is_wrong then
	e.record.phone = nil
end

local function set(name, value)
	flat[#flat + 1] = name
	flat[#flat + 1] = value
end

-- What the citizen was told last, and by which message. `content_at` is set
-- only when it differs from the time of the last update: after a reminder.
local obsolete = {known.forgotten and 'forgotten' or nil}
local function forget(name)
	obsolete[#obsolete + 1] = known[name] and name or nil
end

if a.content then
	set('content', a.content)
	forget('content_at')
	if a.id ~= a.content then
		set('content_id', a.id)
	else
		forget('content_id')
	end
elseif known.content and not known.content_at then
	set('content_at', known.updated_at or 0)
end
for name, value in pairs(e.record) do
	flat[#flat + 1] = name
	flat[#flat + 1] = value
end
if e.record.due then	-- else an older date stays, of another matter
	set('due_of', e.status)
end
redis.call('HSET', dossier, unpack(flat))
if obsolete[1] then
	redis.call('HDEL', dossier, unpack(obsolete))
end
local codes = codes_key(e.dossier)
if codes then
	redis.call('ZADD', codes, 0, e.dossier)
end
if e.phone ~= '' and known.phone and known.phone ~= e.phone and
    not is_wrong then
	redis.call('ZREM', key('phone', known.phone), e.dossier)
end
local now_is = situation(e.status)
if e.phone ~= '' and not is_wrong then
	redis.call('ZADD', key('phone', e.phone), e.at, e.dossier)
end

-- A gateway has sent something about this dossier that this server has lost. No
-- older notice follows it. An event without a time of its own that comes again
-- looks newer: it waits a while for the same event to come again.
local told_of = redis.call('HMGET', key('last_outcome', e.dossier), 'at', 'message')
if tonumber(told_of[1]) and a.message and
    redis.call('EXISTS', key('outcome', a.id)) == 0 then
	if e.at < tonumber(told_of[1]) then
		a.suppress = 'older_status'
	elseif not e.is_dated and
	    redis.call('EXISTS', key('outcome', told_of[2])) == 1 then
		a.message.not_before = math.max(a.message.not_before,
		    now + unknown_wait_ms)
	end
end

-- The dossier has another status now: no result waits for collection any more.
local ends_collection = not now_is.keeps_status and not now_is.collectable

-- A newer notice makes older ones pointless that are not sent yet. An event
-- without a notice of its own cancels an unsent "ready" that is not true any
-- more.
local function is_superseded(old)
	if not STATES[old.state].cancellable or old.done > 0 then
		return false
	end
	if a.suppress then
		return situation(old.status).collectable and ends_collection
	end
	return makes_pointless(e.status, old.status)
end

if ends_collection then
	redis.call('ZREM', key('remind'), e.dossier)
end

if e.phone ~= '' then
	for _, id in ipairs(split_ids(known.waiting)) do
		local old = load(id)
		if old and old.phone ~= e.phone then
			-- No other key leads from its phone to it.
			list_for_phone(old)
		elseif old and is_superseded(old) then
			if not STATES[old.state].unsure then
				finish(old, 'superseded', 'newer_status')
			else
				store(old, {no_resend = 1})
			end
		end
	end
end

-- For the counters. silence: why the event makes no text, or nil.
local function tally_event(silence)
	local due, due_of = known.due, known.due_of
	tally(e.agency, now, 'event_' .. e.status)
	if silence then
		tally(e.agency, now, 'suppressed_' .. silence)
	end
	-- The due date of these statuses is the appointed day. For a supplement
	-- it is another date.
	if e.status == 'ready' and due and (due_of == 'received' or
	    due_of == 'registered' or due_of == 'processing' or
	    due_of == 'late') then
		tally(e.agency, now, due_of ~= 'late' and day_of(e.at) <= due
		    and 'on_time' or 'late')
	end
end

-- The change makes no text: the citizen can't be told of it, or an older miss
-- is not worth telling any more.
local function miss_silent(reason)
	if situation(e.status).must_hear and
	    (reason == 'no_phone' or reason == 'optout') then
		miss_dossier(e.dossier, {state = 'suppressed', reason = reason,
		    status = e.status, at = e.at, agency = e.agency}, a.id)
	elseif known.missed and e.status ~= 'late' and
	    read_missed(known.missed).status ~= e.status then
		end_missed(e.dossier, e.status)
	end
end

local silence = a.suppress or
    (wish.stop == '1' or is_wrong) and 'optout'
if a.content then
	tally_event(silence)
else
	tally(e.agency, now, 'reminder')
end
if silence then
	miss_silent(silence)
	return suppress(a.id, silence)
end
if known.missed and e.status == 'returned' then
	end_missed(e.dossier, e.status)
end

-- The flood guard: far more notices than this agency's usual hour are most
-- likely a mistake. Usual is the mean of its hours with any notice in the last
-- week. An agency without a past may send flood_floor an hour. Old hours are
-- deleted when a new one begins.
local WEEK = 168		-- hours

local function cut_rates(rates, hour)
	for _, field in ipairs(redis.call('HKEYS', rates)) do
		if hour - (tonumber(field) or 0) > WEEK then
			redis.call('HDEL', rates, field)
		end
	end
	redis.call('PEXPIRE', rates, (WEEK + 1) * 3600000)
end

local function is_flood()
	if a.flood_factor == 0 then
		return false
	end
	local rates, hour = key('rates', e.agency), math.floor(now / 3600000)
	local count = add_to(rates, hour, 1)
	if count == 1 then
		cut_rates(rates, hour)
	end
	if count <= a.flood_factor * a.flood_floor then
		return false
	end
	local sum, n, flat = 0, 0, redis.call('HGETALL', rates)
	for i = 1, #flat, 2 do
		local age = hour - (tonumber(flat[i]) or 0)
		if age > 0 and age <= WEEK then
			sum, n = sum + (tonumber(flat[i + 1]) or 0), n + 1
		end
	end
	return count > a.flood_factor * math.max(a.flood_floor,
	    n > 0 and sum / n or 0)
end

-- The citizen's wish goes before the agency's.
local function dress(m, given)
	local lang = wish.lang or given.lang
	local accents = tonumber(wish.accents or given.accents)
	for _, v in ipairs(given.variants) do
		if v.lang == lang and
		    (v.accents == accents or v.accents == -1) then
			m.text, m.coding = v.text, v.coding
			m.segments = v.segments
		end
	end
end

local m = message_of(a.message)
dress(m, a.message)
m.id, m.event = a.id, a.entry or ''
m.dossier, m.status, m.phone = e.dossier, e.status, e.phone
m.agency, m.channel = e.agency, e.channel
m.at = e.at
m.want = redis.call('GET', key('last', m.pool, m.phone)) or m.want or ''
if former then
	redis.call('ZREM', key('awaiting'), m.id)
	unlist(former)
	remove(former)
end
is_made = true
create(m, former and former.fence)
if m.expires_at <= now and
    redis.call('EXISTS', key('outcome', m.id)) == 0 then
	finish(m, 'expired', 'validity')
	return done({result = 'expired'})
end
redis.call('ZADD', key('expiring'), m.expires_at, m.id)
add_member(key('agencies'), m.agency)
local is_head = join_lane(m)
if not is_head then	-- so long the one before it may keep it waiting
	redis.call('ZADD', key('behind'), math.max(now, m.not_before or 0) +
	    unknown_wait_ms, m.id)
end
if recall_told(m) then
	return done({result = m.state, message = m.id})
end
local flood = is_flood()
if flood then
	add_member(key('holds'), m.agency)
end
if is_on_hold(m.agency) then
	hold(m, flood and 'flood' or 'hold')
	return done({result = 'held', message = m.id, flood = flood,
	    agency = m.agency})
end
if is_head then
	schedule(m, m.not_before or 0)
end
return done({result = 'queued', message = m.id, pool = m.pool})
