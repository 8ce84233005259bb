-- Which segment does a status report belong to? Shared by several calls.
--
-- A report names the phone, and the TP-MR that the text had on the air. That
-- TP-MR is the one in +CMGS, which comes with the segment's outcome ("sent"),
-- often after the report. The TP-MR that we gave to the modem counts only if
-- the modem is known to keep it: other modems choose their own. A segment is
-- adrift when it may be on the air under an unknown TP-MR. A report with a
-- strange TP-MR belongs to it, if no other text of this SIM to this phone is
-- open.
--
-- uses: guard message schedule progress retirement told

-- How long a report may follow a message.
local function report_ttl(m)
	return math.max(0, m.expires_at - now) + 86400000
end

-- Does this SIM's modem send the TP-MR that we give to it? Only a +CMGS can
-- show that; until then: nil.
local function keeps_references(imsi, modem)
	local said = redis.call('HMGET', key('sim', imsi), 'overwrites',
	    'modem')
	if not said[1] or said[2] ~= modem then
		return nil
	end
	return said[1] == '0'
end

-- The segment may be on the air. What it was sent with is kept, for a report or
-- a resend. TP-RD helps only when the modem sends our TP-MR.
local function become_unknown(m, reason, wait_ms)
	if change(m, 'unknown', reason, {reference_kept =
	    keeps_references(m.imsi, m.modem) == false and 0 or 1}) then
		redis.call('ZADD', key('unknown'), now + wait_ms, m.id)
	end
end

-- From now on, reports with this TP-MR belong to this segment.
local function set_reference(m, segment, reference)
	redis.call('SET', ref_key(m.imsi, m.phone, reference),
	    m.id .. ':' .. segment, 'PX', report_ttl(m))
	store(m, {['mr_' .. segment] = reference})
end

-- A report from before this moment does not belong to the segment. For a
-- resend, the first sending counts, because either may be reported.
local function note_begun(m, segment, at)
	local begun = 'begun_' .. segment
	if tonumber(m[begun] or 0) == 0 then
		store(m, {[begun] = at or 0})
	end
end

-- This segment may be on the air under an unknown TP-MR. begun_at: before the
-- modem got it.
local function set_adrift(m, segment, begun_at)
	local adrift = key('adrift', m.imsi, m.phone)
	redis.call('SADD', adrift, m.id .. ':' .. segment)
	redis.call('PEXPIRE', adrift, report_ttl(m))
	note_begun(m, segment, begun_at)
end

-- Is another text of this SIM to this phone in a modem's hands?
local function is_one_under_way(imsi, phone, but)
	for _, id in ipairs(redis.call('ZRANGE', key('leased', gateway), 0,
	    -1)) do
		local of = fields_of(id, 'state', 'imsi', 'phone')
		if id ~= but and of[1] == 'sending' and of[2] == imsi and
		    of[3] == phone then
			return true
		end
	end
	return false
end

-- May this segment's report still come under an unknown TP-MR?
local function is_adrift(m, segment)
	if is_done(m, segment) then	-- its +CMGS named no number
		return not m['report_' .. segment] and
		    m['mr_' .. segment] == ''
	end
	return STATES[m.state].unsure or (m.resent and is_open(m))
end

-- Does this server know the message only from what a gateway reported? Then
-- reports wait for its event.
local function is_told(id)
	return id and redis.call('EXISTS', key('outcome', id)) == 1
end

-- The segment whose report with a strange TP-MR came at `at`: the first adrift
-- segment of the message, if only one message of this SIM to this phone has
-- any.
local function only_one_adrift(imsi, phone, at)
	local adrift = key('adrift', imsi, phone)
	local hit, first
	for _, entry in ipairs(redis.call('SMEMBERS', adrift)) do
		local id, segment = entry:match('^(.*):(%d+)$')
		local m = id and load(id)
		segment = tonumber(segment)
		if not m and is_told(id) then
			return nil
		elseif not m or m.imsi ~= imsi or not is_adrift(m, segment) then
			redis.call('SREM', adrift, entry)
		elseif at >= tonumber(m['begun_' .. segment] or 0) then
			if hit and hit.id ~= m.id then
				return nil
			end
			if not hit or segment < first then
				hit, first = m, segment
			end
		end
	end
	return hit, first
end

-- Finds the segment of a report: the one that went on the air with this TP-MR,
-- else the only one that is adrift. Returns nil when there is none, or when the
-- report may belong to a text under way whose TP-MR is not known yet.
local function find_reported(imsi, phone, reference, at)
	local hit = redis.call('GET', ref_key(imsi, phone, reference))
	local id, segment = (hit or ''):match('^(.*):(%d+)$')
	local m = id and load(id)
	if not m and is_told(id) then
		return nil
	elseif m and at >= tonumber(m['begun_' .. segment] or 0) and
	    (is_done(m, segment) or not is_one_under_way(imsi, phone, id)) then
		return m, tonumber(segment)
	elseif is_one_under_way(imsi, phone) then
		return nil
	end
	return only_one_adrift(imsi, phone, at)
end

