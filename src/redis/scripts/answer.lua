-- answer: closes an open question and, with a.message, queues its answer in
-- the same step, so that nothing is answered twice.

if not redis.call('ZSCORE', key('questions'), a.question) then
	return answer({result = 'duplicate'})
end

-- A citizen's text without a word of ours goes to the desk: at most WROTE_MOST
-- texts an hour from one phone, and STRANGERS_MOST from all phones without a
-- dossier. The stream shows the number masked. `written` has the number for the
-- desk, and its hash, by which `export` and `erase` find the entry.
local WROTE_MOST, STRANGERS_MOST = 5, 60

local function is_within(name, most)
	local n = redis.call('INCR', name)
	if n == 1 then
		redis.call('PEXPIRE', name, 3600000)
	end
	return n <= most
end

local function note(text)
	local q = redis.call('GET', key('question', a.question))
	q = q and cjson.decode(q)
	if not q or not is_within(key('wrote', q.phone), WROTE_MOST) then
		return 'closed'
	end
	local code = redis.call('ZREVRANGE', key('phone', q.phone), 0, 0)[1]
	if not code and
	    not is_within(key('wrote', 'strangers'), STRANGERS_MOST) then
		return 'closed'
	end
	local agency = code and
	    redis.call('HGET', key('dossier', code), 'agency') or ''
	local entry = append('feedback', 'word', 'TEXT', 'phone',
	    mask(q.phone), 'dossier', code or '', 'agency', agency, 'front',
	    'sms', 'at', string.format('%.0f', q.at), 'text', text, 'modem',
	    q.modem, 'who', a.hashes[1] or '')
	redis.call('SET', key('written', entry), q.phone, 'PX', retention_ms)
	return 'noted'
end

-- Closing the question is the last step.
local function done(words)
	redis.call('ZREM', key('questions'), a.question)
	redis.call('DEL', key('question', a.question))
	return answer(words)
end

if not a.message then
	return done({result = a.said and note(a.said) or 'closed'})
end
local m = message_of(a.message)
if redis.call('EXISTS', key('message', a.id)) == 1 then
	return done({result = 'duplicate'})
end
if a.once and not redis.call('SET', key('confirmation', m.phone, a.once), 1, 'NX',
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
-- A replay brought the question again, after a gateway reported that it was
-- answered.
if recall_told(m) then
	return answer({result = m.state, message = m.id})
end
schedule(m, 0)
return done({result = 'queued', message = m.id, pool = m.pool})
