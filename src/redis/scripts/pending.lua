-- pending: the notices of these dossiers that are not out yet, and what is
-- known here of what each of them waits for.

local rows = {}

local function one_before(m)
	local before = ''
	for _, id in ipairs(lane_of(m)) do
		if id == m.id then
			break
		end
		before = id
	end
	return before
end

local function row_of(m)
	local due = redis.call('ZSCORE', key('delayed', m.pool), m.id) or
	    redis.call('ZSCORE', key('unknown'), m.id)
	return {m.id, m.dossier, m.state, m.reason or '', m.agency or '',
	    m.pool, m.modem or '', string.format('%.0f', due or 0),
	    one_before(m), string.format('%.0f', m.expires_at)}
end

for _, code in ipairs(a.codes) do
	for _, id in ipairs(waiting_of(code)) do
		local m = #rows < a.most and load(id)
		if m and is_open(m) then
			rows[#rows + 1] = row_of(m)
		end
	end
end
return rows
