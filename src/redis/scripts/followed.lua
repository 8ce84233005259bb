-- followed: somebody has told the citizen in person, so the dossier leaves the
-- list of `undelivered`. The record keeps who did it, when, and the note.

local code = a.id
if redis.call('EXISTS', key('dossier', code)) == 0 then
	local m = load(code)
	code = m and m.dossier or ''
	if m and code == '' and redis.call('ZREM', key('missed', m.agency),
	    m.id) == 1 then
		return answer({result = 'done', id = m.id})
	end
end
if code == '' or not end_missed(code, 'done') then
	return answer({result = 'gone'})
end
redis.call('HSET', key('dossier', code), 'followed_at', now, 'followed_by',
    a.by, 'followed_note', a.note)
return answer({result = 'done', id = code})
