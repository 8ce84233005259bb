-- retire: these messages were final for as long as texts and numbers are
-- kept. a: messages {{id, hash of its phone}, …}.

local n = 0
for _, row in ipairs(a.messages) do
	local m = load(row[1])
	redis.call('ZREM', key('retiring'), row[1])
	if m and m.phone ~= '' and not is_open(m) then
		retire(m, row[2])
		n = n + 1
	end
end
return answer({result = 'retired', messages = n})
