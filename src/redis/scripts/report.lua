-- report: a status report from the air. One that is faster than its own
-- segment's outcome waits for it a while. a: imsi phone reference class
-- tp_status modem seq.

remember_seq()

-- Is a text of this SIM to this number in a modem's hands?
local function is_one_under_way()
	for _, id in ipairs(redis.call('ZRANGE', key('leased', gateway), 0,
	    -1)) do
		local m = load(id)
		if m and m.state == 'sending' and m.imsi == a.imsi and
		    m.phone == a.phone then
			return true
		end
	end
	return false
end

-- A modem that makes its own TP-MR and then fell silent: the report of an
-- unknown text has a number that nobody heard. It can only be of that text
-- when no other of this SIM to this phone is open.
local function only_one_adrift()
	local adrift, hit = key('adrift', a.imsi, a.phone), nil
	for _, id in ipairs(redis.call('SMEMBERS', adrift)) do
		local m = load(id)
		if not m or m.state ~= 'unknown' or m.imsi ~= a.imsi then
			redis.call('SREM', adrift, id)
		elseif hit then
			return nil
		else
			local segment = 1
			while math.floor(m.done / 2 ^ (segment - 1)) % 2 == 1 do
				segment = segment + 1
			end
			hit = id .. ':' .. segment
		end
	end
	return hit and not is_one_under_way() and hit or nil
end

local hit = redis.call('GET', ref_key(a.imsi, a.phone, a.reference)) or
    only_one_adrift()
if not hit then
	redis.call('SET', key('early', a.imsi, a.phone, a.reference),
	    a.class .. ':' .. a.tp_status .. ':' .. a.at, 'PX', 600000)
	return answer({result = 'unmatched'})
end
local id, segment = hit:match('^(.*):(%d+)$')
local m = load(id)
if not m then
	return answer({result = 'gone'})
end
segment = tonumber(segment)
if a.at < tonumber(m['begun_' .. segment] or 0) then
	return answer({result = 'unmatched'})	-- of a former text
end
local bit_value = 2 ^ (segment - 1)
local is_unknown = m.state == 'unknown' or (m.state == 'queued' and m.resent)
if is_unknown and math.floor(m.done / bit_value) % 2 == 0 then
	-- The centre has it after all.
	mark_done(m, segment)
	if m.done == full(m) then
		is_out(m, true)
	end
end
if not apply_report(m, segment, a.class, a.tp_status) then
	return answer({result = 'pending'})
end
return answer({result = m.state, message = id})
