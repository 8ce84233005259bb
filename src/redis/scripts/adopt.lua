-- adopt: takes over entries of the stream that a consumer took and did not
-- acknowledge, if its gateway is gone (nobody holds its name).

local ok, rows = pcall(redis.call, 'XPENDING', a.stream, a.group, 'IDLE',
    a.idle_ms, '-', '+', a.count)
if not ok or type(rows) ~= 'table' or rows.err then
	return answer({adopted = 0})	-- no stream, no group: the reader tells
end
local ids, n = {}, 0
for _, row in ipairs(rows) do
	local owner = row[2]
	if owner ~= gateway and
	    redis.call('EXISTS', key('instance', owner)) == 0 then
		n = n + 1
		ids[n] = row[1]
	end
end
if n > 0 then
	redis.call('XCLAIM', a.stream, a.group, gateway, a.idle_ms,
	    unpack(ids))
end
return answer({adopted = n})
