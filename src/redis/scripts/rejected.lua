-- rejected: the newest events that could not be used, as XREVRANGE tells them,
-- but within bounds: a value longer than `cut` octets ends in "…" and its
-- length, an entry has at most `fields` fields beside ours, and all of it has at
-- most `most` octets as JSON.
-- Answers {entries, 1 when older ones were left out, else 0}.

local stream = key('rejected')
local OURS = {error = true, field = true, entry = true}
local entries, octets, last = {}, 0, '+'

local function shorten(value)
	if #value <= a.cut then
		return value
	end
	local n = a.cut		-- never half a character
	while n > 0 and value:byte(n + 1) >= 128 and value:byte(n + 1) < 192 do
		n = n - 1
	end
	return value:sub(1, n) .. '… (' .. #value .. ' octets)'
end

-- JSON may escape a character with up to six octets.
local function cost(value)
	local _, escaped = value:gsub('[%c"\\\127-\255]', '')
	return #value + 5 * escaped + 4
end

local function short_entry(entry)
	local flat, size = {}, 40
	for i = 1, #entry[2], 2 do
		local name = entry[2][i]
		if i <= 2 * a.fields or OURS[name] then
			local at = #flat
			flat[at + 1] = shorten(name)
			flat[at + 2] = shorten(entry[2][i + 1])
			size = size + cost(flat[at + 1]) + cost(flat[at + 2])
		end
	end
	return {entry[1], flat}, size
end

while #entries < a.count do
	local page = redis.call('XREVRANGE', stream, last, '-', 'COUNT', 8)
	for _, entry in ipairs(page) do
		local short, size = short_entry(entry)
		if #entries == a.count then
			break
		elseif octets + size > a.most then
			return {entries, 1}
		end
		octets = octets + size
		entries[#entries + 1] = short
		last = '(' .. entry[1]
	end
	if #page == 0 then
		break
	end
end
return {entries, 0}
