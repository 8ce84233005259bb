-- history: stores what this gateway says about itself, and adds to the newest
-- ten-minute point: "dbm sent refused reports" for a modem; for the queue, how
-- many messages are not sent yet.

local SLOT_MS, SLOTS = 600000, 144	-- plot.h has them, too
local slot = math.floor(now / SLOT_MS)

-- Reads numbers from a text that may be missing.
local function numbers(text)
	local list = {}
	for word in (text or ''):gmatch('%S+') do
		list[#list + 1] = tonumber(word) or 0
	end
	return list
end

local function write(name, make)
	local text = redis.call('HGET', name, slot)
	redis.call('HSET', name, slot, make(numbers(text)))
	if text then
		return
	end
	for _, old in ipairs(redis.call('HKEYS', name)) do
		local n = tonumber(old)
		if not n or n <= slot - SLOTS or n > slot then
			redis.call('HDEL', name, old)
		end
	end
	redis.call('PEXPIRE', name, (SLOTS + 1) * SLOT_MS)
end

for _, p in ipairs(a.points) do
	write(key('history', gateway, p[1]), function(old)
		return string.format('%d %d %d %d', tonumber(p[2]) or 0,
		    p[3] + (old[2] or 0), p[4] + (old[3] or 0),
		    p[5] + (old[4] or 0))
	end)
end
local waiting = count_open()
write(key('history', gateway), function()
	return waiting
end)
redis.call('SET', key('view', gateway), a.view, 'PX', retention_ms)
-- The message that expires first is about the oldest one.
local first = redis.call('ZRANGE', key('expiring'), 0, 0)[1]
return answer({result = 'done', waiting = waiting, oldest_at = first and
    tonumber(redis.call('HGET', key('message', first), 'created_at')) or nil})