-- If no segment of an unknown message may be on the air any more, the other
-- segments were never handed over: they are sent now.
local function go_on(m)
	local rest = redis.call('SMEMBERS', key('adrift', m.imsi, m.phone))
	for _, entry in ipairs(rest) do
		local id, segment = entry:match('^(.*):(%d+)$')
		if id == m.id and not is_done(m, tonumber(segment)) then
			return
		end
	end
	requeue(m, 'partly_sent', 0, m.attempt - 1)
end

-- A final report for a segment with this TP-MR: the segment was on the air,
-- whatever we knew of it.
local function take_report(m, segment, reference, class, tp_status)
	local is_unknown = STATES[m.state].unsure or
	    (is_at(m, 'schedule') and m.resent)
	local ref = ref_key(m.imsi, m.phone, reference)
	if redis.call('EXISTS', ref) == 0 then	-- or it is a later text's
		set_reference(m, segment, reference)
	end
	if is_unknown and not is_done(m, segment) then
		mark_done(m, segment)
		if m.done == full(m) then
			is_out(m, true)
		elseif STATES[m.state].unsure and not m.no_resend and
		    not m.final_at then
			go_on(m)
		end
	end
	return apply_report(m, segment, class, tp_status)
end

-- Reports that wait for the outcomes of their segments.
local function early_key(imsi, phone)
	return key('early', imsi, phone)
end

local function put_early(imsi, phone, reference, report)
	redis.call('HSET', early_key(imsi, phone), reference, report)
	redis.call('PEXPIRE', early_key(imsi, phone), 600000)
end

local function match_early(imsi, phone)
	local early, waiting = early_key(imsi, phone), {}
	local flat = redis.call('HGETALL', early)
	for i = 1, #flat, 2 do
		local class, tp_status, at = flat[i + 1]:match(
		    '^(%a+):(%d+):(%d+)$')
		waiting[#waiting + 1] = {reference = flat[i], class = class,
		    tp_status = tp_status, at = tonumber(at)}
	end
	table.sort(waiting, function (x, y) return x.at < y.at end)
	for _, w in ipairs(waiting) do
		local m, segment = find_reported(imsi, phone, w.reference,
		    w.at)
		if m then
			redis.call('HDEL', early, w.reference)
			take_report(m, segment, w.reference, w.class,
			    w.tp_status)
		end
	end
end

-- The lease ended without an outcome. Only that gateway's journal, or a report,
-- can tell whether the text was sent.
local function lease_is_over(m, wait_ms)
	if not may_become(m, 'unknown') then
		return
	end
	for i, reference in ipairs(references_of(m)) do
		if not is_done(m, i) then
			set_adrift(m, i, 0)
			if keeps_references(m.imsi, m.modem) then
				set_reference(m, i, reference)
			end
		end
	end
	become_unknown(m, 'lease_over', wait_ms)
	match_early(m.imsi, m.phone)
end

-- A report for a message that we know only from a gateway belongs to no other.
local REPORT_MS = 3 * 86400000

local function keep_report_for_told(mine, outcome, imsi, phone, reference)
	if outcome == 'sent' then
		redis.call('SET', ref_key(imsi, phone, reference), mine, 'PX',
		    REPORT_MS)
	elseif outcome == 'unknown' then
		local adrift = key('adrift', imsi, phone)
		redis.call('SADD', adrift, mine)
		redis.call('PEXPIRE', adrift, REPORT_MS)
	end
end

-- A gateway reported about a message before its event came (again): now the
-- report is applied. Returns true when the message is not to be scheduled.
-- Segments of a partly sent message can't be joined any more, because their
-- reference is lost: all of them are sent again.
local function recall_told(m)
	local told, flat, t = key('outcome', m.id), {}, {}
	flat = redis.call('HGETALL', told)
	for i = 1, #flat, 2 do
		t[flat[i]] = flat[i + 1]
	end
	if not t.fence then
		return false
	end
	redis.call('DEL', told)
	unschedule(m)
	store(m, {fence = tonumber(t.fence), caught = t.fence, attempt = 1,
	    ['by_' .. t.fence] = t.owner, modem = t.modem, imsi = t.imsi,
	    owner = t.owner, references = '[]', done = tonumber(t.done or 0)})
	if t.resent then
		store(m, {attempt = 2})
		mark_resent(m)
	end
	if m.done == full(m) then
		for i = 1, m.segments do
			note_begun(m, i, tonumber(t['begun_' .. i]))
			set_reference(m, i, t['mr_' .. i])
		end
		is_out(m, t.report == '1')
		match_early(m.imsi, m.phone)
	elseif t.state == 'sending' then
		store(m, {lease_until = now})
		change(m, 'sending', 'recalled')
		redis.call('ZADD', key('leased', m.owner), now, m.id)
	elseif t.state == 'unknown' then
		change(m, 'unknown', 'recalled')
		redis.call('ZADD', key('unknown'),
		    now + unknown_wait_ms, m.id)
	else
		if m.done > 0 then
			store(m, {done = 0, want = m.modem})
			mark_resent(m)
		end
		return false
	end
	return true
end
