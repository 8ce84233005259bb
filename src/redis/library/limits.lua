-- How many answers a phone gets, and which phones try codes.
--
-- uses: guard

-- What the counts of an hour say about lookups: many that find nothing, and
-- codes that follow one another.
local FEW_MISSES = 20		-- in an hour: no scan, whatever their share
local PAIRS = 10		-- neighbours among an hour's missed codes

local function watch(hour, out)
	local counts = redis.call('HMGET', key('lookups', hour), 'asked',
	    'missed', 'pairs')
	local missed = tonumber(counts[2] or 0)
	out.scanning = missed >= FEW_MISSES and
	    missed * 10 > tonumber(counts[1] or 0) * 3
	out.guessing = tonumber(counts[3] or 0) >= PAIRS
	return out
end

-- Returns what to say instead of the answer m when its phone has had enough: 30
-- answers a day or, for a stranger (no dossier has this phone), what strangers
-- get through one SIM in an hour. Else returns nil, and counts m. limits:
-- day_limit, strangers, sim; shows: m tells of a dossier, which has a count of
-- its own.
local function enough(m, limits)
	local has_dossier = redis.call('EXISTS', key('phone', m.phone)) == 1
	local strangers = key('strangers', limits.sim,
	    math.floor(now / 3600000), limits.shows and 'shown' or 'told')
	if not has_dossier and count_of(strangers) >=
	    limits.strangers then
		return {result = 'enough', is_cut = limits.strangers > 0}
	end
	local answers = key('answers', m.phone)
	local n = redis.call('INCR', answers)
	if n == 1 then
		redis.call('PEXPIRE', answers, 86400000)
	end
	if n > limits.day_limit then
		return {result = 'enough'}
	end
	if not has_dossier then
		m.stranger = 1
		redis.call('INCR', strangers)
		redis.call('PEXPIRE', strangers, 7200000)
	end
end
