-- lease: the next due messages of some pools, by priority then age, become
-- `sending` for one modem.

-- Other modems of the pools: can they send now?
local mates = {}
for _, mate in ipairs(a.mates) do
	mates[mate.name] = mate.can_send
end

if not is_ours(a.token) then
	return not_ours()
end
-- Another gateway may have sent texts that this server does not know of: see
-- instance.lua. Or the data is not the data that this gateway reported to.
of_run.awaited = of_run.awaited or redis.call('ZCARD',
    key('awaited_gateways'))
of_run.epoch = of_run.epoch or redis.call('HGET', key('epoch'), 'id') or ''
if of_run.awaited > 0 or a.epoch ~= '' and a.epoch ~= of_run.epoch then
	return answer({next_in_ms = -1})
end

local function promote(pool)
	local delayed = key('delayed', pool)
	local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now,
	    'LIMIT', 0, 100)
	for _, id in ipairs(due) do
		redis.call('ZREM', delayed, id)
		local m = load(id)
		if m and is_at(m, 'schedule') then
			schedule(m, 0)
		end
	end
end

-- The gateway chooses the TP-MR: the SIM's next ones, except those under which
-- a text to this number may still get a report.
local function references(m)
	local list = {}
	local sim = key('sim', a.imsi)
	for i = 1, m.segments do
		local mr
		for _ = 1, 256 do
			mr = add_to(sim, 'reference', 1) % 256
			if redis.call('EXISTS',
			    ref_key(a.imsi, m.phone, mr)) == 0 then
				break
			end
		end
		list[i] = mr
	end
	return list
end

-- The segments that the SIM may still send, and the period that limits them.
local function quota_left()
	local left, tightest = math.huge, nil
	for _, p in ipairs(a.quota) do
		p.key = key('quota', a.imsi, p.name, p.id)
		p.used = count_of(p.key)
		if p.limit - p.used < left then
			left, tightest = p.limit - p.used, p
		end
	end
	return left, tightest
end

local left, tightest = quota_left()

local function open_segments(m)
	local n = 0
	for i = 0, m.segments - 1 do
		if math.floor(m.done / 2 ^ i) % 2 == 0 then
			n = n + 1
		end
	end
	return n
end

-- A message of more segments than the whole quota fits into a fresh period.
local function fits(m)
	return open_segments(m) <= left or
	    (left > 0 and tightest.used == 0)
end

-- The parts of a quota that limit this answer, in percent. Strangers get half
-- of what answers get.
local function shares_of(m)
	local percent = a.answers_percent
	return {answers = percent, strangers = m.stranger and percent / 2}
end

local function share_key(p, who)
	return key('quota', a.imsi, p.name, p.id, who)
end

-- nil: no share holds this answer back. Else for how long; 0: it is longer than
-- the whole share of a fresh period, so it goes after the notices.
local function over_share(m)
	local wait
	if not m.is_answer or m.done > 0 then
		return nil
	end
	for _, p in ipairs(a.quota) do
		for who, percent in pairs(shares_of(m)) do
			local used = count_of(share_key(p, who))
			if used + m.segments > p.limit * percent / 100 then
				wait = math.max(wait or 0,
				    used > 0 and p.ends_in_ms or 0)
			end
		end
	end
	return wait
end

local function account_answer(m, n)
	for _, p in ipairs(a.quota) do
		for who in pairs(shares_of(m)) do
			redis.call('INCRBY', share_key(p, who), n)
			redis.call('PEXPIRE', share_key(p, who),
			    p.ends_in_ms + 86400000)
		end
	end
end

local function is_new_recipient_too_many(m)
	local r = a.recipients
	if r.limit == 0 then
		return false
	end
	local seen = key('recipients', a.imsi, r.id)
	return redis.call('SCARD', seen) >= r.limit and
	    redis.call('SISMEMBER', seen, m.phone) == 0
end

local function is_notice(m)
	return m.dossier ~= '' and m.priority ~= 'urgent'
end

-- The phone has had enough texts for today. "ready" is never held back, nor is
-- a text that was counted already and only tries again.
local function is_over_phone_limit(m)
	if a.phone_limit == 0 or situation(m.status).collectable or m.counted or
	    not is_notice(m) then
		return false
	end
	return count_of(key('day', m.phone, a.day)) >= a.phone_limit
