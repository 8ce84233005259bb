-- waiting: messages that are not out yet, a part of one set at a time: what an
-- agency holds, or, with agency "", all others by the end of their validity.

local set = a.held ~= '' and key('held', a.held) or key('expiring')
local ids, rows = redis.call('ZRANGE', set, a.first, a.first + a.most - 1), {}
for _, id in ipairs(ids) do
	local m = load(id)
	if m and is_open(m) and (a.agency or m.agency) == m.agency and
	    (a.state or m.state) == m.state and (a.pool or m.pool) == m.pool
	    and (a.reason or m.reason or '') == (m.reason or '') then
		rows[#rows + 1] = {m.id, m.dossier, m.status or '', m.phone,
		    m.state, m.reason or '', m.agency, m.pool, m.modem or '',
		    string.format('%.0f', m.created_at),
		    string.format('%.0f', m.expires_at)}
	end
end
return {rows, #ids}
