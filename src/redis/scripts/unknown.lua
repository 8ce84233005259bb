-- unknown: messages that may be on the air and wait for a decision, by its
-- time.

local rows = {}
local flat = redis.call('ZRANGE', key('unknown'), 0, a.most, 'WITHSCORES')
for i = 1, #flat, 2 do
	local m = redis.call('HMGET', key('message', flat[i]), 'dossier',
	    'phone', 'modem', 'reason', 'at', 'state')
	if m[6] == 'unknown' then
		if #rows == a.most then
			return {rows, 1}
		end
		rows[#rows + 1] = {flat[i], m[1], m[2], m[3], m[4], m[5],
		    string.format('%.0f', tonumber(flat[i + 1]))}
	end
end
return {rows, 0}
