/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rows. Order here is the order of the example and of the manual.
 */
#include <string.h>

#include "conf/check.h"
#include "conf/conf.h"
#include "conf/options.h"

#define SECOND	((int64_t)1000)
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)
#define NAME_MAX_CHARS	32
#define SOCKET_MAX	107	/* sockaddr_un.sun_path less its NUL */
#define TEXT_MAX	200
#define FILE_MAX	1024
#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define AT(member)	offsetof(struct conf, member)

static const struct option gateway[] = {
	{"name", OPTION_NAME, AT(gateway.name), "\"\"", 0, NAME_MAX_CHARS,
	    NULL, 0, "\"bu-dop-1\"",
	    "Name of this gateway among those that share one Redis; consumer "
	    "name in the stream. Two gateways with one name: the second "
	    "refuses to start. Empty: the host's name, and then a renamed "
	    "host is a new gateway."},
	{"state_dir", OPTION_PATH, AT(gateway.state_dir),
	    "\"/var/lib/baotin\"", 1, FILE_MAX, NULL, 0, NULL,
	    "Folder for the journals. It must outlive a reboot."},
	{"timezone", OPTION_TIMEZONE, AT(gateway.timezone),
	    "\"Asia/Ho_Chi_Minh\"", 1, 64, NULL, 0, NULL,
	    "Zone of times without offset, of the sending window and of the "
	    "dates in texts: a file under /usr/share/zoneinfo, or UTC."},
	{"country_code", OPTION_DIGITS, AT(gateway.country_code), "\"84\"",
	    1, 3, NULL, 0, NULL,
	    "Country of numbers written without one. \"84\" brings the rules "
	    "of Viet Nam, any other the trunk prefix and lengths of its "
	    "numbering plan; without a plan numbers need + or 00."},
	{"default_agency", OPTION_NAME, AT(gateway.default_agency), "\"\"",
	    0, NAME_MAX_CHARS, NULL, 0, NULL,
	    "Id of the agency for dossiers whose code begins with no agency's "
	    "id. Empty: such events are rejected."},
};

static const struct option redis[] = {
	{"address", OPTION_SERVER, AT(redis.address),
	    "\"unix:/run/redis/redis-server.sock\"", 0, TEXT_MAX, NULL, 0,
	    NULL,
	    "Where Redis is: \"unix:/path\", \"host:port\" or "
	    "\"[::1]:6379\". Not together with sentinels."},
	{"username", OPTION_TEXT, AT(redis.username), "\"\"", 0, TEXT_MAX,
	    NULL, 0, NULL,
	    "User of an access list (ACL); needs password_file. Empty: the "
	    "default user."},
	{"password_file", OPTION_PATH, AT(redis.password_file), "\"\"", 0,
	    FILE_MAX, NULL, 0, NULL,
	    "File whose first line is the password. Empty: no password."},
	{"database", OPTION_INT, AT(redis.database), "0", 0, 1023, NULL, 0,
	    NULL, "Number of the database."},
	{"prefix", OPTION_NAME, AT(redis.prefix), "\"baotin\"", 1,
	    NAME_MAX_CHARS, NULL, 0, NULL,
	    "First part of every key; also the name of the consumer group."},
	{"sentinels", OPTION_SERVERS, AT(redis.sentinels), "[]", 0, 16, NULL,
	    0, NULL,
	    "Sentinels that know where Redis is, instead of address. They are "
	    "asked in turn, without a password."},
	{"master", OPTION_NAME, AT(redis.master), "\"\"", 0, NAME_MAX_CHARS,
	    NULL, 0, NULL, "Name of the master as the sentinels know it."},
};

