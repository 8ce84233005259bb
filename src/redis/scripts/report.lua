-- report: a status report from the air. One that is faster than its own
-- segment's outcome waits for it a while. a: imsi phone reference class
-- tp_status modem seq.

remember_seq()
local hit = redis.call('GET', ref_key(a.imsi, a.phone, a.reference))
if not hit then
	redis.call('SET', key('early', a.imsi, a.phone, a.reference),
	    a.class .. ':' .. a.tp_status, 'PX', 600000)
	return answer({result = 'unmatched'})
end
local id, segment = hit:match('^(.*):(%d+)$')
local m = load(id)
if not m then
	return answer({result = 'gone'})
end
segment = tonumber(segment)
local bit_value = 2 ^ (segment - 1)
if m.state == 'unknown' and math.floor(m.done / bit_value) % 2 == 0 then
	-- The centre has it after all.
	store(m, {done = m.done + bit_value})
	if m.done == full(m) then
		is_out(m, true)
	end
end
if not apply_report(m, segment, a.class, a.tp_status) then
	return answer({result = 'pending'})
end
return answer({result = m.state, message = id})
