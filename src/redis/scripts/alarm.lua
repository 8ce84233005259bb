-- alarm: an alarm is raised or cleared.

append('alarms', 'alarm', a.alarm, 'level', a.level, 'modem', a.modem,
    'text', a.text, 'at', now)
return answer({result = 'done'})
