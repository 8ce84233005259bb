-- reject: an event that can't be used goes to the stream `rejected`, byte for
-- byte (except the ID digits, and what follows a thousand fields), with the
-- reason, and leaves its own stream.

local found = redis.call('XRANGE', a.stream, a.entry, a.entry)
local flat = {}
if found[1] then
	local fields = found[1][2]
	-- unpack() takes 8,000 values; a real event has a score of fields.
	for i = 1, math.min(#fields, 2000), 2 do
		flat[#flat + 1] = fields[i]
		if fields[i]:find('^%W*id4%W*$') then	-- also id4 with a NUL
			flat[#flat + 1] = a.id4 or '-'
		elseif fields[i]:find('^%W*secret%W*$') then
			flat[#flat + 1] = '-'
		elseif fields[i] == 'json' and a.json then
			flat[#flat + 1] = a.json
		else
			flat[#flat + 1] = fields[i + 1]
		end
	end
end
for _, word in ipairs({'error', a.error, 'field', a.field, 'entry', a.entry}) do
	flat[#flat + 1] = word
end
append('rejected', unpack(flat))
leave_stream(a.stream, a.group, a.entry, false)
return answer({result = 'rejected'})