static const struct option intake[] = {
	{"stream", OPTION_TEXT, AT(intake.stream), "\"\"", 0, TEXT_MAX, NULL,
	    0, NULL,
	    "Key of the stream of events. Empty: \"events\" behind "
	    "redis.prefix and a colon."},
	{"list", OPTION_TEXT, AT(intake.list), "\"\"", 0, TEXT_MAX, NULL, 0,
	    NULL,
	    "Key of a list to which producers may LPUSH JSON objects. Empty: "
	    "none."},
	{"keep_events", OPTION_BOOL, AT(intake.keep_events), "false", 0, 0,
	    NULL, 0, NULL,
	    "Leave accepted events in the stream instead of deleting them."},
	{"dedup", OPTION_DURATION, AT(intake.dedup_ms), "\"24h\"", MINUTE,
	    30 * DAY, NULL, 0, NULL,
	    "How long the fields of an event without \"event\" and \"at\" are "
	    "remembered, so that the same one again is no new notice."},
	{"http.listen", OPTION_LISTEN, AT(intake.listen), "\"\"", 0, 64, NULL,
	    0, NULL,
	    "Address where software without a Redis client may POST events "
	    "as JSON; needs http.token_files. Empty: off. Beyond loopback "
	    "only behind a TLS proxy."},
	{"http.path", OPTION_URL_PATH, AT(intake.path), "\"/events\"", 1, 128,
	    NULL, 0, NULL, "Path of these requests."},
	{"http.token_files", OPTION_PATHS, AT(intake.token_files), "[]", 0,
	    16, NULL, 0, NULL,
	    "Files whose first lines are accepted tokens (header "
	    "X-Baotin-Token); read anew at each reload."},
	{"http.allow", OPTION_NETS, AT(intake.allow), "[\"127.0.0.1/8\"]", 0,
	    64, NULL, 0, NULL, "Networks that may POST events."},
};

#undef AT
#define AT(member)	offsetof(struct conf_agency, member)

static const struct option agencies[] = {
	{"id", OPTION_NAME, AT(id), "\"\"", 1, NAME_MAX_CHARS, NULL,
	    OPTION_REQUIRED, "\"H10.45\"",
	    "Identifier of the office as dossier codes begin with it."},
	{"name", OPTION_TEXT, AT(name), "\"\"", 1, 80, NULL, OPTION_REQUIRED,
	    "\"UBND xã Bom Bo\"",
	    "Name of the office: the first words of its texts."},
	{"desk", OPTION_TEXT, AT(desk), "\"\"", 0, 80, NULL, 0,
	    "\"Một cửa xã Bom Bo\"",
	    "Where citizens go when an event names no place of its own."},
	{"hotline", OPTION_TEXT, AT(hotline), "\"\"", 0, 20, NULL, 0,
	    "\"02713000000\"", "Telephone number for citizens' questions."},
	{"pool", OPTION_NAME, AT(pool), "\"\"", 0, NAME_MAX_CHARS, NULL, 0,
	    "\"south\"",
	    "Pool of modems that sends this office's texts. Empty: the first "
	    "pool."},
	{"accents", OPTION_BOOL, AT(accents), "false", 0, 0, NULL, 0, NULL,
	    "Texts with accents. Without, one segment is enough where two "
	    "would be needed, and every handset shows it."},
	{"language", OPTION_NAME, AT(language), "\"vi\"", 2, 8, NULL, 0,
	    NULL, "Language of the templates for this office's texts."},
	{"group", OPTION_NAME, AT(group), "\"\"", 0, NAME_MAX_CHARS, NULL, 0,
	    NULL,
	    "Group whose members may read what is this office's own, its "
	    "dossiers, undelivered list and counters, on the socket "
	    "agency-ID.sock beside admin.status_socket. The daemon's user must "
	    "be in it, too. Empty: no such socket. A change needs a restart."},
	{"digest_to", OPTION_PHONES, AT(digest_to), "[]", 0, 16, NULL, 0,
	    NULL,
	    "Telephones of the office's desk that get a text each day on which "
	    "there are citizens who were not reached (baotinctl undelivered): "
	    "how many, nothing else. None: no such text."},
	{"digest_hour", OPTION_INT, AT(digest_hour), "16", 0, 23, NULL, 0,
	    NULL,
	    "Hour of the day from which on that text is made, inside "
	    "notices.window."},
};

