-- queue: how many messages wait, where and why. Returns {stream, length, pending, oldest id or "", list length,
-- rejected, in flight, unknown, awaiting, open, {{pool urgent high normal low
-- delayed, oldest score, next score, for one SIM} …}, {{agency held, reason
-- of the oldest, its score, on hold} …}, are all on hold}.

local function first(name)
	return redis.call('ZRANGE', name, 0, 0, 'WITHSCORES')[2] or ''
end

local function size(name)
	return redis.call('ZCARD', name)
end

local function row_of(pool)
	local row, oldest, for_one = {pool}, '', 0
	local wants = redis.call('SMEMBERS', key('wants', pool))
	for _, priority in ipairs({'urgent', 'high', 'normal', 'low'}) do
		local n = 0
		local function add(name)
			local score = first(name)
			if score ~= '' and (oldest == '' or
			    tonumber(score) < tonumber(oldest)) then
				oldest = score
			end
			n = n + size(name)
		end
		add(key('ready', pool, priority))
		local any = n
		for _, modem in ipairs(wants) do
			add(key('ready', pool, priority, modem))
		end
		row[#row + 1] = n
		for_one = for_one + n - any
	end
	local delayed = key('delayed', pool)
	row[#row + 1] = size(delayed)
	row[#row + 1] = oldest
	row[#row + 1] = first(delayed)
	row[#row + 1] = for_one
	return row
end

local rows, pools = {}, redis.call('SMEMBERS', key('pools'))
table.sort(pools)
for i, pool in ipairs(pools) do
	rows[i] = row_of(pool)
end

local held = {}
local agencies = redis.call('SUNION', key('agencies'), key('holds'))
table.sort(agencies)
for _, agency in ipairs(agencies) do
	local set = key('held', agency)
	local n = size(set)
	local e = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')
	local on_hold = redis.call('SISMEMBER', key('holds'), agency)
	if agency ~= '*' and (n > 0 or on_hold == 1) then
		held[#held + 1] = {agency, n, e[1] and redis.call('HGET',
		    key('message', e[1]), 'reason') or '', e[2] or '',
		    on_hold}
	end
end

local head = redis.call('XRANGE', a.stream, '-', '+', 'COUNT', 1)[1]
local pending = redis.pcall('XPENDING', a.stream, a.group)
-- If the producers' key is not a list, take.lua reports it.
local in_list = a.list and redis.pcall('LLEN', a.list)
return {a.stream, redis.call('XLEN', a.stream), pending[1] or 0,
    head and head[1] or '', tonumber(in_list) or 0,
    redis.call('XLEN', key('rejected')), size(key('leased', gateway)),
    size(key('unknown')), size(key('awaiting')), count_open(), rows,
    held, redis.call('SISMEMBER', key('holds'), '*')}
