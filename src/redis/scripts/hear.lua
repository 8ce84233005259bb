-- hear: a text, a part of one, or a call came in on a modem. It becomes an open
-- question once, even if it is replayed or read twice.

local function told(words)
	return answer_journal(words, a.modem, a.seq, a.after)
end

if a.kind == 'unreadable' then
	local seen = key('incoming_mark', a.mark)
	if redis.call('EXISTS', seen) == 0 then
		local u = cjson.decode(a.text)
		append('unreadable', 'modem', a.modem, 'memory', u.memory,
		    'place', u.place, 'kind', u.kind, 'reason', u.reason,
		    'octets', u.octets, 'head', u.head, 'at', a.at)
		redis.call('SET', seen, 1, 'PX', 604800000)
	end
	return told({result = 'unreadable'})
end

if a.phone == '' then
	return told({result = 'ignored'})
end
local seen = key('incoming_mark', a.mark)
if redis.call('EXISTS', seen) == 1 then
	return told({result = 'duplicate'})
end

-- Setting the mark is the last step.
local function done(words)
	redis.call('SET', seen, 1, 'PX', 604800000)
	return told(words)
end

-- The parts of a long text may come in any order and wait for one another. A
-- text that is not complete within the validity of an answer is forgotten.
local text = a.text
if a.parts > 1 then
	local parts = key('parts', a.imsi, a.phone, a.concat_ref, a.parts)
	redis.call('HSET', parts, a.part, a.text)
	redis.call('PEXPIRE', parts, a.validity_ms)
	if redis.call('HLEN', parts) < a.parts then
		return done({result = 'part'})
	end
	text = {}
	for i = 1, a.parts do
		text[i] = redis.call('HGET', parts, i) or ''
	end
	text = table.concat(text)
	redis.call('DEL', parts)
end

-- An operator's text to our SIM is not a question. When the text is complete, a
-- number in it is masked.
if a.kind == 'operator' then
	text = text:gsub('%d%d%d%d%d%d%d%d%d+', function(n)
		return n:sub(1, 2) .. string.rep('*', #n - 4) .. n:sub(-2)
	end)
	append('operator_texts', 'modem', a.modem, 'from', a.phone, 'text',
	    text, 'at', a.at)
	return done({result = 'operator', question = {id = a.mark,
	    kind = a.kind, phone = '', text = text, modem = a.modem,
	    imsi = a.imsi, pool = a.pool, at = a.at, expires_at = a.at,
	    accents = -1, lang = ''}})
end

-- A caller who calls again soon has got the answer already.
if a.kind == 'call' and not redis.call('SET', key('call_mark', a.phone), 1,
    'NX', 'PX', 600000) then
	return done({result = 'repeated'})
end

local expires_at = a.at + a.validity_ms
if expires_at <= now then
	return done({result = 'late'})
end
local wish = wish_of(a.hashes)
local q = {id = a.mark, kind = a.kind, phone = a.phone, text = text,
    modem = a.modem, imsi = a.imsi, pool = a.pool, at = a.at, expires_at = expires_at,
    accents = tonumber(wish.accents or -1), lang = wish.lang or ''}
redis.call('SET', key('question', q.id), cjson.encode(q), 'PX',
    expires_at - now)
redis.call('ZADD', key('questions'), now + a.again_ms, q.id)
return done({result = 'heard', question = q})
