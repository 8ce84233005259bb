-- import: rows of a spreadsheet go into the stream, where a producer would
-- have put them: all of them or, when Redis refuses one, those before it.

local ids = {}
for _, flat in ipairs(a.rows) do
	ids[#ids + 1] = redis.call('XADD', a.stream, '*', unpack(flat))
end
return ids