end

local function account(m)
	local n = open_segments(m)
	for _, p in ipairs(a.quota) do
		p.used = redis.call('INCRBY', p.key, n)
		redis.call('PEXPIRE', p.key, p.ends_in_ms + 86400000)
	end
	left = left - n
	if m.is_answer then
		account_answer(m, n)
	end
	local seen = key('recipients', a.imsi, a.recipients.id)
	if redis.call('SADD', seen, m.phone) == 1 then
		redis.call('PEXPIRE', seen, 33 * 86400000)
	end
	if is_notice(m) and not m.counted then
		store(m, {counted = a.day})
		local day = key('day', m.phone, a.day)
		if redis.call('INCR', day) == 1 then
			redis.call('PEXPIRE', day, 2 * 86400000)
		end
	end
end

-- What comes back with each outcome through the journal. It tells enough about
-- a notice that this server may lose. See note_said().
local function about(m)
	return (m.dossier or '') ~= '' and m.at and
	    m.at .. ' ' .. m.status .. ' ' .. m.dossier or ''
end

-- nil: it may not become this.
local function take(m)
	if not may_become(m, 'sending') then
		return nil
	end
	account(m)
	local same_sim = m.resent and m.imsi == a.imsi and
	    tostring(m.reference_kept) == '1' and
	    keeps_references(a.imsi, a.modem) ~= false
	local refs = same_sim and references_of(m) or {}
	if #refs ~= m.segments then	-- not known any more, or never
		same_sim, refs = false, references(m)
	end
	unset(m, 'by_' .. m.fence - 30)
	store(m, {owner = gateway, modem = a.modem, imsi = a.imsi,
	    ['by_' .. m.fence + 1] = gateway, fence = m.fence + 1, attempt = m.attempt + 1,
	    references = cjson.encode(refs), leased_at = now,
	    lease_until = now + a.lease_ms})
	change(m, 'sending', why_again(m))
	add_member(key('gateways'), gateway)
	redis.call('ZADD', key('leased', gateway), now + a.lease_ms, m.id)
	return {id = m.id, fence = m.fence, attempt = m.attempt,
	    phone = m.phone, text = text_of(m), about = about(m), done = m.done,
	    segments = m.segments, concat_ref = tonumber(m.concat_ref or 0),
	    references = refs, reject_duplicates = same_sim or false,
	    pool = m.pool, waited_ms = m.attempt == 1 and now - m.created_at or
	    nil,
	    validity_ms = m.expires_at - now}
end

-- This modem is not the right one: gives the message to another one that can
-- send, or makes it wait.
local function pass_on(m)
	for mate, can_send in pairs(mates) do
		if can_send and not is_bound(m) then
			store(m, {want = mate})
			schedule(m, 0)
			return
		end
	end
	store(m, {want = ''})
	schedule(m, now + 600000)
end

-- This SIM's share for answers is used up: gives the answer to another SIM that
-- still has a share, or makes it wait.
local function pass_by(m, wait)
	local passed = (m.passed or '') .. ',' .. a.modem
	for mate, can_send in pairs(mates) do
		if can_send and not is_bound(m) and
		    not was_tried(passed, mate) then
			store(m, {want = mate, passed = passed})
			schedule(m, 0)
			return
		end
	end
	store(m, {want = passed:match('[^,]+'), passed = '',
	    reason = 'answers_share'})
	schedule(m, now + math.min(wait, 600000))
end

local function has_failed_here(m)
	return was_tried(m.tried or '', a.modem) or
	    was_tried(m.passed or '', a.modem)
end

-- When asking again may bring something.
local next_in = -1
local function sooner(ms)
	if next_in < 0 or ms < next_in then
		next_in = math.max(0, ms)
	end
end

local got = {}
local last = {}		-- answers for after the notices

-- At most so many looks in one run. Of a million messages that are on hold or
-- over, the others wait for the next call.
local looks = 500

