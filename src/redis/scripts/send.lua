-- send: one text by an operator's hand, outside of any dossier. a: id,
-- message{phone text coding segments pool priority expires_at …}.

local m = a.message
if redis.call('EXISTS', key('message', a.id)) == 1 then
	return answer({result = 'duplicate', message = a.id})
end
m.id, m.event, m.dossier, m.status = a.id, '', '', ''
m.agency, m.channel = '', ''
m.state, m.reason, m.attempt, m.fence, m.done = 'queued', '', 0, 0, 0
m.at, m.created_at, m.rank, m.tries, m.want = now, now, rank(), 0, ''
if m.segments > 1 then
	m.concat_ref = redis.call('INCR', key('concat', m.phone)) % 256
	redis.call('EXPIRE', key('concat', m.phone), 259200)
end
store(m, m)
receipt(m, 'queued', '')
redis.call('ZADD', key('expiring'), m.expires_at, m.id)
local of_phone = key('messages', m.phone)
redis.call('ZADD', of_phone, now, m.id)
redis.call('ZREMRANGEBYRANK', of_phone, 0, -51)
redis.call('PEXPIRE', of_phone, retention_ms)
schedule(m, 0)
return answer({result = 'queued', message = m.id, pool = m.pool})
