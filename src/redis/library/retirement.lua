-- What is left of a message after its retention.
--
-- uses: guard message

local function ref_key(imsi, phone, reference)
	return key('ref', imsi, phone, reference)
end

-- Reports do not belong to this message any more: a later text may have its
-- TP-MR now.
local function drop_references(m)
	local list = references_of(m)
	for i = 1, m.segments do
		list[#list + 1] = m['mr_' .. i]
		unset(m, 'mr_' .. i, 'begun_' .. i, 'report_' .. i, 'tp_' .. i)
	end
	for _, reference in ipairs(list) do
		local ref = ref_key(m.imsi or '', m.phone, reference)
		if (redis.call('GET', ref) or ''):match('^(.*):') == m.id then
			redis.call('DEL', ref)
		end
	end
end

-- Lists and reports do not find the message any more.
local function unlist(m)
	redis.call('ZREM', key('retiring'), m.id)
	redis.call('ZREM', key('messages', m.phone), m.id)
	redis.call('ZREM', key('missed', m.agency or ''), m.id)
	drop_references(m)
end

-- Removes text and number, and keeps the rest. hash: the number's.
local function retire(m, hash)
	unlist(m)
	for i = 1, #pieces_of(text_of(m)) do
		unset(m, piece_name(i))
	end
	store(m, {phone = '', phone_hash = hash})
	redis.call('PEXPIRE', key('message', m.id), YEAR_MS)
end
