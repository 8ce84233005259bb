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

local function dossiers()
	local out = {}
	for _, code in ipairs(redis.call('ZREVRANGE', key('phone', a.phone),
	    0, NEWEST - 1)) do
		local r = redis.call('HMGET', key('dossier', code), 'status',
		    'at', 'phone')
		if r[1] and r[3] == a.phone then
			out[#out + 1] = {code, r[1], r[2]}
		end
	end
	return out
end

-- A text of our own has no record's time: it was made then.
local function messages()
	local out = {}
	for _, id in ipairs(redis.call('ZREVRANGE', key('messages', a.phone),
	    0, NEWEST - 1)) do
		local r = redis.call('HMGET', key('message', id), 'dossier',
		    'status', 'state', 'reason', 'created_at')
		if r[3] then
			out[#out + 1] = {id, r[1], r[2], r[3], r[4], r[5]}
		end
	end
	return out
end

local wish = {}
for _, hash in ipairs(a.hashes) do
	local r = redis.call('HMGET', key('wish', hash), 'stop', 'accents',
	    'lang')
	for i = 1, 3 do
		wish[i] = wish[i] or r[i]
	end
end
return {{wish[1] or '', wish[2] or '', wish[3] or ''}, sims(), dossiers(),
    messages()}
