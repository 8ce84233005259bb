-- report: a status report from the air. If it is faster than its own segment's
-- outcome, it waits for that a while. The centre's sent_at and discharged_at
-- identify the report.

local REPORTS_KEPT_MS = 604800000	-- a week

local function done(words)
	return answer_journal(words, a.modem, a.seq, a.after)
end

-- The centre is still trying (3GPP TS 23.040 §9.2.3.15): nothing is settled
-- yet.
if a.class == 'pending' then
	return done({result = 'pending'})
end

-- A report may come twice, live and by a replay, or again from the network:
-- count it once.
local seen = key('reported', a.imsi, a.phone)
local mark = table.concat({a.reference, a.sent_at, a.discharged_at,
    a.tp_status, a.sent_at > 0 and 0 or a.at}, ':')
redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - REPORTS_KEPT_MS)
if redis.call('ZADD', seen, 'NX', now, mark) == 0 then
	return done({result = 'repeated'})
end
redis.call('PEXPIRE', seen, REPORTS_KEPT_MS)

local m, segment = find_reported(a.imsi, a.phone, a.reference, a.at)
if not m then
	put_early(a.imsi, a.phone, a.reference,
	    a.class .. ':' .. a.tp_status .. ':' .. a.at)
	return done({result = 'unmatched'})
end
if not take_report(m, segment, a.reference, a.class, a.tp_status) then
	return done({result = 'repeated'})
end
return done({result = m.state, message = m.id})
