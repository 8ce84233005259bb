-- answer: closes an open question and, with a.message, queues its answer in
-- the same step, so that nothing is answered twice. a: question (id), id (of
-- the message, made from the question's), message{…}, once (a word: this
-- one at most every ten minutes to a phone) or nil; see enough() for the rest.

if not redis.call('ZSCORE', key('heard'), a.question) then
	return answer({result = 'duplicate'})
end

-- The question is closed last.
local function done(words)
	redis.call('ZREM', key('heard'), a.question)
	redis.call('DEL', key('heard', a.question))
	return answer(words)
end

local m = a.message
if not m then
	return done({result = 'closed'})
end
if redis.call('EXISTS', key('message', a.id)) == 1 then
	return done({result = 'duplicate'})
end
if a.once and not redis.call('SET', key('told', m.phone, a.once), 1, 'NX',
    'PX', 600000) then
	return done({result = 'repeated'})
end
local refusal = enough(m)
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