#undef AT
#define AT(member)	offsetof(struct conf, member)

static const struct option notices[] = {
	{"templates", OPTION_PATH, AT(notices.templates),
	    "\"/etc/baotin/templates\"", 1, FILE_MAX, NULL, 0, NULL,
	    "Folder of the templates."},
	{"window", OPTION_WINDOW, AT(notices.window_from),
	    "\"07:00-21:00\"", 0, 1440, NULL, 0, NULL,
	    "Time of day in which notices are sent. Answers and alarms go at "
	    "any hour."},
	{"per_phone_per_day", OPTION_INT, AT(notices.per_phone_per_day), "6",
	    1, 100000, "notices", 0, NULL,
	    "More than these wait for the next window; status 9 never waits."},
	{"validity", OPTION_DURATION, AT(notices.validity_ms), "\"48h\"",
	    MINUTE, 441 * DAY, NULL, 0, NULL,
	    "How long after its change a notice may still be delivered; also "
	    "given to the message centre. At most 63 weeks."},
	{"max_age", OPTION_DURATION, AT(notices.max_age_ms), "\"24h\"",
	    MINUTE, 365 * DAY, NULL, 0, NULL,
	    "A change older than this updates the record and sends nothing."},
	{"remind_after", OPTION_DURATION, AT(notices.remind_after_ms), "0",
	    0, 365 * DAY, NULL, 0, NULL,
	    "Remind once of a result not collected for this long; 0: never."},
	{"max_segments", OPTION_INT, AT(notices.max_segments), "3", 1, 10,
	    "segments", 0, NULL, "The longest text a template may make."},
	{"flood_factor", OPTION_INT, AT(notices.flood_factor), "10", 0, 1000,
	    NULL, 0, NULL,
	    "Hold an agency's notices when an hour has this many times as many "
	    "as its usual one, which counts as 500 at least: with 10, the "
	    "first 5000 of an hour are never held. 0: never hold."},
	{"only_to", OPTION_PHONES, AT(notices.only_to), "[]", 0, 1000, NULL,
	    0, NULL,
	    "For trials: nobody else gets a text. Empty: everybody does."},
};

static const struct option retry[] = {
	{"delays", OPTION_DURATIONS, AT(retry.delays_ms),
	    "[60, 300, 900, 3600]", SECOND, 7 * DAY, NULL, 0, NULL,
	    "Waits before the next attempts, the last one again and again "
	    "until the validity has passed. 1 to 16 entries."},
	{"jitter", OPTION_INT, AT(retry.jitter), "20", 0, 100, "%", 0, NULL,
	    "Each wait is made longer or shorter by up to this share."},
	{"on_unknown", OPTION_HOLD, AT(retry.hold_unknown), "\"resend\"", 0,
	    0, "resend|hold", 0, NULL,
	    "What to do with a message that the modem may have sent or not: "
	    "send it once more, or hold it for the operator."},
	{"unknown_wait", OPTION_DURATION, AT(retry.unknown_wait_ms), "120",
	    SECOND, DAY, NULL, 0, NULL,
	    "Wait this long for a delivery report before that. Below "
	    "notices.validity."},
	{"send_timeout", OPTION_DURATION, AT(retry.send_timeout_ms), "150",
	    SECOND, 10 * MINUTE, NULL, 0, NULL,
	    "A modem that has not answered a submit for this long is given "
	    "up. The unit's TimeoutStopSec must be longer. A change restarts "
	    "the workers."},
	{"lease", OPTION_DURATION, AT(retry.lease_ms), "300", 2 * SECOND,
	    HOUR, NULL, 0, NULL,
	    "How long a message belongs to the modem that took it. Above "
	    "send_timeout."},
	{"errors", OPTION_ERRORS, AT(retry.errors), "()", 0, ELEMENTS_MAX,
	    NULL, 0, NULL,
	    "What other classes error numbers of modems and networks have "
	    "here than by default, such as ( { code = 38; class = "
	    "\"permanent\"; } ); see ERRORS in baotin.conf(5)."},
};

