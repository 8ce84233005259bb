-- settle: the outcome of one segment, told by a worker or by its journal.
-- Saying it twice changes nothing.

local m = load(a.message)

local function done(words)
	return answer_journal(words, a.modem, a.seq, a.after)
end

-- Forgotten by a failover or a restored backup; or its retention is over.
local function remember_gone()
	local told = redis.call('HMGET', key('outcome', a.message), 'fence', 'done',
	    'state', 'resent')
	local done, bit_value = tonumber(told[2] or 0), 2 ^ (a.segment - 1)
	local fence = tonumber(told[1] or 0)
	-- Only a resend follows what is unknown; a replay tells of an intent
	-- without result after all results.
	if fence > a.fence then
		if a.outcome == 'unknown' then
			remember_told(a.message, {resent = 1})
		end
		return
	end
	if a.outcome == 'sent' and math.floor(done / bit_value) % 2 == 0 then
		done = done + bit_value
	end
	if a.outcome == 'sent' then	-- for its report
		remember_told(a.message, {['mr_' .. a.segment] = a.reference,
		    ['begun_' .. a.segment] = a.begun_at,
		    report = a.report and 1 or 0})
	end
	remember_told(a.message, {fence = a.fence, modem = a.modem, imsi = a.imsi,
	    owner = gateway, done = done, state = a.outcome == 'sent' and
	    'part' or a.outcome,
	    resent = told[4] or (fence > 0 and fence < a.fence and
	    told[3] == 'unknown' and 1) or nil})
end

local has_caught_up = m and a.outcome ~= 'unsent' and
    catch_up(m, a.fence, a.modem, a.imsi)
-- A server that forgot texts forgot their numbers, too: its next ones follow
-- the last that it is told of.
if not m or has_caught_up then
	redis.call('HSET', key('sim', a.imsi), 'reference', a.reference)
end
if not m then
	remember_gone()
	keep_report_for_told(a.message .. ':' .. a.segment, a.outcome, a.imsi,
	    a.phone, a.reference)
	if a.outcome == 'sent' or a.outcome == 'unknown' then
		note_said(a.message, a.about, a.phone)
	end
	return done({result = 'gone'})
end

-- Ended here as never sent, by who did not know of this lease: it was said.
local is_untrue_end = a.outcome == 'sent' and a.fence > m.fence and
    STATES[m.state].unsent
if is_untrue_end then
	store(m, {modem = a.modem, imsi = a.imsi, references = '[]'})
end

-- A report ended it here before the forgotten resend was told.
if a.fence > m.fence and m.fence > 0 and not STATES[m.state].open and
    not is_untrue_end and (a.outcome == 'sent' or a.outcome == 'unknown') then
	store(m, {fence = a.fence, attempt = m.attempt + 1})
	mark_resent(m)
end

-- What came after this was a resend, though it was forgotten here. (What was
-- leased here after it was not: its end is known.)
if a.outcome == 'unknown' and a.fence < tonumber(m.caught or 0) and
    not m.final_at then
	mark_resent(m)
end

-- The wished TP-MR of this segment.
local wished = references_of(m)[a.segment]

-- On the air with this TP-MR. A modem that said +CMGS without a number has
-- one that nobody knows.
local function note_sent()
	local sim = key('sim', a.imsi)
	if not a.reference_kept and a.reference == wished then
		store(m, {['mr_' .. a.segment] = '', reference_kept = 0})
		set_adrift(m, a.segment, a.begun_at)
		redis.call('HDEL', sim, 'overwrites')
		redis.call('HSET', sim, 'sent_at', now_text)
		return
	end
	note_begun(m, a.segment, a.begun_at)
	store(m, {reference_kept = a.reference_kept and 1 or 0})
	redis.call('HSET', sim, 'overwrites', a.reference_kept and '0' or '1',
	    'modem', a.modem, 'sent_at', now_text)
	set_reference(m, a.segment, a.reference)
end

-- Perhaps on the air: with the TP-MR that it was given only where the modem
-- is known to send that one.
local function note_unknown()
	set_adrift(m, a.segment, a.begun_at)
	if keeps_references(a.imsi, a.modem) then
		set_reference(m, a.segment, a.reference)
	end
end

local tried = m.tried or ''

local function sims_tried()
	local _, n = tried:gsub('[^,]+', '')
	return n
end

