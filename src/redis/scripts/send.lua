-- send: one text by an operator's hand, outside of any dossier. a: id,
-- message{phone text coding segments pool priority expires_at …}.

local m = a.message
if redis.call('EXISTS', key('message', a.id)) == 1 then
	return answer({result = 'duplicate', message = a.id})
end
m.id, m.event, m.dossier, m.status = a.id, '', '', ''
m.agency, m.channel = '', ''
m.at, m.want = now, ''
create(m)
redis.call('ZADD', key('expiring'), m.expires_at, m.id)
list_for_phone(m)
schedule(m, 0)
return answer({result = 'queued', message = m.id, pool = m.pool})
