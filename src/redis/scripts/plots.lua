-- plots: the points of a day. a: wanted: [{gateway, modem or ""} …]; "": the
-- queue as that gateway saw it. Returns {now, {slot, point, …} …} in the
-- order of wanted; see history.lua.

local rows = {now}
for i, pair in ipairs(a.wanted) do
	local points = pair[2] == '' and
	    redis.pcall('HGETALL', key('history', pair[1])) or
	    redis.pcall('HGETALL', key('history', pair[1], pair[2]))
	rows[i + 1] = points.err and {} or points
end
return rows
