-- asked: the second factor of a question was right, so this takes back what
-- ask.lua counted against it.

local function take_back(name)
	if redis.call('EXISTS', name) == 1 then
		redis.call('DECR', name)
	end
end

take_back(key('wrong_factor', 'phone', a.who))
for _, name in ipairs(a.wrong) do
	take_back(key('wrong_factor', 'dossier', name))
end
redis.call('DEL', key('guess', a.who))
if redis.call('EXISTS', key('lookups', a.hour)) == 1 then
	add_to(key('lookups', a.hour), 'missed', -1)
end
if a.complain then
	redis.call('DEL', key('complaint', a.who))
end
return answer({result = 'ok'})
