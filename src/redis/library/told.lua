-- What a gateway reports about a message that this server lost.
--
-- uses: guard missed message schedule lane progress

-- The message was sent again, and this server lost that until now.
local function mark_resent(m)
	if not m.resent then
		store(m, {resent = now})
		receipt(m, m.state, 'unknown_resent')
	end
end

-- Two gateways sent the message, because one reported too late.
local function mark_doubled(m)
	if not m.resent then
		store(m, {attempt = math.max(2, m.attempt + 1)})
		mark_resent(m)
	end
end

-- A gateway reports a lease that this server does not know. The report is true
-- all the same. Returns false when it says nothing new.
local function catch_up(m, fence, modem, imsi)
	if fence <= m.fence or not STATES[m.state].open or
	    not may_become(m, 'sending') then
		return false
	end
	-- Only a resend follows an unknown outcome. A message that another
	-- gateway has in its hands goes out twice.
	local is_resend = m.state == 'unknown' or
	    m.state == 'sending' and m.owner ~= gateway
	if is_at(m, 'held') then
		redis.call('ZADD', key('expiring'), m.expires_at, m.id)
	end
	unschedule(m)
	store(m, {fence = fence, caught = fence, attempt = m.attempt + 1,
	    ['by_' .. fence] = gateway, modem = modem, imsi = imsi, owner = gateway, references = '[]',
	    state = 'sending'})
	if is_resend then
		mark_resent(m)
	end
	return true
end

-- A gateway reports about a message that this server never had, or lost. The
-- report is kept until the message's event comes (again).
local function remember_told(message, fields)
	local told, flat = key('outcome', message), {}
	for name, value in pairs(fields) do
		flat[#flat + 1] = name
		flat[#flat + 1] = value
	end
	redis.call('HSET', told, unpack(flat))
	redis.call('PEXPIRE', told, retention_ms)
end

-- For such a message: notes what the dossier's citizen has been told, so that
-- no older notice follows. about: see lease.lua. phone: nil means the record's.
local function note_said(message, about, phone)
	local at, status, dossier = about:match('^(%d+) (%S+) (.+)$')
	if not at then
		return
	end
	local said = key('last_outcome', dossier)
	if tonumber(redis.call('HGET', said, 'at') or 0) <= tonumber(at) then
		redis.call('HSET', said, 'at', at, 'message', message,
		    'status', status)
		redis.call('PEXPIRE', said, retention_ms)
	end
	phone = phone or
	    redis.call('HGET', key('dossier', dossier), 'phone') or ''
	for _, id in ipairs(waiting_of(dossier)) do
		local old = load(id)
		if old and old.phone == phone and STATES[old.state].waits and
		    old.done == 0 and tonumber(old.at or 0) < tonumber(at) and
		    makes_pointless(status, old.status) then
			finish(old, 'superseded', 'newer_status')
		end
	end
end