-- Again after a while, unless tries or validity are used up; the tries count
-- for nothing while it is in doubt who is to blame.
local function try_later(reason, is_doubtful)
	local tries = tonumber(m.tries or 0) + (a.counts and 1 or 0)
	local most = #a.delays
	if a.max_tries > 0 and a.max_tries - 1 < most then
		most = a.max_tries - 1
	end
	local delay = a.delays[math.min(math.max(tries, 1), #a.delays)]
	if tries <= 1 and a.delay_ms >= 0 and a.delay_ms < delay then
		delay = a.delay_ms
	end
	local due = now + math.floor(delay * a.jitter)
	-- What is partly out is joined on the phone by its sender.
	store(m, {tries = tries, tried = tried,
	    want = m.done > 0 and a.modem or ''})
	if (tries > most and not is_doubtful) or due >= m.expires_at then
		finish(m, 'failed', reason)
	else
		requeue(m, reason, due, m.attempt)
	end
end

-- The next SIM at once, where there is one that has not tried yet.
local function try_other(reason)
	local list, word = ',' .. a.other .. ',', ',' .. m.pool .. '='
	local _, at = list:find(word, 1, true)
	local other = at and list:match('^[^,]+', at + 1)
	if not other or was_tried(tried, other) or is_bound(m) then
		return false
	end
	store(m, {tried = tried, want = other})
	requeue(m, reason, 0, m.attempt)
	return true
end

-- What this SIM says of a number is weighed against what it says to others.
-- refused:<imsi> has the messages that it refused since it last sent one,
-- each with its tries before.
local REFUSALS = 3		-- numbers in a row: BREAKER_REFUSALS
local DOUBTFUL = 2		-- numbers in a row: modem or numbers?
local RECENT_MS = 3600000	-- how long a success counts
local REFUSED_MOST = 100

local function streak_key()
	return key('refused', a.imsi)
end

-- How many different numbers it refused in a row, this one among them.
local function note_refusal()
	if redis.call('HLEN', streak_key()) < REFUSED_MOST then
		redis.call('HSETNX', streak_key(), m.id, m.tries or 0)
	end
	redis.call('PEXPIRE', streak_key(), math.max(RECENT_MS,
	    2 * a.delays[#a.delays]))
	local phones, n = {}, 0
	for _, id in ipairs(redis.call('HKEYS', streak_key())) do
		local phone = fields_of(id, 'phone')[1]
		if phone and phone ~= '' and not phones[phone] then
			phones[phone], n = true, n + 1
		end
	end
	return n
end

-- It sends: what it refused before was refused for the number's sake.
local function note_success()
	redis.call('DEL', streak_key())
end

local function has_sent_recently()
	local at = redis.call('HGET', key('sim', a.imsi), 'sent_at')
	return now - tonumber(at or 0) < RECENT_MS
end

-- A modem, SIM or network refuses everybody: its refusals say nothing of the
-- messages, also of those that failed by them moments ago.
local function take_back(old, tries)
	local id = old.id
	if is_at(old, 'schedule') then
		store(old, {tries = tries, vouched = ''})
	elseif old.state == 'failed' and old.text and
	    old.expires_at > now and may_become(old, 'queued') and
	    #lane_of(old) == 0 then
		redis.call('ZREM', key('retiring'), id)
		unmiss(old, 'queued')
		tally_outcome(old, old.state, nil)
		unset(old, 'final_at')
		redis.call('ZADD', key('expiring'), old.expires_at, id)
		if old.dossier ~= '' then
			join_lane(old)
		end
		store(old, {tries = tries, tried = '', vouched = ''})
		change(old, 'queued', old.reason)
		schedule(old, now + math.floor(a.delays[1] * a.jitter))
	end
end

local function everybody_is_refused()
	local flat, others = redis.call('HGETALL', streak_key()), {}
	for i = 1, #flat, 2 do
		local old = flat[i] ~= m.id and load(flat[i])
		if old then
			others[#others + 1] = {message = old,
			    tries = flat[i + 1], rank = old.rank}
		end
	end
	-- The newest first: of one dossier, that is the one to be sent.
	table.sort(others, function (x, y) return x.rank > y.rank end)
	for _, other in ipairs(others) do
		take_back(other.message, other.tries)
	end
	tried = a.modem
	store(m, {tries = redis.call('HGET', streak_key(), m.id) or m.tries,
	    vouched = ''})
	if not try_other(a.reason) then
		store(m, {tried = '', want = m.done > 0 and a.modem or ''})
		requeue(m, a.reason, now + math.floor(a.delays[1] * a.jitter),
		    m.attempt)
	end
end

local function is_vouched()
	return tostring(m.vouched) == '1'
end

-- For good only when a SIM says so that has just sent to others, and where
-- there is another SIM, that one too. Else it is tried again, as long as the
-- delays last; until its validity ends where it is not the only one.
local function fail(is_doubtful)
	if not a.confirm then		-- the gateway's, or the operator's word
		finish(m, 'failed', a.reason)
	elseif sims_tried() < 2 and try_other(a.reason) then
		return
	elseif is_vouched() then
		finish(m, 'failed', a.reason)
	else
		try_later(a.reason, is_doubtful)
	end
end

local function refused()
	local is_doubtful = false
	if not was_tried(tried, a.modem) then
		tried = tried == '' and a.modem or tried .. ',' .. a.modem
	end
	if a.action ~= 'done' and (a.action ~= 'fail' or a.confirm) then
		local n = note_refusal()
		if n >= REFUSALS then
			return everybody_is_refused()
		elseif n == 1 and has_sent_recently() then
			store(m, {vouched = 1})
		end
		is_doubtful = n >= DOUBTFUL and
		    not (a.confirm and has_sent_recently())
	end
	-- A number that has just taken a segment is no bad number.
	local takes_texts = a.is_number and m.done > 0
	if a.action == 'fail' and not takes_texts then
		fail(is_doubtful)
	elseif a.is_number and sims_tried() > 1 and a.counts and
	    is_vouched() then
		finish(m, 'failed', a.reason)	-- two SIMs agree
	elseif a.action ~= 'other_modem' or not
	    try_other(a.reason) then
		try_later(a.reason, is_doubtful)
	end
end

local is_current = is_at(m, 'leased') and m.fence == a.fence and
    m.owner == gateway

-- This server, older then, gave the number of this lease to another gateway,
-- or the segment went out by another lease: both said it.
local lease = gateway .. ':' .. a.fence
local holder, by = m['by_' .. a.fence] or gateway, m['out_' .. a.segment]
local is_foreign = holder ~= gateway and (a.outcome == 'sent' and
    is_under_way(m) or
    a.outcome == 'unknown' and (m.done > 0 or is_open(m)))
if is_foreign or a.outcome == 'sent' and is_done(m, a.segment) and by and by ~= lease and
    a.fence > tonumber(m.anew or 0) then
	mark_doubled(m)
end

-- "Duplicate" (CMS 197) is good news only where we said it again.
local is_known = a.outcome == 'refused' and a.action == 'done' and m.resent

-- True whoever holds the lease now: it is on the air.
local function went_out()
	if not is_done(m, a.segment) then
		mark_done(m, a.segment, lease)
		add_to(key('sim', a.imsi), 'segments', 1)
		if a.outcome == 'sent' then
			note_sent()
			note_success()
		else
			set_reference(m, a.segment, a.reference)
		end
	end
	if m.done == full(m) and is_untrue_end then
		tally_outcome(m, m.state, nil)
		unset(m, 'final_at')
		unmiss(m, 'sent')
		store(m, {fence = a.fence, attempt = m.attempt + 1})
	end
	if m.done == full(m) and (is_untrue_end or STATES[m.state].open) then
		is_out(m, a.report)
		return {result = 'sent', pool = m.pool}
	end
	if a.outcome ~= 'sent' and is_current then
		-- A worker goes no further than what it was not told to be
		-- sent: the rest is leased again.
		if change(m, 'queued', 'partly_sent',
		    {attempt = m.attempt - 1}) then
			redis.call('ZREM', key('leased', gateway), m.id)
			schedule(m, 0)
		end
		return {result = 'queued', pool = m.pool}
	end
	if has_caught_up then
		-- Partly out; the rest is told next, or is unknown.
		store(m, {lease_until = now})
		redis.call('ZADD', key('leased', gateway), now, m.id)
	end
	return {result = m.state}
end

local function did_not_go_out()
	if m.no_resend == 'optout' and m.done == 0 and
	    (a.outcome == 'unsent' or a.action ~= 'unknown') and
	    a.outcome ~= 'unknown' then
		finish(m, 'cancelled', 'optout')	-- said while we tried
	elseif a.outcome == 'unsent' then
		requeue(m, a.reason, 0, m.attempt - 1)
	elseif a.outcome == 'unknown' or a.action == 'unknown' then
		if not may_become(m, 'unknown') then
			return {result = m.state}
		end
		redis.call('ZREM', key('leased', gateway), m.id)
		-- A report that came before the modem's silence ended says
		-- more than it.
		note_unknown()
		store(m, {state = 'unknown'})
		match_early(a.imsi, a.phone)
		if STATES[m.state].unsure then
			become_unknown(m, a.reason, unknown_wait_ms)
		end
	elseif may_become(m, 'queued') then
		refused()
	end
	return {result = m.state, pool = m.pool}
end

local words = {result = 'stale'}
if a.outcome == 'sent' or is_known then
	words = went_out()
elseif is_current then
	words = did_not_go_out()
end
match_early(a.imsi, a.phone)
return done(words)
