-- settle: the outcome of one segment, told by a worker or by its journal.
-- Saying it twice changes nothing. a: message fence segment outcome code
-- reason reference reference_kept phone imsi modem seq report(bool), and
-- what dispatch decided for a refusal: retry(bool). a.delays: how long to
-- wait after the first, second … attempt; a.jitter: a factor around 1.

remember_seq()
local m = load(a.message)
if not m then
	return answer({result = 'gone'})
end

local function is_final(state)
	return state ~= 'queued' and state ~= 'sending' and state ~= 'unknown'
end

local function put_reference()
	local ttl = math.max(0, m.expires_at - now) + 86400000
	redis.call('SET', ref_key(a.imsi, a.phone, a.reference),
	    m.id .. ':' .. a.segment, 'PX', ttl)
	local early = key('early', a.imsi, a.phone, a.reference)
	local report = redis.call('GET', early)
	if report then
		redis.call('DEL', early)
		local class, tp_status = report:match('^(%a+):(%d+)$')
		store(m, {['tp_' .. a.segment] = tp_status})
		apply_report(m, a.segment, class, tp_status)
	end
end

-- The moment of the next attempt, or nil when there is none.
local function next_attempt()
	local delay = a.retry and a.delays[m.attempt]
	local due = delay and now + math.floor(delay * a.jitter)
	return due and due < m.expires_at and due or nil
end

local bit_value = 2 ^ (a.segment - 1)
local is_done = math.floor(m.done / bit_value) % 2 == 1
local is_current = m.state == 'sending' and m.fence == a.fence and
    m.owner == gateway

-- A report that came before a modem's silence ended says more than it.
local is_reported = a.outcome == 'unknown' and not is_done and
    redis.call('EXISTS', key('early', a.imsi, a.phone, a.reference)) == 1

if a.outcome == 'sent' or is_reported then
	-- True whoever holds the lease now: it is on the air.
	if not is_done then
		store(m, {done = m.done + bit_value,
		    reference_kept = a.reference_kept and 1 or 0})
		redis.call('HINCRBY', key('sim', a.imsi), 'segments', 1)
		put_reference()
	end
	if m.done == full(m) and not is_final(m.state) then
		is_out(m, a.report)
		return answer({result = 'sent', pool = m.pool})
	end
	return answer({result = m.state})
end

if not is_current then
	return answer({result = 'stale'})
end
redis.call('ZREM', key('leased', gateway), m.id)

if a.outcome == 'unsent' then
	change(m, 'queued', a.reason, {attempt = m.attempt - 1})
	schedule(m, 0)
elseif a.outcome == 'unknown' then
	put_reference()
	change(m, 'unknown', a.reason, {reference_kept = 1})
	redis.call('ZADD', key('unknown'), now + a.unknown_wait_ms, m.id)
else
	local due = next_attempt()
	if due then
		change(m, 'queued', a.reason)
		schedule(m, due)
	else
		finish(m, 'failed', a.reason)
	end
end
return answer({result = m.state, pool = m.pool})
