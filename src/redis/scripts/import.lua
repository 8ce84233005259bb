-- import: rows of a spreadsheet go into the stream, where a producer would
-- have put them: all of them or, when Redis refuses one, those before it.
-- a: stream, rows (arrays name, value, name, value …).

for _, flat in ipairs(a.rows) do
	redis.call('XADD', a.stream, '*', unpack(flat))
end
return #a.rows
