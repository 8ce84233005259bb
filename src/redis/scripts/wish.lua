-- wish: what a citizen wants of us, from any front.

local wish = wish_of(a.hashes)
local mark = a.id and key('wish_mark', a.id)
if mark and redis.call('EXISTS', mark) == 1 then
	return answer({result = 'duplicate'})
end

-- A citizen who was no stranger when making a wish is none afterwards.
local hash = a.hashes[1]
local is_for_good = is_known(a.phone) or next(wish) ~= nil and
    not redis.call('ZSCORE', key('strangers_wishes'), hash)

local function set(...)
	redis.call('HSET', key('wish', hash), 'at', now, ...)
	keep_wish(hash, not is_for_good and now + YEAR_MS or nil)
end

local function tell_agency(word, dossier, agency)
	append('feedback', 'word', word, 'phone', mask(a.phone),
	    'dossier', dossier, 'agency', agency, 'front', a.front,
	    'at', now)
end

-- A message in a modem's hands still goes out, but is not sent again.
local function cancel(id)
	local m = load(id)
	if not m or m.phone ~= a.phone then
		return
	end
	if STATES[m.state].waits and m.done == 0 then
		finish(m, 'cancelled', 'optout')
	elseif is_under_way(m) then
		store(m, {no_resend = 'optout'})
	end
end

-- Whatever was sent to this phone, the citizen did not get it.
local function miss_wrong(code, record)
	local r = redis.call('HMGET', record, 'status', 'at', 'agency')
	if situation(r[1]).must_hear then
		miss_dossier(code, {state = 'suppressed',
		    reason = 'wrong_number', status = r[1],
		    at = tonumber(r[2]) or now, agency = r[3] or ''}, '')
	end
end

-- The record forgets the phone. The office may give the same number again: it
-- stays forgotten for this dossier.
local function detach(code)
	local record = key('dossier', code)
	if redis.call('HGET', record, 'phone') == a.phone then
		redis.call('HDEL', record, 'phone')
	end
	redis.call('HSET', record, 'wrong_phone', hash)
	miss_wrong(code, record)
	redis.call('ZREM', key('phone', a.phone), code)
end

-- Marks the dossiers of this phone in their agencies' lists, newest first.
local function end_notices(word, is_wrong)
	local codes = redis.call('ZREVRANGE', key('phone', a.phone), 0,
	    a.window - 1)
	local told = 0
	for _, code in ipairs(codes) do
		local r = redis.call('HMGET', key('dossier', code), 'phone',
		    'agency')
		for _, id in ipairs(waiting_of(code)) do
			cancel(id)
		end
		if r[1] == a.phone then
			tell_agency(word, code, r[2] or '')
			told = told + 1
		end
		if is_wrong then
			detach(code)
		end
	end
	if told == 0 and wish.stop ~= '1' then
		tell_agency(word, '', '')
	end
	if is_wrong then
		for _, id in ipairs(redis.call('ZRANGE',
		    key('messages', a.phone), 0, -1)) do
			cancel(id)
		end
	end
	set('stop', 1)
	return is_wrong and #codes == a.window
end

local more = false
if a.word == 'stop' then
	if wish.stop ~= '1' then
		end_notices('DUNG', false)
	end
elseif a.word == 'wrong_number' then
	more = end_notices('SAISO', true)
elseif a.word == 'start' then
	set('stop', 0, 'erased', 0)
elseif a.word == 'accents' or a.word == 'plain' then
	set('accents', a.word == 'accents' and 1 or 0)
elseif a.word == 'language' then
	set('lang', a.lang)
end
if mark and not more then
	redis.call('SET', mark, 1, 'PX', retention_ms)
end
return answer({result = 'done', more = more})
