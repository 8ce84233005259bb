-- take: moves what producers pushed to the list into the stream, the oldest
-- first: first what a gateway had moved to `taken` (it may be gone now), then
-- the list itself. An item leaves its list only after the stream has it, so a
-- refused XADD loses nothing. If one list has the wrong type, the other is
-- still moved.

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
