-- send: one text outside of any dossier. An operator sends it; or, with
-- is_answer, a citizen asked for it by USSD; or, with is_answer and without
-- limits, it reports an alarm to an operator.

local m = message_of(a.message)
if redis.call('EXISTS', key('message', a.id)) == 1 then
	return answer({result = 'duplicate', message = a.id})
end
local refusal = m.is_answer and a.limits and enough(m, a.limits)
if refusal then
	return answer(refusal)
end
m.id, m.event, m.dossier, m.status = a.id, '', '', ''
m.agency, m.channel = '', ''
m.at, m.want = now, ''
create(m)
redis.call('ZADD', key('expiring'), m.expires_at, m.id)
list_for_phone(m)
schedule(m, 0)
return answer({result = 'queued', message = m.id, pool = m.pool})
