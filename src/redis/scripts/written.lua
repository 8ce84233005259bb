-- written: citizens' texts without a word of ours, the newest first. Other
-- entries of the stream are skipped; it reads at most PAGES pages.

local PAGE, PAGES = 200, 25

local function row_of(id, flat)
	local e = {}
	for i = 1, #flat, 2 do
		e[flat[i]] = flat[i + 1]
	end
	if e.word ~= 'TEXT' or a.agency and e.agency ~= a.agency then
		return nil
	end
	return {e.at or '', redis.call('GET', key('written', id)) or
	    e.phone or '', e.dossier or '', e.agency or '', e.modem or '',
	    e.text or ''}
end

local rows, before = {}, '+'
for _ = 1, PAGES do
	local page = redis.call('XREVRANGE', key('feedback'), before, '-',
	    'COUNT', PAGE)
	for _, entry in ipairs(page) do
		if #rows < a.most then
			rows[#rows + 1] = row_of(entry[1], entry[2])
		end
		before = '(' .. entry[1]
	end
	if #page < PAGE or #rows == a.most then
		break
	end
end
return rows
