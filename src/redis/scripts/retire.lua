-- retire: these messages were final for as long as texts and numbers are
-- kept.

local n = 0
for _, row in ipairs(a.messages) do
	local m = load(row.id)
	redis.call('ZREM', key('retiring'), row.id)
	if m and m.phone ~= '' and not is_open(m) then
		retire(m, row.hash)
		n = n + 1
	end
end
return answer({result = 'retired', messages = n})
