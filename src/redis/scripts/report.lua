-- report: a status report from the air. One that is faster than its own
-- segment's outcome waits for it a while. a: imsi phone reference class
-- tp_status modem seq at; sent_at and discharged_at of the centre (0: none),
-- which with the rest make it this report and no other one.

local REPORTS_KEPT_MS = 604800000	-- a week


-- The centre is still trying (3GPP TS 23.040 §9.2.3.15): nothing is settled.
if a.class == 'pending' then
	return answer({result = 'pending'})
end

-- Told live and by a replay, or sent once more by the network: once.
local seen = key('reported', a.imsi, a.phone)
local mark = table.concat({a.reference, a.sent_at or 0, a.discharged_at or 0,
    a.tp_status, (a.sent_at or 0) > 0 and 0 or a.at}, ':')
redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - REPORTS_KEPT_MS)
if redis.call('ZADD', seen, 'NX', now, mark) == 0 then
	return answer({result = 'repeated'})
end
redis.call('PEXPIRE', seen, REPORTS_KEPT_MS)

local m, segment = find_reported(a.imsi, a.phone, a.reference, a.at)
if not m then
	put_early(a.imsi, a.phone, a.reference,
	    a.class .. ':' .. a.tp_status .. ':' .. a.at)
	return answer({result = 'unmatched'})
end
if not take_report(m, segment, a.reference, a.class, a.tp_status) then
	return answer({result = 'repeated'})
end
return answer({result = m.state, message = m.id})
