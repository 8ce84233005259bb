-- The notices of one dossier to one phone, in the order of their changes.
--
-- uses: guard missed message schedule

-- The field `waiting` of a dossier's record: the ids of its unsent notices, in
-- the order of their changes.
local function split_ids(text)
	local ids = {}
	for id in (text or ''):gmatch('%S+') do
		ids[#ids + 1] = id
	end
	return ids
end

local function waiting_of(code)
	return split_ids(redis.call('HGET', key('dossier', code), 'waiting'))
end

local function set_waiting(code, ids)
	if ids[1] then
		redis.call('HSET', key('dossier', code), 'waiting',
		    table.concat(ids, ' '))
	else
		redis.call('HDEL', key('dossier', code), 'waiting')
	end
end

-- The lane of m: those notices among ids that go to the same phone, and m
-- itself. Only the first one is in the schedule.
local function lane_of(m, ids)
	local lane = {}
	for _, id in ipairs(ids or waiting_of(m.dossier)) do
		if id == m.id or fields_of(id, 'phone')[1] == m.phone then
			lane[#lane + 1] = id
		end
	end
	return lane
end

local function has(ids, id)
	for _, other in ipairs(ids) do
		if other == id then
			return true
		end
	end
	return false
end

-- Puts m at the end of its lane, unless it has a place. Returns true when it is
-- the first.
local function join_lane(m)
	local ids = waiting_of(m.dossier)
	if not has(ids, m.id) then
		ids[#ids + 1] = m.id
		set_waiting(m.dossier, ids)
	end
	return lane_of(m, ids)[1] == m.id
end

-- Adds m to the newest messages of its phone, for the operators.
local function list_for_phone(m)
	local of_phone = key('messages', m.phone)
	redis.call('ZADD', of_phone, m.created_at, m.id)
	redis.call('ZREMRANGEBYRANK', of_phone, 0, -51)
end

local function without(ids, id)
	local rest = {}
	for _, other in ipairs(ids) do
		if other ~= id then
			rest[#rest + 1] = other
		end
	end
	return rest
end

-- The first message of a lane that is not over gets its turn. Those before it
-- are removed from ids, the dossier's waiting ones.
local function step_up(lane, ids)
	for _, id in ipairs(lane) do
		local m = load(id)
		if m and is_open(m) then
			if is_at(m, 'schedule') then
				redis.call('ZREM', key('behind'), id)
				schedule(m, tonumber(m.not_before or 0))
			end
			return ids
		end
		ids = without(ids, id)
	end
	return ids
end

-- Takes a notice that is sent or over out of its lane.
local function leave_lane(m)
	redis.call('ZREM', key('expiring'), m.id)
	redis.call('ZREM', key('behind'), m.id)
	if m.dossier == '' then
		return		-- it was listed when it was made
	end
	list_for_phone(m)
	local ids = waiting_of(m.dossier)
	local lane = ids[2] and lane_of(m, ids) or ids
	ids = without(ids, m.id)
	if lane[1] == m.id then	-- else the first has its place, or its delay
		ids = step_up(without(lane, m.id), ids)
	end
	set_waiting(m.dossier, ids)
end

-- Returns a notice that waits behind this one and makes it pointless; or nil.
local function newer_behind(m)
	local is_behind = false
	for _, id in ipairs((m.dossier or '') ~= '' and lane_of(m) or {}) do
		local newer = is_behind and load(id)
		is_behind = is_behind or id == m.id
		if newer and is_open(newer) and
		    makes_pointless(newer.status, m.status) then
			return newer
		end
	end
end
