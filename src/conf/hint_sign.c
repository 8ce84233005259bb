/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Signs that people type, or that their editor writes for them, where this
 * notation knows none; and what to write instead.
 */
#include <string.h>

#include "conf/hint.h"

/* The first one that fits counts: longer ones stand first. */
static const struct {
	const char *sign, *text;
} signs[] = {
	{"\xef\xbb\xbf", "a byte order mark (BOM, U+FEFF) stands here: save "
	    "the file as UTF-8 without BOM"},
	{"\xc2\xa0", "a no-break space (U+00A0) stands here: write an "
	    "ordinary blank"},
	{"\xe2\x80\xaf", "a narrow no-break space (U+202F) stands here: "
	    "write an ordinary blank"},
	{"\xe3\x80\x80", "a wide blank (U+3000) stands here: write an "
	    "ordinary blank"},
	{"\xe2\x80\x8b", "an invisible sign (U+200B) stands here: remove it"},
	{"\xe2\x80\x8e", "an invisible sign (U+200E) stands here: remove it"},
	{"\xe2\x80\xa8", "a line separator (U+2028) stands here: end the "
	    "line with the Enter key"},
	{"\xe2\x80\x9c", "a curly quote stands here: write the straight "
	    "one, \""},
	{"\xe2\x80\x9d", "a curly quote stands here: write the straight "
	    "one, \""},
	{"\xe2\x80\x9e", "a low quote stands here: write the straight one, "
	    "\""},
	{"\xc2\xab", "the quote \xc2\xab stands here: write the straight "
	    "one, \""},
	{"\xc2\xbb", "the quote \xc2\xbb stands here: write the straight "
	    "one, \""},
	{"\xef\xbc\x82", "a wide quote (U+FF02) stands here: write the "
	    "straight one, \""},
	{"\xe2\x80\xb3", "a double prime (U+2033) stands here: write the "
	    "straight quote, \""},
	{"\xe2\x80\x98", "a curly single quote stands here: texts stand in "
	    "straight double quotes, \"…\""},
	{"\xe2\x80\x99", "a curly single quote stands here: texts stand in "
	    "straight double quotes, \"…\""},
	{"'", "a single quote stands here: texts stand in double quotes, "
	    "\"…\""},
	{"`", "a backquote stands here: texts stand in double quotes, "
	    "\"…\""},
	{"\xc2\xb4", "an accent stands here: texts stand in double quotes, "
	    "\"…\""},
	{"\\\"", "a backslash stands before the quote: write the quote "
	    "alone"},
	{"\xef\xbc\x9b", "a wide semicolon (U+FF1B) stands here: write ;"},
	{"\xef\xbc\x9a", "a wide colon (U+FF1A) stands here: write :"},
	{"\xef\xbc\x9d", "a wide equals sign (U+FF1D) stands here: write ="},
	{"\xef\xbc\x8c", "a wide comma (U+FF0C) stands here: write ,"},
	{"\xe3\x80\x81", "a wide comma (U+3001) stands here: write ,"},
	{"\xef\xbd\x9b", "a wide bracket (U+FF5B) stands here: write {"},
	{"\xef\xbd\x9d", "a wide bracket (U+FF5D) stands here: write }"},
	{"\xef\xbc\x88", "a wide bracket (U+FF08) stands here: write ("},
	{"\xef\xbc\x89", "a wide bracket (U+FF09) stands here: write )"},
	{"\xe2\x80\xa6", "three dots (…) stand here: write the value itself"},
	{"...", "three dots stand here: write the value itself"},
	{"---", "--- belongs to YAML: remove it"},
	{"--", "a comment begins with # or //, not with --"},
	{"%", "a comment begins with # or //, not with %"},
	{"!", "a comment begins with # or //, not with !"},
	{"<<<<<<<", "a mark of a merge that was not finished stands here: "
	    "choose one of the two versions"},
	{">>>>>>>", "a mark of a merge that was not finished stands here: "
	    "choose one of the two versions"},
	{"<", "this is XML; here a group is written \"gateway: { … };\""},
	{"*/", "this */ ends no comment: remove it, or write /* before"},
	{"/", "a comment begins with # or //, not with one /"},
	{">", "write = alone between a key and its value"},
	{"-", "a list is not written with - here, but as "
	    "( { … }, { … } ) or [ \"…\", \"…\" ]"},
	{"@", "only @include \"file.conf\" begins with @ here"},
	{"$", "variables are not known here: write the value itself"},
};

const char *
hint_sign(const char *at, size_t n)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t length = strlen(signs[i].sign);

		if (n >= length && memcmp(at, signs[i].sign, length) == 0)
			return signs[i].text;
	}
	return NULL;
}