#undef AT
#define AT(member)	offsetof(struct conf_error, member)

static const struct option errors[] = {
	{"code", OPTION_INT, AT(code), "0", -1, 65535, NULL,
	    OPTION_REQUIRED, "38",
	    "Number of a CMS or CME error, each only once; -1: a plain "
	    "ERROR."},
	{"class", OPTION_WORD, AT(class), "\"\"", 1, 16,
	    "permanent|later|other_modem|operator|ours|done|unknown",
	    OPTION_REQUIRED, "\"later\"", "Its class."},
};

#undef AT
#define AT(member)	offsetof(struct conf, member)

static const struct option privacy[] = {
	{"retention", OPTION_DURATION, AT(privacy.retention_ms), "\"30d\"",
	    DAY, 1825 * DAY, NULL, 0, NULL,
	    "Texts are removed and phones hashed this long after a message's "
	    "end; streams are trimmed to it."},
	{"dossiers", OPTION_DURATION, AT(privacy.dossiers_ms), "\"180d\"",
	    DAY, 3650 * DAY, NULL, 0, NULL,
	    "What is left of a dossier is removed this long after its number, "
	    "which goes retention after the matter's end, or a year after the "
	    "last change."},
	{"key_file", OPTION_PATH, AT(privacy.key_file), "\"\"", 0, FILE_MAX,
	    NULL, 0, NULL,
	    "Keys of the hashes, one a line, of which the first is used and "
	    "all are recognised; made when missing. Gateways on one Redis "
	    "have the same. Empty: privacy.key in gateway.state_dir."},
};

#undef AT
#define AT(member)	offsetof(struct conf_pool, member)

static const struct option pools[] = {
	{"name", OPTION_NAME, AT(name), "\"\"", 1, NAME_MAX_CHARS, NULL,
	    OPTION_REQUIRED, "\"south\"", "Name of the pool."},
	{"modems", OPTION_NAMES, AT(modems), "[]", 1, ELEMENTS_MAX, NULL,
	    OPTION_REQUIRED, "[\"viettel-1\"]", "Names of its modems."},
};

#undef AT
#define AT(member)	offsetof(struct conf_modem, member)
#define QUOTA_MAX	100000000

