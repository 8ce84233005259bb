-- undelivered: messages that did not reach anybody, the newest first. a:
-- agency or "", since (milliseconds, 0: ever), most. Returns {rows of
-- {dossier status phone state reason at agency id}, 1 when there are more}.
-- Whom a text reached after all is left out.

local agencies = a.agency ~= '' and {a.agency} or
    redis.call('SMEMBERS', key('agencies'))
local all, more = {}, 0
for _, agency in ipairs(agencies) do
	local flat = redis.call('ZREVRANGEBYSCORE', key('missed', agency),
	    '+inf', a.since, 'WITHSCORES', 'LIMIT', 0, a.most + 1)
	if #flat > 2 * a.most then
		more = 1
	end
	for i = 1, #flat, 2 do
		all[#all + 1] = {flat[i], tonumber(flat[i + 1])}
	end
end
table.sort(all, function(x, y)
	if x[2] ~= y[2] then
		return x[2] > y[2]
	end
	return x[1] < y[1]
end)

local rows = {}
for _, e in ipairs(all) do
	local m = redis.call('HMGET', key('message', e[1]), 'dossier',
	    'status', 'phone', 'state', 'reason', 'agency')
	if m[4] and STATES[m[4]] and STATES[m[4]].missed then
		if #rows == a.most then
			return {rows, 1}
		end
		rows[#rows + 1] = {m[1], m[2], m[3], m[4], m[5],
		    string.format('%.0f', e[2]), m[6], e[1]}
	end
end
return {rows, more}
