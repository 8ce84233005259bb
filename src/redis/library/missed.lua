-- Dossiers whose citizens got no notice: the desk telephones or writes a
-- letter. missed:<agency> holds their codes, by the moment when that became
-- known; for a text without a dossier, the id of its message. The record has
-- the rest: `missed` (state, reason, status, time of the change, agency) and
-- `missed_id` (the message, or what would have been its id). When a dossier
-- enters or leaves the list, the stream `followup` tells the office's software.
--
-- uses: guard

-- The row of a status in dossier/situations.def. For "", the status of texts
-- without a dossier, that of `received`: it has no traits.
local function situation(status)
	return SITUATIONS[status] or SITUATIONS.received
end

-- Does a newer notice of this status make an unsent older one pointless?
local function makes_pointless(status, old_status)
	local by = situation(old_status).superseded_by
	return by == 'any' or by == 'end' and situation(status).ends_late
end

local function follow_up(code, entry, state, reason)
	redis.call('XADD', key('followup'), 'MINID', '~', now - retention_ms,
	    '*', 'dossier', code, 'agency', entry.agency, 'status',
	    entry.status, 'reason', reason, 'state', state, 'at', now)
end

local function read_missed(text)
	local state, reason, status, at, agency = (text or ''):match(
	    '^(%S+) (%S+) (%S+) (%d+) (.*)$')
	return state and {state = state, reason = reason, status = status,
	    at = tonumber(at), agency = agency}
end

-- As the record has it in `missed`.
local function missed_entry(entry)
	return string.format('%s %s %s %.0f %s', entry.state,
	    entry.reason ~= '' and entry.reason or '-', entry.status, entry.at,
	    entry.agency)
end

-- Puts the dossier on the list. entry: state, reason, status, at (of the
-- change), agency.
local function miss_dossier(code, entry, id)
	local record = key('dossier', code)
	local old = read_missed(redis.call('HGET', record, 'missed'))
	if old and old.agency ~= entry.agency then
		redis.call('ZREM', key('missed', old.agency), code)
	end
	redis.call('HSET', record, 'missed', missed_entry(entry), 'missed_id',
	    id)
	redis.call('ZADD', key('missed', entry.agency), now, code)
	redis.call('SADD', key('agencies'), entry.agency)
	follow_up(code, entry, 'open', entry.reason)
end

-- The text m ended without reaching anybody. It is not listed if it answers a
-- citizen, who may ask again, or if the citizen has been handed the result.
local function miss(m)
	if m.is_answer or m.status == 'returned' then
		return
	end
	local r = (m.dossier or '') ~= '' and redis.call('HMGET',
	    key('dossier', m.dossier), 'code', 'status', 'at') or {}
	if not r[1] then
		redis.call('ZADD', key('missed', m.agency), now, m.id)
		redis.call('SADD', key('agencies'), m.agency)
	elseif r[2] ~= 'returned' or (tonumber(r[3]) or 0) <
	    (tonumber(m.at) or 0) then
		miss_dossier(m.dossier, {state = m.state, reason = m.reason,
		    status = m.status, at = tonumber(m.at) or now,
		    agency = m.agency}, m.id)
	end
end

-- Takes the dossier off the list. why: a word for `followup`. Returns false
-- when it was not on the list.
local function end_missed(code, why)
	local record = key('dossier', code)
	local entry = read_missed(redis.call('HGET', record, 'missed'))
	if not entry then
		return false
	end
	redis.call('ZREM', key('missed', entry.agency), code)
	redis.call('HDEL', record, 'missed', 'missed_id')
	follow_up(code, entry, 'ended', why)
	return true
end

-- The text m is no longer one that reached nobody.
local function unmiss(m, why)
	if m.dossier == '' then
		redis.call('ZREM', key('missed', m.agency), m.id)
	elseif redis.call('HGET', key('dossier', m.dossier), 'missed_id') ==
	    m.id then
		end_missed(m.dossier, why)
	end
end

-- The text m has arrived. Its citizen was told of this change, and of all that
-- it makes pointless; but if the number is wrong, it told somebody else.
local function told_by(m)
	if m.dossier == '' then
		return unmiss(m, m.state)
	end
	local entry = read_missed(redis.call('HGET',
	    key('dossier', m.dossier), 'missed'))
	local at = tonumber(m.at) or 0
	if entry and (at > entry.at and
	    makes_pointless(m.status, entry.status) or at == entry.at and
	    entry.reason ~= 'wrong_number') then
		end_missed(m.dossier, m.state)
	end
end