static const struct option modems[] = {
	{"name", OPTION_NAME, AT(name), "\"\"", 1, NAME_MAX_CHARS, NULL,
	    OPTION_REQUIRED | OPTION_RESTART, "\"viettel-1\"",
	    "Name of the modem in logs, metrics and commands."},
	{"device", OPTION_DEVICE, AT(device), "\"\"", 1, FILE_MAX, NULL,
	    OPTION_REQUIRED | OPTION_RESTART,
	    "\"/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.2-port0\"",
	    "Its AT port. The links below /dev/serial/by-path stay the same "
	    "over reboots. \"auto\", or a pattern (\"/dev/ttyUSB*\"): the port "
	    "whose modem has imei, under whatever name it comes."},
	{"imei", OPTION_IMEI, AT(imei), "\"\"", 0, 15, NULL, OPTION_RESTART,
	    NULL, "The modem expected there; any other is refused. Empty: "
	    "any."},
	{"connection", OPTION_WORD, AT(connection), "\"dku2at\"", 1, 16,
	    "dku2at|at115200|at9600|at19200|at460800|at", OPTION_RESTART,
	    NULL,
	    "How libgammu talks to the port: dku2at for USB, at115200 and the "
	    "like for a serial line."},
	{"pace_ms", OPTION_INT, AT(pace_ms), "20", 0, 5000, "ms",
	    OPTION_RESTART, NULL,
	    "Pause between the steps of a submit. Raised by the worker itself "
	    "when the modem shows errors."},
	{"pin_file", OPTION_PATH, AT(pin_file), "\"\"", 0, FILE_MAX, NULL,
	    OPTION_RESTART, NULL,
	    "File whose first line is the SIM's PIN. Empty: no PIN is ever "
	    "entered."},
	{"smsc", OPTION_CENTRE, AT(smsc), "\"\"", 0, 16, NULL,
	    OPTION_RESTART, NULL,
	    "Number of the message centre. Empty: the one on the SIM."},
	{"prefer", OPTION_PREFIXES, AT(prefer), "[]", 0, 64, NULL, 0, NULL,
	    "Numbers with these first digits rather go through this modem. "
	    "Since numbers are portable, this decides nothing more."},
	{"limits.minute", OPTION_INT, AT(limits.minute), "10", 0, QUOTA_MAX,
	    "segments", 0, NULL, "Per minute; 0: no limit."},
	{"limits.hour", OPTION_INT, AT(limits.hour), "200", 0, QUOTA_MAX,
	    "segments", 0, NULL, "Per hour; 0: no limit."},
	{"limits.day", OPTION_INT, AT(limits.day), "400", 0, QUOTA_MAX,
	    "segments", 0, NULL, "Per day; 0: no limit."},
	{"limits.month", OPTION_INT, AT(limits.month), "5000", 0, QUOTA_MAX,
	    "segments", 0, NULL, "Per month; 0: no limit."},
	{"limits.recipients_month", OPTION_INT, AT(limits.recipients_month),
	    "0", 0, QUOTA_MAX, "phones", 0, NULL,
	    "Different recipients per month; 0: no limit."},
	{"balance.code", OPTION_USSD_CODE, AT(balance.code), "\"*101#\"", 0,
	    20, NULL, 0, NULL,
	    "USSD code that asks the SIM's balance. Empty: never asked."},
	{"balance.every", OPTION_DURATION, AT(balance.every_ms), "\"24h\"",
	    0, 30 * DAY, NULL, 0, NULL,
	    "How often it is asked; 0: never. Also at once when texts "
	    "begin to fail as they do without credit."},
	{"balance.pattern", OPTION_PATTERN, AT(balance.pattern),
	    "\"TK goc: ([0-9.,]+)\"", 0, TEXT_MAX, NULL, 0, NULL,
	    "POSIX extended regular expression; its one group is the amount "
	    "in the answer."},
	{"balance.low", OPTION_INT, AT(balance.low), "10000", 0,
	    2000000000, "VND", 0, NULL,
	    "Alarm below this amount; 0: none."},
	{"status_reports", OPTION_BOOL, AT(status_reports), "true", 0, 0,
	    NULL, OPTION_RESTART, NULL, "Ask for delivery reports."},
	{"missed_calls", OPTION_BOOL, AT(missed_calls), "true", 0, 0, NULL,
	    OPTION_RESTART, NULL,
	    "Take a call that is not answered as a question about the "
	    "caller's dossiers."},
};

#undef AT
#define AT(member)	offsetof(struct conf, member)

static const struct option lookup[] = {
	{"enabled", OPTION_BOOL, AT(lookup.enabled), "true", 0, 0, NULL, 0,
	    NULL, "Answer citizens' questions about their dossiers."},
	{"limits.ten_minutes", OPTION_INT, AT(lookup.ten_minutes), "5", 1,
	    1000, "questions", 0, NULL, "Per phone in ten minutes."},
	{"limits.day", OPTION_INT, AT(lookup.day), "20", 1, 10000,
	    "questions", 0, NULL, "Per phone and day."},
	{"answer_validity", OPTION_DURATION, AT(lookup.answer_validity_ms),
	    "\"1h\"", MINUTE, 7 * DAY, NULL, 0, NULL,
	    "An answer not delivered by then is dropped."},
	{"strangers", OPTION_INT, AT(lookup.strangers), "20", 0, 10000,
	    "answers", 0, NULL, "Per SIM and hour, to all phones without a "
	    "dossier together: so many that tell of a dossier (by code and "
	    "four digits), and so many others. What is above it gets no "
	    "answer and raises an alarm; 0: they get none."},
	{"quota_share", OPTION_INT, AT(lookup.quota_share), "50", 1, 100,
	    "percent", 0, NULL, "Of each of a SIM's limits, for answers, and "
	    "half of that for phones without a dossier; the rest is kept for "
	    "notices."},
};

