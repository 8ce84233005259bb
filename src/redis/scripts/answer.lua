-- answer: closes an open question and, with a.message, queues its answer in
-- the same step, so that nothing is answered twice.

if not redis.call('ZSCORE', key('heard'), a.question) then
	return answer({result = 'duplicate'})
end

-- The question is closed last.
local function done(words)
	redis.call('ZREM', key('heard'), a.question)
	redis.call('DEL', key('heard', a.question))
	return answer(words)
end

if not a.message then
	return done({result = 'closed'})
end
local m = message_of(a.message)
if redis.call('EXISTS', key('message', a.id)) == 1 then
	return done({result = 'duplicate'})
end
if a.once and not redis.call('SET', key('told', m.phone, a.once), 1, 'NX',
    'PX', 600000) then
	return done({result = 'repeated'})
end
local refusal = enough(m, a.limits)
if refusal then
	return done(refusal)
end
m.id, m.event, m.dossier, m.status = a.id, '', '', ''
m.agency, m.channel, m.at = '', '', now
create(m)
redis.call('ZADD', key('expiring'), m.expires_at, m.id)
list_for_phone(m)
-- Heard again by a replay, after a gateway told that it was answered.
if recall_told(m) then
	return answer({result = m.state, message = m.id})
end
schedule(m, 0)
return done({result = 'queued', message = m.id, pool = m.pool})
