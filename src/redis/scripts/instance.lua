-- instance: the name of this gateway, held by one running daemon. Claims it,
-- renews it, or gives it back. a: token host pid state_dir since ttl_ms
-- release; run (which run of a server this is, "" unknown), synced: has
-- this gateway told that server all that it may lack?
-- `others`: how many other living gateways have not. Who waits for its name,
-- which an earlier run of it may still hold, lives and has told nothing.

local mine, waits = key('instance', gateway), key('waits', gateway)
local h = redis.call('HMGET', mine, 'token', 'host', 'pid', 'state_dir',
    'since', 'beat')
if h[1] and h[1] ~= a.token then
	redis.call('SET', waits, 1, 'PX', a.ttl_ms)
	redis.call('SADD', key('gateways'), gateway)
	return answer({result = 'held', host = h[2] or '', pid = h[3] or '',
	    state_dir = h[4] or '', since = h[5] or '',
	    beat = h[1] .. ':' .. (h[6] or '')})
end
if a.release then
	redis.call('DEL', mine)
	return answer({result = 'released'})
end
redis.call('HSET', mine, 'token', a.token, 'host', a.host, 'pid', a.pid,
    'state_dir', a.state_dir, 'since', a.since, 'synced',
    a.synced and a.run or '')
redis.call('DEL', waits)
redis.call('HINCRBY', mine, 'beat', 1)
redis.call('PEXPIRE', mine, a.ttl_ms)
redis.call('SADD', key('gateways'), gateway)

local others = 0
for _, name in ipairs(redis.call('SMEMBERS', key('gateways'))) do
	local synced = redis.call('HGET', key('instance', name), 'synced') or
	    redis.call('EXISTS', key('waits', name)) == 1 and ''
	if name ~= gateway and synced and synced ~= a.run and a.run ~= '' then
		others = others + 1
	end
end
return answer({result = 'ours', others = others})
