-- outcome: what happened to events, by their ids in the stream. It looks
-- through receipts and rejections from the oldest of these ids on. Returns rows
-- of {entry state reason field message}, with "" for what is unknown. If an
-- event has several receipts, the last one counts.

local PAGE, PAGES = 1000, 20	-- more of a stream is not looked through

local found, from = {}, nil
for _, id in ipairs(a.entries) do
	local ms = tonumber(id:match('^%d+'))
	from = (not from or ms < from) and ms or from
	found[id] = {id, '', '', '', ''}
end

local function look(stream, act)
	local first = string.format('%.0f', from)
	for _ = 1, PAGES do
		local rows = redis.call('XRANGE', key(stream), first, '+',
		    'COUNT', PAGE)
		for _, row in ipairs(rows) do
			local f = {}
			for i = 1, #row[2], 2 do
				f[row[2][i]] = row[2][i + 1]
			end
			act(f)
		end
		if #rows < PAGE then
			return
		end
		first = '(' .. rows[#rows][1]
	end
end

look('receipts', function(f)
	local own = found[f.event or '']
	if own then
		own[2], own[3], own[5] = f.state or '', f.reason or '',
		    f.message or ''
	end
end)
look('rejected', function(f)
	local own = found[f.entry or '']
	if own then
		own[2], own[3], own[4] = 'rejected', f.error or '',
		    f.field or ''
	end
end)
local out = {}
for _, id in ipairs(a.entries) do
	out[#out + 1] = found[id]
end
return out
