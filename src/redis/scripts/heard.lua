-- heard: open questions that nobody has answered for a while (whoever had
-- them died, or Redis was away) are handed out again.

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
