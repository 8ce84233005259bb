-- recover: a modem's journal was replayed. What is still leased to the modem
-- was never handed over, so it goes back to the schedule.

if not is_ours(a.token) then
	return not_ours()
end

local leased = key('leased', gateway)
local n = 0
for _, id in ipairs(redis.call('ZRANGE', leased, 0, -1)) do
	local m = load(id)
	if not m or not is_at(m, 'leased') or m.owner ~= gateway then
		redis.call('ZREM', leased, id)
	elseif m.modem == a.modem then
		if m.no_resend == 'optout' and m.done == 0 then
			finish(m, 'cancelled', 'optout')
		else
			requeue(m, 'recovered', 0, m.attempt - 1)
		end
		n = n + 1
	end
end
return answer({result = 'recovered', messages = n})
