-- heard: hands out open questions again that have had no answer for a while,
-- because the gateway that had them died, or Redis was away.

local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('questions'), '-inf', now,
    'LIMIT', 0, 50)) do
	local q = redis.call('GET', key('question', id))
	if q then
		redis.call('ZADD', key('questions'), now + a.again_ms, id)
		found[#found + 1] = cjson.decode(q)
	else	-- too late for an answer
		redis.call('ZREM', key('questions'), id)
	end
end
return answer({result = 'heard', questions = #found > 0 and found or nil})
