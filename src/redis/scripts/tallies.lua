-- tallies: counters of agencies and days (counts.lua).

local rows = {}
for _, agency in ipairs(a.agencies) do
	for _, day in ipairs(a.days) do
		local row = redis.call('HGETALL', key('count', agency, day))
		if row[1] then
			table.insert(row, 1, agency)
			table.insert(row, 2, day)
			rows[#rows + 1] = row
		end
	end
end
return rows
