-- overview: the gateways of this Redis.

local rows, names = {}, redis.call('SMEMBERS', key('gateways'))
table.sort(names)
for i, name in ipairs(names) do
	local seen = redis.pcall('HMGET', key('gateway', name), 'seen_at',
	    'released')
	local view = redis.pcall('GET', key('view', name))
	rows[i] = {name, seen[1] or '', seen[2] or '',
	    type(view) == 'string' and view or ''}
end
return rows
