-- alarm: an alarm is raised, acknowledged or cleared. The field modem is the
-- former name of about.

append('alarms', 'alarm', a.alarm, 'level', a.level, 'about', a.about,
    'modem', a.about, 'text', a.text, 'by', a.by, 'at', a.at)
return answer({result = 'done'})
