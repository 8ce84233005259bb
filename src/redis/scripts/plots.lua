-- plots: the points of a day, as history.lua writes them.

local rows = {now}
for i, pair in ipairs(a.wanted) do
	local points = pair[2] == '' and
	    redis.pcall('HGETALL', key('history', pair[1])) or
	    redis.pcall('HGETALL', key('history', pair[1], pair[2]))
	rows[i + 1] = points.err and {} or points
end
return rows
