-- keep: a message is in a modem's hands. After a failover or a restored backup,
-- this server may believe that the message still waits.

local m = load(a.message)
if not m then
	remember_told(a.message, {fence = a.fence, modem = a.modem, imsi = a.imsi,
	    owner = gateway, state = 'sending'})
	note_said(a.message, a.about)
	return answer({result = 'gone'})
end
if not catch_up(m, a.fence, a.modem, a.imsi) then
	return answer({result = m.state})
end
store(m, {lease_until = now + a.lease_ms})
change(m, 'sending', 'recalled')
redis.call('ZADD', key('leased', gateway), now + a.lease_ms, m.id)
return answer({result = 'kept'})
