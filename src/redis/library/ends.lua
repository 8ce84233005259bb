-- Ends the records of dossiers and the wishes of strangers. Shared by several
-- calls.
--
-- A dossier's number is removed retention_ms after the end of the matter, or a
-- year after its last change. The rest of the dossier is removed dossiers_ms
-- later. No key stores these times: sweep.lua looks at all records in turn.
--
-- uses: guard missed message

-- Writes a code as code_read_typed() of dossier/code.c reads typed ones:
-- without separators, and O as 0.
local function code_key(code)
	return (code:gsub('[-._/ ]', ''):gsub('O', '0'))
end

-- The digits of a code, as ask.lua has them: all digits, and the digits of date
-- and number alone, which people read off a slip.
local function digits_of(code)
	local all = code_key(code):gsub('%D', '')
	local tail = code_key(code:match('%-(.*)') or ''):gsub('%D', '')
	return all, #tail >= 10 and tail or nil
end

-- The set in which lookups find a code by its digits. It holds all codes with
-- the same last ten digits, so both ways of typing lead there. nil: the code
-- has too few digits.
local function codes_key(code)
	local all = digits_of(code)
	return #all >= 4 and key('codes', all:sub(-10)) or nil
end

-- Removes from a dossier's record what leads to its citizen.
local function forget_phone(code)
	local record = key('dossier', code)
	end_missed(code, 'retention')
	local phone = redis.call('HGET', record, 'phone')
	if phone then
		redis.call('ZREM', key('phone', phone), code)
	end
	redis.call('HDEL', record, 'phone', 'id4', 'secret', 'content', 'content_at',
	    'content_id', 'followed_note')
	redis.call('HSET', record, 'forgotten', now)
end

local function delete_dossier(code)
	local record = key('dossier', code)
	end_missed(code, 'retention')
	local phone = redis.call('HGET', record, 'phone')
	if phone then
		redis.call('ZREM', key('phone', phone), code)
	end
	if codes_key(code) then
		redis.call('ZREM', codes_key(code), code)
	end
	redis.call('ZREM', key('remind'), code)
	redis.call('DEL', record)
end

-- Is it time to remove the number from this record, or the whole record?
local function end_dossier(code)
	local r = redis.call('HMGET', key('dossier', code), 'status',
	    'updated_at', 'forgotten', 'waiting')
	local updated_at, forgotten = tonumber(r[2]), tonumber(r[3])
	if r[4] then
		return		-- a notice of it is not out yet
	elseif forgotten then
		if forgotten + dossiers_ms <= now then
			delete_dossier(code)
		end
	elseif not updated_at then	-- from somewhere else
		redis.call('HSET', key('dossier', code), 'updated_at', now)
	elseif updated_at + (situation(r[1]).ends_matter and
	    retention_ms or YEAR_MS) <= now then
		forget_phone(code)
	end
end

-- Looks at some of all records. Returns the next cursor of SCAN.
local function end_dossiers(cursor, count)
	local glob = prefix:gsub('[%*%?%[%]\\]', '\\%0')
	local page = redis.call('SCAN', cursor, 'MATCH', glob .. 'dossier:*',
	    'COUNT', count)
	for _, name in ipairs(page[2]) do
		end_dossier(name:sub(#prefix + #'dossier:' + 1))
	end
	return page[1]
end

-- Wishes of strangers, that is of phones that never got a notice and have no
-- known dossier. Anybody can send such wishes from any number. So each is kept
-- for a year only, and at most STRANGERS_MOST of them. All other wishes hold
-- for good.
local STRANGERS_MOST = 100000

-- at: when this wish ends, in milliseconds; nil: it holds for good.
local function keep_wish(hash, at)
	if at then
		redis.call('ZADD', key('strangers_wishes'), at, hash)
		redis.call('PEXPIREAT', key('wish', hash), at)
	elseif redis.call('ZREM', key('strangers_wishes'), hash) == 1 then
		redis.call('PERSIST', key('wish', hash))
	end
end

-- May we send notices to this phone? Our answers to it don't count.
local function is_known(phone)
	if redis.call('ZCARD', key('phone', phone)) > 0 then
		return true
	end
	for _, id in ipairs(redis.call('ZRANGE', key('messages', phone), 0,
	    -1)) do
		if (redis.call('HGET', key('message', id), 'dossier') or
		    '') ~= '' then
			return true
		end
	end
	return false
end

-- If there are too many wishes of strangers, the oldest ones go.
local function cut_wishes()
	local wishes = key('strangers_wishes')
	redis.call('ZREMRANGEBYSCORE', wishes, '-inf', now)
	local excess = redis.call('ZCARD', wishes) - STRANGERS_MOST
	if excess <= 0 then
		return
	end
	for _, hash in ipairs(redis.call('ZRANGE', wishes, 0,
	    math.min(excess, 1000) - 1)) do
		redis.call('DEL', key('wish', hash))
		redis.call('ZREM', wishes, hash)
	end
end

-- Moves what was found under older keys to the current key, with its end.
local function move_wish(hashes, moved, found)
	local ends = 0
	for _, hash in ipairs(found) do
		local at = redis.call('ZSCORE', key('strangers_wishes'), hash)
		ends = at and ends and math.max(ends, tonumber(at)) or nil
		if hash ~= hashes[1] then
			redis.call('DEL', key('wish', hash))
			redis.call('ZREM', key('strangers_wishes'), hash)
		end
	end
	for field, value in pairs(moved) do
		redis.call('HSET', key('wish', hashes[1]), field, value)
	end
	keep_wish(hashes[1], ends)
end

-- The wishes of this phone's citizen: stop ("1"), accents ("0", "1"), lang; nil
-- when the citizen did not say. hashes: the phone's, that with the current key
-- first. What is found under an older key moves to the current one.
local function wish_of(hashes)
	local wish, moved, found = {}, {}, {}
	for i, hash in ipairs(hashes) do
		local flat = redis.call('HGETALL', key('wish', hash))
		for j = 1, #flat, 2 do
			if not wish[flat[j]] then
				wish[flat[j]] = flat[j + 1]
				moved[flat[j]] = i > 1 and flat[j + 1] or nil
			end
		end
		if #flat > 0 then
			found[#found + 1] = hash
		end
	end
	if found[2] or found[1] and found[1] ~= hashes[1] then
		move_wish(hashes, moved, found)
	end
	return wish
end