-- Judges the first message of a set. Returns true: look at the set again.
local function judge(set)
	if looks == 0 then
		sooner(0)
		return false
	end
	looks = looks - 1
	local first = redis.call('ZRANGE', set, 0, 0)[1]
	if not first then
		return false
	end
	local m = load(first)
	local is_due = m and is_at(m, 'schedule') and m.expires_at > now
	local wait = is_due and over_share(m)
	if is_due and not wait and not fits(m) then
		return false	-- stays first
	end
	redis.call('ZREM', set, first)
	if not m or not is_at(m, 'schedule') then
		return true
	elseif m.expires_at <= now then
		finish(m, 'expired', 'validity')
	elseif wait == 0 then
		last[#last + 1] = m
	elseif wait then
		pass_by(m, wait)
	elseif not m.is_answer and is_on_hold(m.agency) then
		hold(m, 'hold')	-- whoever asked waits for the answer now
	elseif is_over_phone_limit(m) then
		change(m, 'queued', 'phone_limit')
		schedule(m, now + a.phone_retry_ms)
	elseif is_new_recipient_too_many(m) then
		pass_on(m)
	else
		got[#got + 1] = take(m)
	end
	return true
end

local function take_from(set)
	while #got < a.count and left > 0 and judge(set) do
	end
end

-- A message that waits for another modem: take it at once when that modem can't
-- send; after a while when it is only slower.
local function may_help(set, can_send)
	local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')
	if not first[1] then
		return false
	end
	local age = now - tonumber(first[2])
	if can_send and age < a.patience_ms then
		sooner(a.patience_ms - age)
		return false
	end
	local m = load(first[1])
	return not m or not (can_send and has_failed_here(m) or
	    is_new_recipient_too_many(m))
end

-- A message that only one SIM may send: take it only when that modem is gone,
-- or has been away for too long. Never when it is partly sent.
local function may_take_over(set, other)
	local first = redis.call('ZRANGE', set, 0, 0)[1]
	if not first then
		return false
	end
	local m = load(first)
	if not m or not is_at(m, 'schedule') then
		return true
	elseif m.done > 0 or is_new_recipient_too_many(m) then
		return false
	end
	local age = now - (tonumber(m.resent) or 0)
	if age < a.bound_ms and (mates[other] ~= nil or
	    m.owner ~= gateway and
	    redis.call('EXISTS', key('instance', m.owner)) == 1) then
		sooner(a.bound_ms - age)
		return false
	end
	return true
end

local function may_take_from(set, other)
	if other:sub(-1) == '!' then
		other = other:sub(1, -2)
		return other ~= a.modem and may_take_over(set, other)
	end
	return other ~= a.modem and may_help(set, mates[other])
end

-- Takes messages from the sets of other modems.
local function help_out(pool, priority, wants)
	local names = {}
	for other in pairs(wants) do
		names[#names + 1] = other
	end
	for _, other in ipairs(names) do
		local set = key('ready', pool, priority, other)
		while #got < a.count and left > 0 and
		    may_take_from(set, other) and judge(set) do
		end
	end
end

local priorities = a.window and {'urgent', 'high', 'normal', 'low'} or
    {'urgent'}

for _, pool in ipairs(a.pools) do
	promote(pool)
end
for _, priority in ipairs(priorities) do
	for _, pool in ipairs(a.pools) do
		local wants = members_of(key('wants', pool))
		if wants[a.modem .. '!'] then
			take_from(key('ready', pool, priority, a.modem .. '!'))
		end
		if wants[a.modem] then
			take_from(key('ready', pool, priority, a.modem))
		end
		take_from(key('ready', pool, priority))
		help_out(pool, priority, wants)
	end
end

for _, m in ipairs(last) do
	if #got < a.count and fits(m) and over_share(m) == 0 and
	    not is_new_recipient_too_many(m) then
		got[#got + 1] = take(m)
	else
		schedule(m, now + 5000)
	end
end

for _, pool in ipairs(a.pools) do
	local first = redis.call('ZRANGE', key('delayed', pool), 0, 0,
	    'WITHSCORES')
	if first[2] then
		sooner(tonumber(first[2]) - now)
	end
end
if left <= 0 then
	sooner(tightest.ends_in_ms)
end
local used = {}
for _, p in ipairs(a.quota) do
	used[p.name] = p.used
end
return answer({messages = #got > 0 and got or nil, next_in_ms = next_in,
    used = next(used) and used or nil})
