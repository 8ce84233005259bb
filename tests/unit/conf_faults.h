/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Wrong configurations and all that must be told about each, word by word.
 * MODEM makes a whole configuration of what stands before it.
 */
#ifndef TESTS_UNIT_CONF_FAULTS_H
#define TESTS_UNIT_CONF_FAULTS_H

#define MODEM "modems: ( { name = \"m\"; device = \"/dev/m\"; } );"
#define NAMES " is not a name of letters, digits, \".\", \"_\" and \"-\"\n"

static const struct fault_case {
	const char *text, *faults;
} fault_cases[] = {
	/* ranges */
	{"modems: ( { name = \"a\"; device = \"/dev/a\"; },\n"
	 "{ name = \"b\"; device = \"/dev/b\";\n pace_ms = 9000; } );",
	    "text:3: key modems[1].pace_ms: 9000 is out of range "
	    "(0 to 5000 ms)\n"},
	{"redis: { database = -1; };" MODEM,
	    "text:1: key redis.database: -1 is out of range (0 to 1023)\n"},
	{"redis: { database = 99999999999L; };" MODEM,
	    "text:1: key redis.database: 99999999999 is out of range "
	    "(0 to 1023)\n"},
	{"notices: { validity = 48; };" MODEM,
	    "text:1: key notices.validity: 48 is out of range "
	    "(1m to 441d)\n"},
	{"notices: { max_age = \"400d\"; };" MODEM,
	    "text:1: key notices.max_age: 400d is out of range "
	    "(1m to 365d)\n"},
	{"intake: { dedup = -5; };" MODEM,
	    "text:1: key intake.dedup: -5 is out of range (1m to 30d)\n"},
	{"intake: { dedup = 9223372036854775807L; };" MODEM,
	    "text:1: key intake.dedup: 9223372036854775807 is out of range "
	    "(1m to 30d)\n"},
	{"retry: { jitter = 101; };" MODEM,
	    "text:1: key retry.jitter: 101 is out of range (0 to 100 %)\n"},
	{"retry: { delays = [60,\n 0, 700000]; };" MODEM,
	    "text:2: key retry.delays[1]: 0 is out of range (1s to 7d)\n"
	    "text:2: key retry.delays[2]: 700000 is out of range "
	    "(1s to 7d)\n"},
	{"retry: { delays = []; };" MODEM,
	    "text:1: key retry.delays: has 0 entries, allowed are 1 to 16\n"},
	{"retry: { delays = [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]; };" MODEM,
	    "text:1: key retry.delays: has 17 entries, allowed are "
	    "1 to 16\n"},
	{"retry: { errors = ( { code = 38; class = \"later\"; },\n"
	 "{ code = -2; class = \"later\"; },\n"
	 "{ code = 65536; class = \"never\"; },\n"
	 "{ code = 0; class = \"\"; },\n"
	 "{ code = 38; class = \"done\"; } ); };" MODEM,
	    "text:2: key retry.errors[1].code: -2 is out of range "
	    "(-1 to 65535)\n"
	    "text:3: key retry.errors[2].code: 65536 is out of range "
	    "(-1 to 65535)\n"
	    "text:3: key retry.errors[2].class: \"never\" is not one of "
	    "permanent|later|other_modem|operator|ours|done|unknown\n"
	    "text:4: key retry.errors[3].class: \"\" has 0 characters, "
	    "allowed are 1 to 16 characters\n"
	    "text:4: key retry.errors[3].code: 0 is no error\n"
	    "text:5: key retry.errors[4].code: 38 is retry.errors[0].code "
	    "too\n"},
	{"retry: { errors = ( { code = \"38\"; }, { clas = 1; },\n"
	 "{ class = \"later\"; }, 5 ); };" MODEM,
	    "text:1: key retry.errors[0].code: expected a whole number such "
	    "as 20, found text\n"
	    "text:1: key retry.errors[0].class: missing: expected a word in "
	    "quotes\n"
	    "text:1: key retry.errors[1].clas: unknown key (did you mean "
	    "class?)\n"
	    "text:1: key retry.errors[1].code: missing: expected a whole "
	    "number such as 20\n"
	    "text:1: key retry.errors[1].class: missing: expected a word in "
	    "quotes\n"
	    "text:2: key retry.errors[2].code: missing: expected a whole "
	    "number such as 20\n"
	    "text:2: key retry.errors[3]: expected a group { … }\n"},
	{"retry: { errors = { code = 38; class = \"later\"; }; };" MODEM,
	    "text:1: key retry.errors: expected a list of groups such as "
	    "( { code = 38; class = \"later\"; } ), found a group\n"},
	{"retry: { errors = [38, 41]; };" MODEM,
	    "text:1: key retry.errors: expected a list of groups such as "
	    "( { code = 38; class = \"later\"; } ), found a list\n"},
	{"retry: { errors = 38; };" MODEM,
	    "text:1: key retry.errors: expected a list of groups such as "
	    "( { code = 38; class = \"later\"; } ), found a number\n"},
	{"notices: { max_segments = 11; per_phone_per_day = 0; };" MODEM,
	    "text:1: key notices.per_phone_per_day: 0 is out of range "
	    "(1 to 100000 notices)\n"
	    "text:1: key notices.max_segments: 11 is out of range "
	    "(1 to 10 segments)\n"},

	/* unknown keys */
	{"notices: {\n\tvalidty = 5;\n};" MODEM,
	    "text:2: key notices.validty: unknown key (did you mean "
	    "validity?)\n"},
	{"notcies: { };\n" MODEM,
	    "text:1: key notcies: unknown key (did you mean notices?)\n"},
	{"zebra = 1;\n" MODEM, "text:1: key zebra: unknown key\n"},
	{"redis: { timezone = \"UTC\"; };" MODEM,
	    "text:1: key redis.timezone: unknown key (did you mean "
	    "gateway.timezone?)\n"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\";\n"
	 "limits: {\n minutes = 5; }; } );",
	    "text:3: key modems[0].limits.minutes: unknown key (did you "
	    "mean minute?)\n"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\";\n"
	 "limit: { }; } );",
	    "text:2: key modems[0].limit: unknown key (did you mean "
	    "limits?)\n"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\"; day = 4; } );",
	    "text:1: key modems[0].day: unknown key (did you mean "
	    "modems.limits.day?)\n"},

	/* wrong types */
	{"redis: { database = \"0\"; };" MODEM,
	    "text:1: key redis.database: expected a whole number such as "
	    "20, found text\n"},
	{"redis: { database = 1.5; };" MODEM,
	    "text:1: key redis.database: expected a whole number such as "
	    "20, found a number with a fraction\n"},
	{"gateway: { name = 5; };" MODEM,
	    "text:1: key gateway.name: expected a name of letters, digits, "
	    "\".\", \"_\" and \"-\", found a number\n"},
	{"intake: { keep_events = 1; };" MODEM,
	    "text:1: key intake.keep_events: expected true or false, found "
	    "a number\n"},
	{"intake: { dedup = true; };" MODEM,
	    "text:1: key intake.dedup: expected a duration: seconds, or "
	    "text such as \"90s\", \"15m\", \"48h\" or \"30d\", found true "
	    "or false\n"},
	{"intake: { dedup = \"2 weeks\"; };" MODEM,
	    "text:1: key intake.dedup: \"2 weeks\" is not a duration: "
	    "seconds, or text such as \"90s\", \"15m\", \"48h\" or "
	    "\"30d\"\n"},
	{"retry: { delays = 60; };" MODEM,
	    "text:1: key retry.delays: expected a list of durations such as "
	    "[60, 300, 900], found a number\n"},
	{"retry: { on_unknown = \"drop\"; };" MODEM,
	    "text:1: key retry.on_unknown: \"drop\" is not \"resend\" or "
	    "\"hold\"\n"},
	{"alarms: { notify = \"+84900000000\"; };" MODEM,
	    "text:1: key alarms.notify: expected a list of telephone "
	    "numbers such as [\"+84900000000\"], found text\n"},
	{"alarms: { notify = (\"0900000000\", { }); };" MODEM,
	    "text:1: key alarms.notify[1]: expected a list of telephone "
	    "numbers such as [\"+84900000000\"], found a group\n"},
	{"gateway = 5;\n" MODEM,
	    "text:1: key gateway: expected a group: gateway: { … };\n"},
	{"modems: { name = \"m\"; };",
	    "text:1: key modems: expected a list of groups: modems: ( { … }, "
	    "{ … } );\n"
	    "text:1: key modems: there must be at least one modem: modems: "
	    "( { name = \"modem-1\"; device = \"/dev/ttyUSB0\"; } );\n"},
	{"modems: ( 5 );",
	    "text:1: key modems[0]: expected a group { … }\n"},
	{"lookup: { limits = 5; };" MODEM,
	    "text:1: key lookup.limits: expected a group: limits: { … };\n"},

	/* texts */
	{"gateway: { name = \"bu dop\"; };" MODEM,
	    "text:1: key gateway.name: \"bu dop\"" NAMES},
	{"gateway: { name = \"a23456789012345678901234567890123\"; };" MODEM,
	    "text:1: key gateway.name: \"a23456789012345678901234567890123\" "
	    "has 33 characters, allowed are 0 to 32 characters\n"},
	{"gateway: { name = \"a\\x01\"; };" MODEM,
	    "text:1: key gateway.name: holds a control character: "
	    "write one line, and \\\\ for a \\\n"},
	{"redis: { username = \"\\xff\"; password_file = \"/p\"; };" MODEM,
	    "text:1: key redis.username: is not UTF-8: save the file as "
	    "UTF-8\n"},
	{"gateway: { state_dir = \"var\"; };" MODEM,
	    "text:1: key gateway.state_dir: \"var\" is not an absolute path "
	    "such as \"/etc/baotin/file\"\n"},
	{"notices: { templates = \"templates\"; };" MODEM,
	    "text:1: key notices.templates: \"templates\" is not an absolute "
	    "path such as \"/etc/baotin/file\"\n"},
	{"gateway: { timezone = \"Asia/Bom_Bo\"; };" MODEM,
	    "text:1: key gateway.timezone: \"Asia/Bom_Bo\" is not a time "
	    "zone known in /usr/share/zoneinfo, such as "
	    "\"Asia/Ho_Chi_Minh\"\n"},
	{"gateway: { timezone = \"../../../etc/passwd\"; };" MODEM,
	    "text:1: key gateway.timezone: \"../../../etc/passwd\" is not a "
	    "time zone known in /usr/share/zoneinfo, such as "
	    "\"Asia/Ho_Chi_Minh\"\n"},
	{"gateway: { country_code = \"+84\"; };" MODEM,
	    "text:1: key gateway.country_code: \"+84\" is not digits in "
	    "quotes, such as \"84\"\n"},
	{"notices: { window = \"21:00-07:00\"; };" MODEM,
	    "text:1: key notices.window: \"21:00-07:00\" must begin before "
	    "it ends\n"},
	{"notices: { window = \"7-21\"; };" MODEM,
	    "text:1: key notices.window: \"7-21\" is not \"HH:MM-HH:MM\", "
	    "such as \"07:00-21:00\"\n"},
	{"notices: { window = \"07:60-25:00\"; };" MODEM,
	    "text:1: key notices.window: \"07:60-25:00\" is not "
	    "\"HH:MM-HH:MM\", such as \"07:00-21:00\"\n"},
	{"notices: { only_to = [\"0912345678\", \"02713000000\"]; };" MODEM,
	    "text:1: key notices.only_to[1]: \"02713000000\" is no telephone "
	    "number for texts (phone_fixed)\n"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\";\n"
	 "connection = \"bluetooth\"; imei = \"123\"; smsc = \"0980\";\n"
	 "prefer = [\"84\"]; } );",
	    "text:2: key modems[0].imei: \"123\" is not the 15 digits of an "
	    "IMEI in quotes\n"
	    "text:2: key modems[0].connection: \"bluetooth\" is not one of "
	    "dku2at|at115200|at9600|at19200|at460800|at\n"
	    "text:2: key modems[0].smsc: \"0980\" is not an international "
	    "number such as \"+84980200030\"\n"
	    "text:3: key modems[0].prefer[0]: \"84\" does not fit in a list "
	    "of national prefixes such as [\"032\", \"086\"]\n"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\"; balance: {\n"
	 "code = \"101#\"; pattern = \"([0-9]+\"; }; } );",
	    "text:2: key modems[0].balance.code: \"101#\" is not a USSD code "
	    "such as \"*101#\"\n"
	    "text:2: key modems[0].balance.pattern: \"([0-9]+\" is not a "
	    "POSIX extended regular expression with one (group)\n"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\"; balance: {\n"
	 "pattern = \"([0-9]+)(x)\"; }; } );",
	    "text:2: key modems[0].balance.pattern: \"([0-9]+)(x)\" is not a "
	    "POSIX extended regular expression with one (group)\n"},
	{"redis: { address = \"unix:redis.sock\"; };" MODEM,
	    "text:1: key redis.address: \"unix:redis.sock\" is not "
	    "\"unix:/path\" or \"host:port\", such as \"127.0.0.1:6379\"\n"},
	{"redis: { address = \"localhost\"; };" MODEM,
	    "text:1: key redis.address: \"localhost\" is not \"unix:/path\" "
	    "or \"host:port\", such as \"127.0.0.1:6379\"\n"},
	{"redis: { address = \"localhost:65536\"; };" MODEM,
	    "text:1: key redis.address: \"localhost:65536\" is not "
	    "\"unix:/path\" or \"host:port\", such as \"127.0.0.1:6379\"\n"},
	{"admin: { http = \"localhost:9477\"; };" MODEM,
	    "text:1: key admin.http: \"localhost:9477\" is not a numeric "
	    "\"address:port\", such as \"127.0.0.1:9477\"\n"},
	{"ussd: { http: { allow = [\"10.0.0.0/33\"]; }; };" MODEM,
	    "text:1: key ussd.http.allow[0]: \"10.0.0.0/33\" does not fit in "
	    "a list of networks such as [\"127.0.0.1/8\"]\n"},
	{"ussd: { http: { path = \"ussd\"; profile = \"smpp\"; }; };" MODEM,
	    "text:1: key ussd.http.path: \"ussd\" is not a path such as "
	    "\"/ussd\"\n"
	    "text:1: key ussd.http.profile: \"smpp\" is not one of "
	    "africastalking\n"},
	{"log: {\n target = \"file\";\n level = \"loud\"; };" MODEM,
	    "text:2: key log.target: \"file\" is not one of stderr|syslog\n"
	    "text:3: key log.level: \"loud\" is not one of "
	    "error|warning|info|debug\n"},

	/* missing */
	{"", "text:1: key modems: there must be at least one modem: modems: "
	    "( { name = \"modem-1\"; device = \"/dev/ttyUSB0\"; } );\n"},
	{"\nmodems: ( );",
	    "text:2: key modems: there must be at least one modem: modems: "
	    "( { name = \"modem-1\"; device = \"/dev/ttyUSB0\"; } );\n"},
	{"modems: (\n { name = \"m\"; } );",
	    "text:2: key modems[0].device: missing: expected an absolute "
	    "path such as \"/dev/ttyUSB2\", a pattern such as "
	    "\"/dev/ttyUSB*\", or \"auto\"\n"},
	{"agencies: ( { } );" MODEM,
	    "text:1: key agencies[0].id: missing: expected a name of "
	    "letters, digits, \".\", \"_\" and \"-\"\n"
	    "text:1: key agencies[0].name: missing: expected text in "
	    "quotes\n"},
	{"pools: ( { name = \"p\"; modems = []; } );" MODEM,
	    "text:1: key pools[0].modems: has 0 entries, allowed are 1 to "
	    "256\n"},

	/* what does not fit together */
	{"redis: { address = \"h:1\"; sentinels = (\"h:2\");\n"
	 "master = \"m\"; };" MODEM,
	    "text:1: key redis.address: stands beside redis.sentinels; "
	    "leave out one\n"},
	{"redis: {\n sentinels = (\"h:2\"); };" MODEM,
	    "text:1: key redis.master: missing: redis.sentinels need the "
	    "master's name\n"},
	{"redis: { sentinels = (\"h\"); };" MODEM,
	    "text:1: key redis.sentinels[0]: \"h\" does not fit in a list "
	    "of \"host:port\" such as (\"127.0.0.1:26379\")\n"},
	{"redis: { address = \"\"; };" MODEM,
	    "text:1: key redis.address: is empty, and there are no "
	    "redis.sentinels\n"},
	{"redis: { master = \"m\"; username = \"u\"; };" MODEM,
	    "text:1: key redis.master: needs redis.sentinels, and there are "
	    "none\n"
	    "text:1: key redis.username: needs redis.password_file\n"},
	{"intake: { list = \"baotin:events\"; };" MODEM,
	    "text:1: key intake.list: is also the key of the stream\n"},
	{"intake: { list = \"baotin:taken\"; };" MODEM,
	    "text:1: key intake.list: is a key that baotin uses for "
	    "itself\n"},
	{"intake: { stream = \"baotin:taken\"; };" MODEM,
	    "text:1: key intake.stream: is a key that baotin uses for "
	    "itself\n"},
	{"gateway: {\n default_agency = \"H10\"; };" MODEM,
	    "text:2: key gateway.default_agency: no agency has the id "
	    "\"H10\"\n"},
	{"agencies: ( { id = \"H1\"; name = \"A\"; },\n"
	 "{ id = \"H1\"; name = \"B\"; pool = \"p\"; } );" MODEM,
	    "text:2: key agencies[1].id: \"H1\" is agencies[0].id too\n"
	    "text:2: key agencies[1].pool: there is no pool \"p\"\n"},
	{"pools: ( { name = \"p\"; modems = [\"m\", \"x\", \"m\"]; },\n"
	 "{ name = \"p\"; modems = [\"m\"]; } );" MODEM,
	    "text:1: key pools[0].modems[1]: there is no modem \"x\"\n"
	    "text:1: key pools[0].modems[2]: \"m\" is in this pool already\n"
	    "text:2: key pools[1].name: \"p\" is pools[0].name too\n"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\"; },\n"
	 "{ name = \"m\"; device = \"/dev/m\"; } );",
	    "text:2: key modems[1].name: \"m\" is modems[0].name too\n"
	    "text:2: key modems[1].device: \"/dev/m\" is modems[0].device "
	    "too\n"},
	{"retry: { unknown_wait = \"1h\"; };\n"
	 "notices: { validity = \"1h\"; };" MODEM,
	    "text:1: key retry.unknown_wait: must be shorter than "
	    "notices.validity\n"},
	{"retry: { lease = 150; };" MODEM,
	    "text:1: key retry.lease: must be longer than "
	    "retry.send_timeout\n"},
	{"retry: {\n send_timeout = 300; };" MODEM,
	    "text:1: key retry.lease: must be longer than "
	    "retry.send_timeout\n"},
	{"retry: { send_timeout = \"11m\"; };" MODEM,
	    "text:1: key retry.send_timeout: 11m is out of range "
	    "(1s to 10m)\n"},
	{"ussd: { http: { listen = \"127.0.0.1:9477\"; }; };" MODEM,
	    "text:1: key ussd.http.listen: needs ussd.http.token_files\n"
	    "text:1: key ussd.http.listen: is the same as admin.http\n"},
	{"admin: { socket = \"/run/s\"; status_socket = \"/run/s\"; };" MODEM,
	    "text:1: key admin.status_socket: is the same as "
	    "admin.socket\n"},

	/* what libconfig itself refuses, and several at once */
	{"redis: {\n database = ;\n};",
	    "text:2: syntax error: nothing stands behind \"database\": "
	    "write database = value;\n"},
	{"redis: { database = 1;\n database = 2; };",
	    "text:2: duplicate setting name: this key or "
	    "group stands twice; write both parts as one\n"},
	{"redis: { database = 5000; };\nzebra = 1;\n"
	 "log: { level = 3; };" MODEM,
	    "text:2: key zebra: unknown key\n"
	    "text:1: key redis.database: 5000 is out of range (0 to 1023)\n"
	    "text:3: key log.level: expected a word in quotes, found a "
	    "number\n"},
};

#endif