static const struct option ussd[] = {
	{"service_code", OPTION_USSD_CODE, AT(ussd.service_code),
	    "\"*1022#\"", 0, 20, NULL, 0, NULL,
	    "The code citizens dial, as the operator has given it."},
	{"http.listen", OPTION_LISTEN, AT(ussd.listen), "\"\"", 0, 64, NULL,
	    0, NULL,
	    "Address for the USSD gateway's requests; needs token_files. "
	    "Empty: off. Beyond loopback only behind a TLS proxy. A change "
	    "needs a restart."},
	{"http.path", OPTION_URL_PATH, AT(ussd.path), "\"/ussd\"", 1, 128,
	    NULL, 0, NULL, "Path of the requests."},
	{"http.profile", OPTION_WORD, AT(ussd.profile), "\"africastalking\"",
	    1, 32, "africastalking", 0, NULL, "Form of the requests."},
	{"http.token_files", OPTION_PATHS, AT(ussd.token_files), "[]", 0, 16,
	    NULL, 0, NULL,
	    "Files whose first lines are accepted tokens; more than one while "
	    "a token is being replaced."},
	{"http.token_in_query", OPTION_BOOL, AT(ussd.token_in_query),
	    "false", 0, 0, NULL, 0, NULL,
	    "Accept the token in the query too, for gateways that can't send "
	    "a header."},
	{"http.allow", OPTION_NETS, AT(ussd.allow), "[\"127.0.0.1/8\"]", 0,
	    64, NULL, 0, NULL, "Networks that may ask."},
};

static const struct option alarms[] = {
	{"notify", OPTION_PHONES, AT(alarms.notify), "[]", 0, 16, NULL,
	    0, NULL,
	    "Who gets alarms as texts: at once, then hourly until somebody "
	    "of them texts OK back (to any modem), ten texts a day at most. "
	    "They go by another SIM than the one that an alarm is about, "
	    "where there is one; at any time, and also while all is on hold. "
	    "What no modem could send is told when one can again."},
	{"language", OPTION_WORD, AT(alarms.language), "\"vi\"", 1, 16,
	    "vi|en", 0, NULL, "Language of these texts."},
	{"daily_hour", OPTION_INT, AT(alarms.daily_hour), "-1", -1, 23,
	    NULL, 0, NULL,
	    "Hour of the day in which they get a text that the gateway "
	    "lives: how many modems can send, how many alarms there are. "
	    "-1: none."},
};

static const struct option admin[] = {
	{"socket", OPTION_SOCKET, AT(admin.socket),
	    "\"/run/baotin/control.sock\"", 1, SOCKET_MAX, NULL, 0, NULL,
	    "Control socket, for reading and changing."},
	{"group", OPTION_NAME, AT(admin.group), "\"baotin-admin\"", 0,
	    NAME_MAX_CHARS, NULL, 0, NULL,
	    "Group that may use the control socket. Empty: the daemon's own."},
	{"status_socket", OPTION_SOCKET, AT(admin.status_socket),
	    "\"/run/baotin/status.sock\"", 1, SOCKET_MAX, NULL, 0, NULL,
	    "Socket for reading only."},
	{"http", OPTION_LISTEN, AT(admin.http), "\"127.0.0.1:9477\"", 0, 64,
	    NULL, 0, NULL,
	    "Address for metrics, health and the status page. Empty: off. "
	    "Beyond loopback only behind a TLS proxy."},
	{"token_files", OPTION_PATHS, AT(admin.token_files), "[]", 0, 16,
	    NULL, 0, NULL,
	    "Files whose first lines are tokens, one of which the status page "
	    "and the metrics then want (header X-Baotin-Token, or "
	    "Authorization: Bearer). None: no token is wanted."},
	{"allow", OPTION_NETS, AT(admin.allow), "[\"127.0.0.1/8\"]", 0, 64,
	    NULL, 0, NULL, "Networks that may ask admin.http."},
};

