-- foresee: says what would happen to events that nobody has given yet.

-- The wishes of this phone's citizen. What is stored under the current key goes
-- before the others.
local function wish_for(hashes)
	local wish = {}
	for _, hash in ipairs(hashes) do
		local flat = redis.call('HGETALL', key('wish', hash))
		for i = 1, #flat, 2 do
			wish[flat[i]] = wish[flat[i]] or flat[i + 1]
		end
	end
	return wish
end

local function is_among(hashes, hash)
	for _, one in ipairs(hashes) do
		if one == hash then
			return true
		end
	end
	return false
end

local function why(row, wish)
	local record = redis.call('HMGET', key('dossier', row.dossier), 'at',
	    'content', 'content_at', 'wrong_phone', 'updated_at')
	if row.is_by_content then
		if record[2] == row.content and
		    now - (tonumber(record[3] or record[5]) or 0) <
		    a.key_ttl_ms then
			return 'duplicate'
		end
	elseif redis.call('EXISTS', key('event', row.id),
	    key('message', row.id)) > 0 then
		return 'duplicate'
	end
	if row.at < (tonumber(record[1]) or 0) then
		return 'older_status'
	elseif wish.stop == '1' or wish.erased == '1' or
	    is_among(row.hashes, record[4]) then
		return 'optout'
	end
	return ''
end

local out = {}
for i, row in ipairs(a.rows) do
	local wish = wish_for(row.hashes)
	out[i] = {why(row, wish), wish.lang or '', wish.accents or '',
	    is_on_hold(row.agency) and 1 or 0}
end
return out
