-- requeue: rejected entries go back to the intake, each exactly once, even if
-- several operators ask, and more than once. An object in the field json
-- becomes plain fields, so that it can be corrected, too. An entry that would
-- become an event without any field stays.

local OWN = {error = true, field = true, entry = true, id4 = true,
    secret = true}
local VALUES_MOST = 4000	-- unpack() takes 8,000
local moved, stayed, without_id4, last = 0, 0, 0, ''

local function object(text)
	local ok, o = pcall(cjson.decode, text)
	if not ok or type(o) ~= 'table' then
		return nil
	end
	for name, value in pairs(o) do
		if type(name) ~= 'string' or type(value) == 'table' then
			return nil
		elseif type(value) == 'boolean' then
			o[name] = value and '1' or '0'
		elseif type(value) == 'number' then
			o[name] = string.format('%.14g', value)
		end
	end
	return o
end

-- {name, value} of each field of an entry.
local function plain(flat)
	local out = {}
	for i = 1, #flat, 2 do
		local o = flat[i] == 'json' and not a.fields.json and
		    object(flat[i + 1])
		for name, value in pairs(o or {}) do
			if value ~= cjson.null then
				out[#out + 1] = {name, value}
			end
		end
		if not o then
			out[#out + 1] = {flat[i], flat[i + 1]}
		end
	end
	return out
end

local function move(id, flat)
	local out, had = {}, 0
	for _, field in ipairs(plain(flat)) do
		local name, value = field[1], field[2]
		if (name == 'id4' or name == 'secret') and
		    not a.fields[name] then
			had = 1
		end
		if not OWN[name] and not a.fields[name] then
			out[#out + 1] = name
			out[#out + 1] = value
		end
	end
	for name, value in pairs(a.fields) do
		if value ~= '' then
			out[#out + 1] = name
			out[#out + 1] = value
		end
	end
	if #out == 0 or #out > VALUES_MOST then
		stayed = stayed + 1
		return
	end
	redis.call('XADD', a.stream, '*', unpack(out))
	redis.call('XDEL', key('rejected'), id)
	moved, without_id4 = moved + 1, without_id4 + had
end

for _, e in ipairs(redis.call('XRANGE', key('rejected'), a.first, a.last,
    'COUNT', a.most)) do
	last = e[1]
	move(e[1], e[2])
end
return {moved, stayed, without_id4, last}
