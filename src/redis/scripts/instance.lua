-- instance: one running daemon holds the name of this gateway. This call claims
-- the name, renews it, or gives it back.
--
-- others: counts also a gateway that waits for its name, which an earlier run
-- may still hold: it lives and has not reported. untold: gateways that must
-- report before anything is leased. See "Restarts, rollback, several gateways"
-- in doc/design/decisions.md.

local mine, waits = key('instance', gateway), key('waits', gateway)
local ours = key('gateway', gateway)
local h = redis.call('HMGET', mine, 'token', 'host', 'pid', 'state_dir',
    'since', 'beat')
if h[1] and h[1] ~= a.token then
	redis.call('SET', waits, 1, 'PX', a.ttl_ms)
	redis.call('SADD', key('gateways'), gateway)
	return answer({result = 'held', host = h[2] or '', pid = h[3] or '',
	    state_dir = h[4] or '', since = h[5] or '',
	    beat = h[1] .. ':' .. (h[6] or '')})
end
if a.release then
	redis.call('DEL', mine)
	redis.call('HSET', ours, 'released', now)
	return answer({result = 'released'})
end

-- --- the epoch: one run of one server on one history of the data ------------

local EPOCHS = 200		-- ended ones whose length is remembered
local ALIVE_MS = 20000		-- more than the time between two heartbeats
local PROOF_MS = 3600000	-- what was seen before that proves nothing

local e = redis.call('HMGET', key('epoch'), 'id', 'run', 'beat', 'at')
local epoch = {id = e[1], run = e[2], beat = tonumber(e[3] or 0),
    at = tonumber(e[4] or 0)}
local names = redis.call('SMEMBERS', key('gateways'))

-- Does this data have the newest heartbeat that this gateway saw confirmed?
-- Then it has all that anybody wrote before that. nil: this gateway saw none.
local function has_what_was_seen()
	if not a.seen then
		return nil
	end
	local last = a.seen.epoch == epoch.id and epoch.beat or
	    tonumber(redis.call('ZSCORE', key('epochs'), a.seen.epoch) or -1)
	return a.seen.beat <= last
end

local function await(name)
	redis.call('ZADD', key('awaited_gateways'), 'NX', now, name)
end

-- Redis lost data, or nobody can show that it did not. Any gateway that ever
-- leased may have sent texts that this server does not know of.
local function await_all()
	for _, list in ipairs({names, a.seen and a.seen.gateways or {}}) do
		for _, name in ipairs(list) do
			if redis.call('HGET', key('gateway', name), 'told') ~=
			    epoch.id then
				await(name)
			end
		end
	end
end

-- All up to our last heartbeat is here. Only gateways that lived at the data's
-- end can have written what it lacks.
local function await_living()
	for _, name in ipairs(names) do
		local g = redis.call('HMGET', key('gateway', name), 'seen_at',
		    'released')
		if not g[2] and tonumber(g[1] or 0) + ALIVE_MS > epoch.at then
			await(name)
		end
	end
end

local is_whole = has_what_was_seen()
-- This very epoch lost its end: somebody loaded older data into the server.
local has_branched = is_whole == false and a.seen.epoch == epoch.id
if not epoch.id or (a.run ~= '' and a.run ~= epoch.run) or has_branched then
	local is_first = not epoch.id
	if not is_first then
		redis.call('ZADD', key('epochs'), epoch.beat, epoch.id)
		redis.call('ZREMRANGEBYRANK', key('epochs'), 0, -EPOCHS - 1)
	end
	-- Take a new name even for the same run of a server: its data may be
	-- older.
	epoch.id = string.format('%s:%d:%d', a.run, epoch.beat, now)
	redis.call('HSET', key('epoch'), 'id', epoch.id, 'run', a.run)
	if is_whole and a.seen.age_ms < PROOF_MS then
		await_living()
	elseif not is_first or a.seen then
		await_all()
	end
elseif is_whole == false then
	await_all()
end

-- --- the name ------------------------------------------------------------

-- A report counts only for the data that this gateway saw last.
local has_told = a.synced and (not a.seen or a.seen.epoch == epoch.id)
epoch.beat = add_to(key('epoch'), 'beat', 1)
redis.call('HSET', key('epoch'), 'at', now)
redis.call('HSET', mine, 'token', a.token, 'host', a.host, 'pid', a.pid,
    'state_dir', a.state_dir, 'since', a.since, 'synced',
    has_told and a.run or '', 'library', LIBRARY, 'schema', a.schema)
redis.call('DEL', waits)
add_to(mine, 'beat', 1)
redis.call('PEXPIRE', mine, a.ttl_ms)
redis.call('SADD', key('gateways'), gateway)
redis.call('HDEL', ours, 'released')
redis.call('HSET', ours, 'seen_at', now)
if has_told then
	redis.call('HSET', ours, 'told', epoch.id)
	redis.call('ZREM', key('awaited_gateways'), gateway)
end

local others, libraries = 0, {}
for _, name in ipairs(names) do
	local synced = redis.call('HGET', key('instance', name), 'synced') or
	    redis.call('EXISTS', key('waits', name)) == 1 and ''
	libraries[#libraries + 1] = redis.call('HGET', key('instance', name),
	    'library') or nil
	if name ~= gateway and synced and synced ~= a.run and a.run ~= '' then
		others = others + 1
	end
end

local untold = {}
local flat = redis.call('ZRANGE', key('awaited_gateways'), 0, -1, 'WITHSCORES')
for i = 1, #flat, 2 do
	if flat[i] ~= gateway then
		untold[#untold + 1] = {name = flat[i],
		    for_ms = now - tonumber(flat[i + 1]), seen_at = tonumber(
		    redis.call('HGET', key('gateway', flat[i]), 'seen_at')) or
		    0}
	end
end
return answer({result = 'ours', others = others, epoch = epoch.id,
    beat_of_epoch = epoch.beat, untold = #untold > 0 and untold or nil,
    gateways = redis.call('SMEMBERS', key('gateways')),
    libraries = libraries})
