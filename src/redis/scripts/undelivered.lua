-- undelivered: dossiers of which nobody was told, and texts without a dossier
-- that reached nobody, the newest first.

local CHUNK = 200		-- of one set at a time

-- The next member of a set, newest first; nil at the end.
local function step(set)
	set.at = set.at + 2
	if set.at > #set.rows then
		set.rows = redis.call('ZREVRANGEBYSCORE', set.name, set.from,
		    a.since, 'WITHSCORES', 'LIMIT', set.read, set.chunk)
		set.at, set.read = 1, set.read + #set.rows / 2
		set.chunk = CHUNK
	end
	set.member, set.score = set.rows[set.at],
	    tonumber(set.rows[set.at + 1])
end

-- The members of one agency's set. It skips those of the page before with the
-- same score, which come first.
local function open_set(agency)
	local set = {name = key('missed', agency), rows = {}, at = -1,
	    from = a.after[1] or '+inf', read = 0, chunk = 1}
	step(set)
	while a.after[1] and set.member and
	    set.score == tonumber(a.after[1]) and
	    set.member >= a.after[2] do
		step(set)
	end
	return set
end

local function newest(sets)
	local best
	for _, set in ipairs(sets) do
		if set.member and (not best or set.score > best.score or
		    set.score == best.score and set.member > best.member) then
			best = set
		end
	end
	return best
end

local names = {'missed', 'missed_id', 'phone'}
for _, name in ipairs(a.fields) do
	names[#names + 1] = name
end

-- Reads the fields from the record, or from a message without a dossier.
local function row_of(member, score)
	local row = redis.call('HMGET', key('dossier', member), unpack(names))
	if row[1] then
		for i = 2, #names do
			row[i] = row[i] or ''
		end
		table.insert(row, 1, member)
		table.insert(row, 5, score)
		return row
	end
	local m = redis.call('HMGET', key('message', member), 'dossier',
	    'status', 'phone', 'state', 'reason', 'agency')
	if STATES[m[4]] and STATES[m[4]].missed then
		return {m[1] or '', string.format('%s %s %s 0 %s', m[4],
		    m[5] or '-', m[2] or '-', m[6] or ''), member, m[3] or '',
		    score}
	end
end

local sets, total = {}, 0
for _, agency in ipairs(a.agency ~= '' and {a.agency} or
    redis.call('SMEMBERS', key('agencies'))) do
	local set = open_set(agency)
	total = total + redis.call('ZCOUNT', set.name, a.since, '+inf')
	if set.member then
		sets[#sets + 1] = set
	end
end
-- Redis does nothing else meanwhile: a page ends after PAGE_US.
local PAGE_US = 5000

local function is_over(began)
	local t = server.call('TIME')
	return (t[1] - began[1]) * 1000000 + t[2] - began[2] > PAGE_US
end

local rows, last, set = {}, {}, newest(sets)
local looked = 0		-- some members may have nothing to say
local began = server.call('TIME')
while set and #rows < a.most and looked < 2 * a.most and
    (looked % 20 > 0 or looked == 0 or not is_over(began)) do
	last = {set.rows[set.at + 1], set.member}
	rows[#rows + 1] = row_of(last[2], last[1])
	step(set)
	set = sets[2] and newest(sets) or set.member and set
	looked = looked + 1
end
return {rows, set and last or {}, total}
