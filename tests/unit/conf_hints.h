/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Mistakes that people make in a configuration, the line that must be named
 * for each, and a part of the sentence that says what to write.
 */
#ifndef TESTS_UNIT_CONF_HINTS_H
#define TESTS_UNIT_CONF_HINTS_H

#include <libconfig.h>

/* Since 1.7 libconfig takes commas without an entry between two others and
 * behind the last one. */
#define TAKES_COMMAS                                                          \
	(LIBCONFIG_VER_MAJOR > 1 || LIBCONFIG_VER_MINOR >= 7)

#define G "gateway: {\n"		/* what follows stands in line 2 */
#define M "};\nmodems: ( { name = \"m\"; device = \"/dev/m\"; } );\n"

static const struct hint_case {
	const char *text;
	int line;
	const char *part;
} hint_cases[] = {
	/* quotes */
	{G "name = “bu-dop”;\n" M, 2, "curly quote"},
	{G "name = ”bu-dop”;\n" M, 2, "curly quote"},
	{G "name = ‘bu-dop’;\n" M, 2, "curly single quote"},
	{G "name = „bu-dop“;\n" M, 2, "low quote"},
	{G "name = «bu-dop»;\n" M, 2, "straight one"},
	{G "name = ＂bu-dop＂;\n" M, 2, "wide quote"},
	{G "name = 'bu-dop';\n" M, 2, "single quote"},
	{G "name = `bu-dop`;\n" M, 2, "backquote"},
	{G "name = \\\"bu-dop\\\";\n" M, 2, "backslash"},
	{G "name = \"bu-dop;\n" M, 2, "quote that opens here is not closed"},
	{G "name = bu-dop\";\n" M, 2, "on its line: name = bu-dop\""},
	{G "name = \"bu-dop”;\n" M, 2, "quote that opens here is not closed"},
	{G "name = \"bu-dop';\n timezone = \"UTC\";\n" M, 2,
	    "quote that opens here is not closed"},
	{G "name = \"a\";\ntimezone = \"UTC;\n state_dir = \"/s\";\n" M, 3,
	    "quote that opens here is not closed"},
	{"log: { level = \"info\n", 1, "quote that opens here"},
	{"log: { level = \"info", 1, "quote that opens here"},
	{G "\"name\" = \"bu-dop\";\n" M, 2, "without quotes: write name"},
	{"\"gateway\": { };\n", 1, "without quotes: write gateway"},
	{G "name = \"a\" \"b;\n" M, 2, "not closed"},

	/* values without quotes */
	{G "name = bu-dop-1;\n" M, 2, "in quotes: \"bu-dop-1\""},
	{G "state_dir = /var/lib/baotin;\n" M, 2,
	    "in quotes: \"/var/lib/baotin\""},
	{G "timezone = Asia/Ho_Chi_Minh;\n" M, 2,
	    "in quotes: \"Asia/Ho_Chi_Minh\""},
	{"notices: {\nwindow = 07:00-21:00;\n" M, 2,
	    "in quotes: \"07:00-21:00\""},
	{"notices: {\nwindow = 07:00 - 21:00;\n" M, 2, "in quotes"},
	{"notices: {\nvalidity = 48h;\n" M, 2, "in quotes: \"48h\""},
	{"notices: {\nvalidity = 48 h;\n" M, 2, "in quotes: \"48 h\""},
	{"retry: {\njitter = 20%;\n" M, 2, "without a sign: 20"},
	{"retry: {\njitter = 20 %;\n" M, 2, "without a sign: 20"},
	{"redis: {\naddress = 127.0.0.1:6379;\n" M, 2,
	    "in quotes: \"127.0.0.1:6379\""},
	{"redis: {\naddress = localhost:6379;\n" M, 2,
	    "in quotes: \"localhost:6379\""},
	{"redis: {\naddress = unix:/run/redis.sock;\n" M, 2,
	    "in quotes: \"unix:/run/redis.sock\""},
	{"ussd: {\nservice_code = *1022#;\n" M, 2, "in quotes"},
	{"alarms: {\nnotify = [+84900000000a];\n" M, 2, "in quotes"},
	{"retry: {\ndelays = [60s, 5m];\n" M, 2, "in quotes: \"60s\""},
	{"pools: (\n{ name = \"a\"; modems = [m, n]; } );\n", 2,
	    "in quotes: \"m\""},
	{G "name = bu dop;\n" M, 2, "in quotes: \"bu dop\""},
	{"agencies: (\n{ id = H10.45; } );\n", 2, "in quotes: \"H10.45\""},
	{"agencies: (\n{ name = Ủy ban; } );\n", 2, "has no meaning"},

	/* true and false */
	{"lookup: {\nenabled = yes;\n" M, 2, "write true"},
	{"lookup: {\nenabled = no;\n" M, 2, "write false"},
	{"lookup: {\nenabled = On;\n" M, 2, "write true"},
	{"lookup: {\nenabled = off;\n" M, 2, "write false"},
	{"lookup: {\nenabled = null;\n" M, 2, "leave the key out"},
	{"lookup: {\nenabled = \"yes\";\n" M, 2, "expected true or false"},
	{"lookup: {\nenabled = 1;\n" M, 2, "expected true or false"},

	/* numbers */
	{"notices: {\nper_phone_per_day = 5,000;\n" M, 2,
	    "without commas"},
	{"notices: {\nper_phone_per_day = 5 000;\n" M, 2,
	    "without blanks"},
	{"notices: {\nper_phone_per_day = 5.000;\n" M, 2,
	    "a number with a fraction"},
	{"notices: {\nper_phone_per_day = 4294967297;\n" M, 2,
	    "4294967297 is out of range"},
	{"notices: {\nper_phone_per_day = -4294967297;\n" M, 2,
	    "-4294967297 is out of range"},
	{"notices: {\nper_phone_per_day = 0x100000001;\n" M, 2,
	    "4294967297 is out of range"},
	{"notices: {\nper_phone_per_day = 99999999999999999999999;\n" M, 2,
	    "larger than any number"},
	{"retry: {\njitter = 20ms;\n" M, 2, "in quotes: \"20ms\""},

	/* signs that look like others */
	{"\xef\xbb\xbf" G "name = \"a\";\n" M, 1, "BOM"},
	{G "name\xc2\xa0= \"a\";\n" M, 2, "no-break space"},
	{G "\xc2\xa0name = \"a\";\n" M, 2, "no-break space"},
	{G "name =\xc2\xa0\"a\";\n" M, 2, "no-break space"},
	{G "name = \"a\"\xc2\xa0;\n" M, 2, "no-break space"},
	{G "\xe3\x80\x80name = \"a\";\n" M, 2, "wide blank"},
	{G "\xe2\x80\x8bname = \"a\";\n" M, 2, "invisible"},
	{G "name = \"a\"；\n" M, 2, "wide semicolon"},
	{"gateway：{\n};\n", 1, "wide colon"},
	{G "name ＝ \"a\";\n" M, 2, "wide equals"},
	{"gateway: ｛\n};\n", 1, "wide bracket"},
	{G "name = …;\n" M, 2, "three dots"},

	/* comments */
	{"; my gateway\n" G M, 1, "a comment begins with #"},
	{G "; my gateway\n" M, 2, "a comment begins with #"},
	{G "name = \"a\";\n\n; my gateway\n" M, 4, "a comment begins with #"},
	{G "name = \"a\"; ; here\n" M, 2, "a comment"},
	{"-- my gateway\n" G M, 1, "a comment begins with #"},
	{"% my gateway\n" G M, 1, "a comment begins with #"},
	{"/* my gateway\n" G M, 1, "has no end"},
	{"/* one\n" G "/* two */\n" M, 1, "another one begins"},
	{G "name = \"a\"; */\n" M, 2, "ends no comment"},
	{"/ my gateway\n" G M, 1, "a comment begins with #"},
	{"<!-- my gateway -->\n" G M, 1, "XML"},

	/* = and : */
	{G "name \"a\";\n" M, 2, "= is missing behind \"name\""},
	{G "name bu-dop;\n" M, 2, "= is missing behind \"name\""},
	{G "name := \"a\";\n" M, 2, "one = or : is enough"},
	{G "name == \"a\";\n" M, 2, "one = or : is enough"},
	{G "name => \"a\";\n" M, 2, "= alone"},
	{G "name -> \"a\";\n" M, 2, "= alone"},
	{G "name = ;\n" M, 2, "nothing stands behind \"name\""},
	{G "name =\n timezone = \"UTC\";\n" M, 2, "nothing stands behind"},
	{G "name;\n" M, 2, "nothing stands behind \"name\""},
	{G "= \"a\";\n" M, 2, "the key before ="},
	{"gateway {\n name = \"a\"; };\n", 1, "a colon is missing"},
	{"gateway\n{ name = \"a\"; };\n", 2, "a colon is missing"},
	{G "state dir = \"/a\";\n" M, 2, "state_dir"},
	{"modems: ( { name = \"m\";\nlimits.day = 5; } );\n", 2,
	    "limits: { day"},
	{G "1name = \"a\";\n" M, 2, "can't begin a key"},

	/* ; and , */
	{G "name = \"a\";;\n" M, 2, "second ;"},
	{"pools: ( { name = \"p\";\nmodems = [\"a\" \"b\"]; } );\n", 2,
	    "a comma is missing between \"a\" and \"b\""},
#if !TAKES_COMMAS
	{"pools: ( { name = \"p\";\nmodems = [\"a\",, \"b\"]; } );\n", 2,
	    "an entry of the list is missing"},
#endif
	{"pools: ( { name = \"p\";\nmodems = [, \"b\"]; } );\n", 2,
	    "an entry of the list is missing"},
	{"pools: ( { name = \"p\";\nmodems = [\"a\"; \"b\"]; } );\n", 2,
	    "commas, not ;"},
	{"retry: { delays =\n[60 300]; };\n", 2, "a comma is missing"},
	{"modems: ( { name = \"a\"; device = \"/dev/a\"; }\n"
	 "{ name = \"b\"; device = \"/dev/b\"; } );\n", 2,
	    "a comma is missing before {"},
	{"alarms: {\nnotify = \"+84900000000\", \"+84900000001\";\n" M, 2,
	    "several texts for one key stand in [ ]"},

	/* brackets */
	{G "name = \"a\";\nredis: { };\n", 1, "a } is missing"},
	{G "name = \"a\";\n\nredis: { database = 1; };\n" M, 4,
	    "is a } missing before it?"},
	{G "name = \"a\";\n\nredis: { database = 1; };\n" "};\nlog: {\n", 6,
	    "a } is missing"},
	{"gateway: {\n name = \"a\";\nredis: { database = 1; };\n"
	 "log: { };\n", 1, "not closed before \"redis\" in line 3"},
	{G "name = \"a\";\n};\n};\n", 4, "closes nothing"},
	{G "name = \"a\";\n);\n", 3, "is to be closed first, by }"},
	{"modems: ( { name = \"a\";\n);\n", 2, "is to be closed first, by }"},
	{"modems: ( { name = \"a\"; device = \"/dev/a\"; };\n", 1,
	    "commas, not ;"},
	{"modems: ( { name = \"a\"; device = \"/dev/a\"; }\nlog: { };\n", 2,
	    "the list \"modems\" of line 1 is not closed"},
	{"modems: [\n{ name = \"a\"; } ];\n", 1, "stands in ( ), not in [ ]"},
	{"modems: (\n name = \"a\"; );\n", 2, "each entry of this list"},
	{"alarms: {\nnotify = { \"+84900000000\" };\n" M, 2,
	    "stands here without a key"},
	{"gateway: name = \"a\";\n", 1, "a group stands in { }"},
	{"retry: { delays = [60, 300;\n};\n", 1, "commas, not ;"},
	{"retry: { delays = [60, 300};\n", 1, "is to be closed first, by ]"},
	{"{\n", 1, "the whole file"},

	/* other notations */
	{"[gateway]\nname = a\n", 1, "write gateway: { … };"},
	{"[gateway]\nname = \"a\"\n", 1, "write gateway: { … };"},
	{"[[modems]]\nname = \"a\"\n", 1, "write modems: { … };"},
	{"gateway:\n  name: bu-dop\n", 1, "a group stands in { }"},
	{"---\ngateway:\n", 1, "YAML"},
	{"modems:\n  - name: a\n", 2, "a list is not written with -"},
	{"{\n  \"gateway\": { \"name\": \"a\" }\n}\n", 1, "whole file"},
	{"<gateway>\n", 1, "XML"},
	{"export NAME=a\n", 1, "a key is one word"},
	{G "name = $NAME;\n" M, 2, "in quotes"},
	{G "name = ${NAME};\n" M, 2, "in quotes"},
	{"<<<<<<< HEAD\n" G M, 1, "merge"},
	{"include \"modems.conf\"\n", 1, "@include \"modems.conf\""},
	{"@include modems.conf\n", 1, "no place here"},
	{"#!/bin/sh\nset -e\n", 2, "="},

	/* keys that don't exist */
	{"modems: ( { name = \"m\"; device = \"/dev/m\";\npin = \"1234\"; "
	 "} );\n", 2, "did you mean pin_file"},
	{"redis: {\npassword = \"secret\";\n" M, 2,
	    "did you mean password_file"},
	{"redis: {\nhost = \"127.0.0.1\";\n" M, 2, "did you mean address"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\";\nport = \"/dev/a\"; "
	 "} );\n", 2, "did you mean device"},
	{"ussd: { http: {\ntoken = \"secret\"; };\n" M, 2,
	    "did you mean http.token_files"},
	{G "Name = \"a\";\n" M, 2, "did you mean name"},
	{"Gateway: { };\n" "modems: ( );\n", 1, "did you mean gateway"},
	{G "name = \"a\";\nname = \"b\";\n" M, 3, "duplicate"},
	{G "};\ngateway: { };\nlog: {\n" M, 3, "stands twice"},
	{"modems: ( { name = \"m\"; device = \"/dev/m\";\nIMEI = \"\"; "
	 "} );\n", 2, "did you mean imei"},

	/* values */
	{"log: {\ntarget = \"/var/log/baotin.log\";\n" M, 2,
	    "not one of stderr|syslog"},
	{"alarms: { };\nussd: {\nservice_code = \"\xe9\";\n" M, 3,
	    "save the file as UTF-8"},
	{G "state_dir = \"C:\\temp\";\n" M, 2, "\\\\ for a \\"},
};

#undef G
#undef M

#endif
