-- prove: may this user do all that the gateway does, and does Redis take
-- writes? guard.lua has checked rights and fixed keys before. This function
-- checks the names of the other keys, and what the daemon asks without a
-- function. It changes only the key `probe`.

-- The command that makes a key of each type.
local MAKES = {hash = 'HSET', list = 'RPUSH', set = 'SADD', zset = 'ZADD',
    string = 'SET', counter = 'INCR', stream = 'XADD'}

local function closed_key()
	for name, kind in pairs(FIXED) do
		if not may_run(MAKES[kind], prefix .. name) then
			return prefix .. name
		end
	end
	for family, kind in pairs(FAMILIES) do
		local name = prefix .. family .. ':probe'
		if not may_run(MAKES[kind], name) then
			return name
		end
	end
	return not redis.acl_check_cmd('RENAME', prefix .. 'message:1', prefix ..
	    'misplaced:message:1') and prefix .. 'misplaced:*' or nil
end

local function missing_command()
	local direct = {
		{'FCALL', 'x', '0'},
		{'HGET', key('gateway', gateway), 'x'},
		{'XREADGROUP', 'GROUP', a.group, gateway, 'COUNT', '1',
		    'STREAMS', a.stream, '>'},
		{'XGROUP', 'CREATE', a.stream, a.group, '0', 'MKSTREAM'},
		a.list and {'BLMOVE', a.list, key('taken'), 'RIGHT', 'LEFT',
		    '1'} or nil,
	}
	for _, words in ipairs(direct) do
		if not redis.acl_check_cmd(unpack(words)) then
			return words
		end
	end
end

redis.call('SET', key('probe'), 1, 'PX', 1000)
local words, name = missing_command(), closed_key()
if name then
	return redis.error_reply('NORIGHT this Redis user may not use ' ..
	    name .. ': give it ~' .. prefix .. '*')
elseif words then
	return redis.error_reply('NORIGHT this Redis user may not run ' ..
	    words[1] .. ' on ' .. (a.list or a.stream) .. ': give it +' ..
	    words[1]:lower() .. ' and ~' .. (a.list or a.stream))
end
return answer({result = 'well'})
