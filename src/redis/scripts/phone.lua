-- phone: all that is known of one number, the newest first.

local NEWEST = 50

local function sims()
	local pools, out = redis.call('SMEMBERS', key('pools')), {}
	table.sort(pools)
	for _, pool in ipairs(pools) do
		local modem = redis.call('GET', key('last', pool, a.phone))
		if modem then
			out[#out + 1] = {pool, modem}
		end
	end
	return out
end

local waiting = {}	-- ids of notices that are not out yet

local function dossiers()
	local out = {}
	for _, code in ipairs(redis.call('ZREVRANGE', key('phone', a.phone),
	    0, NEWEST - 1)) do
		local r = redis.call('HMGET', key('dossier', code), 'status',
		    'at', 'phone', 'waiting')
		if r[1] and r[3] == a.phone then
			out[#out + 1] = {code, r[1], r[2]}
			for _, id in ipairs(split_ids(r[4])) do
				waiting[#waiting + 1] = id
			end
		end
	end
	return out
end

-- Waiting and finished messages. A text without a dossier has no time of
-- change: it counts from when it was made.
local function messages()
	local out, is_seen = {}, {}
	for _, ids in ipairs({waiting, redis.call('ZREVRANGE',
	    key('messages', a.phone), 0, NEWEST - 1)}) do
		for _, id in ipairs(ids) do
			local r = redis.call('HMGET', key('message', id),
			    'dossier', 'status', 'state', 'reason',
			    'created_at', 'phone')
			if r[3] and r[6] == a.phone and not is_seen[id] then
				is_seen[id] = true
				out[#out + 1] = {id, r[1], r[2], r[3], r[4] or
				    '', r[5]}
			end
		end
	end
	table.sort(out, function(x, y)
		return (tonumber(x[6]) or 0) > (tonumber(y[6]) or 0)
	end)
	return {unpack(out, 1, NEWEST)}
end

local wish = {}
for _, hash in ipairs(a.hashes) do
	local r = redis.call('HMGET', key('wish', hash), 'stop', 'accents',
	    'lang')
	for i = 1, 3 do
		wish[i] = wish[i] or r[i]
	end
end
local of_dossiers = dossiers()	-- before messages(), which needs `waiting`
return {{wish[1] or '', wish[2] or '', wish[3] or ''}, sims(), of_dossiers,
    messages()}
