-- forget: the operator says that a gateway is gone for good. Nobody waits for
-- its report any more, and the messages in its hands become unknown at once. If
-- the gateway comes back, it reports, and texts that were sent twice are
-- marked.

local names = redis.call('SMEMBERS', key('gateways'))
local is_known = redis.call('ZSCORE', key('awaited_gateways'), a.name)
for _, name in ipairs(names) do
	is_known = is_known or name == a.name
end
if not is_known then
	return answer({result = 'gone', names = table.concat(names, ', ')})
end
if redis.call('EXISTS', key('instance', a.name)) == 1 or
    redis.call('EXISTS', key('waits', a.name)) == 1 then
	return answer({result = 'lives'})
end
local moved, leased = 0, key('leased', a.name)
for _, id in ipairs(redis.call('ZRANGE', leased, 0, -1)) do
	redis.call('ZREM', leased, id)
	local m = load(id)
	if m and is_at(m, 'leased') and m.owner == a.name then
		lease_is_over(m, unknown_wait_ms)
		moved = moved + 1
	end
end
redis.call('ZREM', key('awaited_gateways'), a.name)
redis.call('SREM', key('gateways'), a.name)
redis.call('DEL', key('view', a.name))
redis.call('HSET', key('gateway', a.name), 'told',
    redis.call('HGET', key('epoch'), 'id') or '')
return answer({result = 'done', moved = moved})
