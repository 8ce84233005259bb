-- settle: the outcome of one segment, from a worker or from its journal.
-- Repeating the call changes nothing.

local m = load(a.message)

local function done(words)
	return answer_journal(words, a.modem, a.seq, a.after)
end

-- A failover or a restored backup lost the message; or its retention is over.
local function remember_gone()
	local told = redis.call('HMGET', key('outcome', a.message), 'fence', 'done',
	    'state', 'resent')
	local done, bit_value = tonumber(told[2] or 0), 2 ^ (a.segment - 1)
	local fence = tonumber(told[1] or 0)
	-- Only a resend follows an unknown outcome. A replay reports open
	-- intents after all results.
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
-- A server that lost texts has lost their TP-MR, too: go on from the last one
-- that a gateway reports.
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

-- This server ended the message as never sent, because it did not know of this
-- lease: in fact the text was sent.
local is_untrue_end = a.outcome == 'sent' and a.fence > m.fence and
    STATES[m.state].unsent
if is_untrue_end then
	store(m, {modem = a.modem, imsi = a.imsi, references = '[]'})
end

-- A report ended the message here before the gateway reported the lost resend.
if a.fence > m.fence and m.fence > 0 and not STATES[m.state].open and
    not is_untrue_end and (a.outcome == 'sent' or a.outcome == 'unknown') then
	store(m, {fence = a.fence, attempt = m.attempt + 1})
	mark_resent(m)
end

-- What came after this lease was a resend, although this server lost it. (The
-- outcome of what was leased here later is known.)
if a.outcome == 'unknown' and a.fence < tonumber(m.caught or 0) and
    not m.final_at then
	mark_resent(m)
end

-- The TP-MR that we asked for, for this segment.
local wished = references_of(m)[a.segment]

-- The segment is on the air with this TP-MR. If the modem said +CMGS without a
-- number, the TP-MR is unknown.
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

-- The segment may be on the air. Its TP-MR is ours only if the modem is known
-- to keep it.
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

-- Tries again later, unless tries or validity are used up. While it is unclear
-- whose fault it was, the tries do not count.
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
	-- The phone joins the segments of a partly sent message by their
	-- sender.
	store(m, {tries = tries, tried = tried,
	    want = m.done > 0 and a.modem or ''})
	if (tries > most and not is_doubtful) or due >= m.expires_at then
		finish(m, 'failed', reason)
	else
		requeue(m, reason, due, m.attempt)
	end
end

-- Tries the next SIM at once, if there is one that has not tried yet.
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

-- To judge a refusal, compare it with what this SIM sends to others.
-- refused:<imsi> has the messages that the SIM refused since it last sent one,
-- each with its tries before.
local REFUSALS = 3		-- numbers in a row: BREAKER_REFUSALS
local DOUBTFUL = 2		-- numbers in a row: modem or numbers?
local RECENT_MS = 3600000	-- how long a success counts
local REFUSED_MOST = 100

local function streak_key()
	return key('refused', a.imsi)
end

-- How many different numbers the SIM refused in a row, including this one.
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

-- The SIM sends: so its earlier refusals were the numbers' fault.
local function note_success()
	redis.call('DEL', streak_key())
end

local function has_sent_recently()
	local at = redis.call('HGET', key('sim', a.imsi), 'sent_at')
	return now - tonumber(at or 0) < RECENT_MS
end

-- A modem, SIM or network refuses every number: its refusals say nothing about
-- the messages, not even about those that failed a moment ago.
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
	-- The newest first: of several messages of a dossier, the newest is
	-- sent.
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

-- The message fails for good only if the SIM has just sent to others and, if
-- there is another SIM, that one refuses, too. Else it is tried again, as long
-- as the delays last; or until its validity ends, if there are other SIMs.
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
	-- A number that has just accepted a segment is not a bad number.
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

-- This server, with older data, gave the number of this lease to another
-- gateway, or the segment was sent by another lease: both sent it.
local lease = gateway .. ':' .. a.fence
local holder, by = m['by_' .. a.fence] or gateway, m['out_' .. a.segment]
local is_foreign = holder ~= gateway and (a.outcome == 'sent' and
    is_under_way(m) or
    a.outcome == 'unknown' and (m.done > 0 or is_open(m)))
if is_foreign or a.outcome == 'sent' and is_done(m, a.segment) and by and by ~= lease and
    a.fence > tonumber(m.anew or 0) then
	mark_doubled(m)
end

-- "Duplicate" (CMS 197) means success only if we sent the text again.
local is_known = a.outcome == 'refused' and a.action == 'done' and m.resent

-- The segment is on the air, whichever modem holds the lease now.
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
		-- A worker sends only the segments of its own lease: the others
		-- need a new lease.
		if change(m, 'queued', 'partly_sent',
		    {attempt = m.attempt - 1}) then
			redis.call('ZREM', key('leased', gateway), m.id)
			schedule(m, 0)
		end
		return {result = 'queued', pool = m.pool}
	end
	if has_caught_up then
		-- The message is partly sent. The outcome of the rest comes
		-- next, or is unknown.
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
		-- A report that came before this outcome tells more than the
		-- modem's silence.
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
