-- The answers of the functions, and what they do at their end.
--
-- uses: guard

-- The gateway has finished an entry of the events stream. When the run ends,
-- the entry is acknowledged and, unless events are kept, deleted.
local function leave_stream(stream, group, entry, is_kept)
	local left = of_run.left or {stream = stream, group = group, done = {},
	    gone = {}}
	of_run.left = left
	left.done[#left.done + 1] = entry
	if not is_kept then
		left.gone[#left.gone + 1] = entry
	end
end

local function delete_left()
	local left = of_run.left
	if left then
		redis.call('XACK', left.stream, left.group, unpack(left.done))
		if left.gone[1] then
			redis.call('XDEL', left.stream, unpack(left.gone))
		end
	end
end

-- The worker's records for one modem have rising numbers. Redis stores the
-- highest number up to which it has all records. after: the number of the
-- record before it that was not confirmed yet when this one was sent; 0: none.
-- That record may have been refused, because memory was full, and this one not.
local function remember_seq(modem, seq, after)
	if seq > 0 then
		local name = 'seq:' .. modem
		local last = tonumber(redis.call('HGET',
		    key('gateway', gateway), name)) or 0
		if seq > last and last >= after then
			redis.call('HSET', key('gateway', gateway), name, seq)
		end
	end
end

-- For the events stream: the id from which on entries are still needed, and
-- whether that entry itself is not needed.
local function oldest_needed(stream, group)
	local pending = redis.pcall('XPENDING', stream, group)
	if pending.err then
		return '0-0', false	-- no such stream or group yet
	elseif pending[1] > 0 then
		return pending[2], false
	end
	for _, flat in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
		local group_of = {}
		for i = 1, #flat, 2 do
			group_of[flat[i]] = flat[i + 1]
		end
		if group_of.name == group then
			return group_of['last-delivered-id'], true
		end
	end
	return '0-0', false
end

-- Only the holder of this gateway's name may hand out or take back its work. A
-- name may expire because a clock was set or the machine stood still. If nobody
-- took it, it is still ours: the next heartbeat tells.
local function is_ours(token)
	of_run.holder = of_run.holder or redis.call('HGET',
	    key('instance', gateway), 'token') or ''
	return of_run.holder == '' or of_run.holder == token
end

local function not_ours()
	return redis.error_reply('NOTOURS another gateway has this name')
end

-- What every function answers: its own words, and the states.
local function answer(words)
	words.states = next(states) and states or nil
	words.misplaced = misplaced[1]
	words.refused = refused[1] and refused or nil
	words.closed = closed[1] and closed or nil
	return cjson.encode(words)
end

-- The answer to a report from a modem's journal. Storing its number is the last
-- step, because the number says that all of this is done.
local function answer_journal(words, modem, seq, after)
	remember_seq(modem, seq, after)
	return answer(words)
end