static const struct option logging[] = {
	{"target", OPTION_WORD, AT(log.target), "\"stderr\"", 1, 16,
	    "stderr|syslog", 0, NULL,
	    "Where log lines go. Under systemd stderr is the journal. Read at "
	    "the start only."},
	{"level", OPTION_WORD, AT(log.level), "\"info\"", 1, 16,
	    "error|warning|info|debug", 0, NULL,
	    "The least important lines that are written."},
};

#define RESTART	" A change needs a restart."
#define GROUP(name, rows, help)                                               \
	{name, rows, COUNT(rows), help, false, 0, 0, 0}
#define LIST(name, rows, type, help)                                          \
	{name, rows, COUNT(rows), help, true, sizeof(struct type),            \
	    AT(rows), AT(n_##rows)}

static const struct section sections[] = {
	GROUP("gateway", gateway, "This gateway." RESTART),
	GROUP("redis", redis, "The Redis that holds queue and memory." RESTART),
	GROUP("intake", intake, "Where events come from." RESTART),
	LIST("agencies", agencies, conf_agency,
	    "The offices whose dossiers these are."),
	GROUP("notices", notices, "Notices to citizens."),
	GROUP("retry", retry, "Attempts."),
	GROUP("privacy", privacy, "How long what is kept." RESTART),
	LIST("pools", pools, conf_pool,
	    "Modems that share a work. None: one pool, \"default\", with "
	    "every modem."),
	LIST("modems", modems, conf_modem, "The modems; at least one."),
	GROUP("lookup", lookup, "Questions of citizens."),
	GROUP("ussd", ussd, "Questions by USSD."),
	GROUP("alarms", alarms, "Alarms."),
	GROUP("admin", admin, "Operators' entrances." RESTART),
	GROUP("log", logging, "Log."),
};

static const struct section error_groups = {
	"errors", errors, COUNT(errors), "", true, sizeof(struct conf_error),
	    0, 0,
};

const struct section *
option_groups(const struct option *option)
{
	return option->type == OPTION_ERRORS ? &error_groups : NULL;
}

const struct section *
option_sections(size_t *count)
{
	*count = COUNT(sections);
	return sections;
}

const struct section *
option_section_find(const char *name)
{
	for (size_t i = 0; i < COUNT(sections); i++)
		if (strcmp(sections[i].name, name) == 0)
			return &sections[i];
	return NULL;
}

const struct option *
option_find(const struct section *section, const char *key)
{
	for (size_t i = 0; i < section->n_options; i++)
		if (strcmp(section->options[i].key, key) == 0)
			return &section->options[i];
	return NULL;
}

static const struct {
	enum option_shape shape;
	option_check *check;
	const char *name, *expected;
} types[] = {
#define X(id, shape, check, name, expected)                                   \
	[OPTION_##id] = {SHAPE_##shape, check, name, expected},
	OPTION_TYPES(X)
#undef X
};

enum option_shape
option_shape(const struct option *option)
{
	return types[option->type].shape;
}

const char *
option_type_name(const struct option *option)
{
	return types[option->type].name;
}

const char *
option_expected(const struct option *option)
{
	return types[option->type].expected;
}

option_check *
option_checker(const struct option *option)
{
	return types[option->type].check;
}
