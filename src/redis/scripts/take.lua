-- take: what producers pushed to the list becomes entries of the stream,
-- the oldest first: what a gateway, perhaps one that is gone, had moved to
-- `taken`, then the list itself. An item leaves its list after the stream
-- has it, so that a refused XADD loses nothing. A list of the wrong type stops
-- nothing but itself.

local n = 0

local function move(list)
	while n < a.count do
		local item = redis.call('LINDEX', list, -1)
		if not item then
			return
		end
		redis.call('XADD', a.stream, '*', 'json', item)
		redis.call('RPOP', list)
		n = n + 1
	end
end

local fault = bad_key(a.list, 'list')
move(key('taken'))
if not fault then
	move(a.list)
end
return answer({taken = n, trouble = fault or nil})
