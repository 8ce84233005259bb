-- keys: do we know every key under which this Redis holds hashes?

local names = key('keys')

-- The data is older than this list: wishes are stored under some key, too.
if redis.call('HEXISTS', names, 'looked') == 0 then
	local glob = prefix:gsub('[%*%?%[%]\\]', '\\%0')
	local page = redis.call('SCAN', a.cursor, 'MATCH', glob .. 'wish:*',
	    'COUNT', 1000)
	for _, name in ipairs(page[2]) do
		local id = name:match(':wish:(%x+):')
		if id then
			redis.call('HSETNX', names, id, now)
		end
	end
	if page[1] ~= '0' then
		return answer({result = 'more', cursor = page[1]})
	end
	redis.call('HSET', names, 'looked', now)
end

local is_ours, foreign = {looked = true}, {}
for _, id in ipairs(a.ids) do
	is_ours[id] = true
end
for _, id in ipairs(redis.call('HKEYS', names)) do
	if not is_ours[id] then
		foreign[#foreign + 1] = id
	end
end
if a.accept then
	for _, id in ipairs(foreign) do
		redis.call('HDEL', names, id)
	end
	foreign = {}
end
if #foreign > 0 then
	return answer({result = 'foreign',
	    foreign = table.concat(foreign, ', ')})
end
redis.call('HSETNX', names, a.ids[1], now)
return answer({result = 'known'})
