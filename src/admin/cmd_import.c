/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * import: rows of a spreadsheet. Bad rows are reported; good ones go into the
 * stream, as a producer would put them there.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "base/metric.h"
#include "conf/conf.h"

static void
import_done(struct admin_request *req, const json_t *reply)
{
	json_int_t n = json_integer_value(json_object_get(req->state,
	    "imported"));

	if (reply != NULL)
		(void)json_object_set_new(req->state, "entries",
		    json_deep_copy(reply));
	metric_add(METRIC_EVENTS_IMPORTED, n);
	admin_reply(req, json_incref(req->state));
}

/* The request's state is its answer: {"imported" or, with --check, "usable":
 * number, "refused": [{"row", "field", "error"}, …], "entries": [ids in the
 * stream of the other rows, in their order]}. Rows count from 0. */
void
cmd_import(struct admin_request *req)
{
	bool is_check = strcmp(req->args[0], "--check") == 0;
	json_t *good = json_array(), *refused = json_array(), *row;
	struct import_args args = {
		.stream = request_conf(req)->intake.stream,
	};
	size_t i;

	if (req->n_args != (is_check ? 2U : 1U)) {
		json_decref(good);
		json_decref(refused);
		admin_fail(req, 2, "import wants one FILE");
		return;
	}
	json_array_foreach(req->rows, i, row) {
		json_t *flat = request_flat(row);
		json_t *fault = req->tools->hooks->check_event(flat,
		    req->tools->arg);

		if (fault == NULL) {
			(void)json_array_append(good, flat);
		} else {
			(void)json_object_set_new(fault, "row",
			    json_integer((json_int_t)i));
			(void)json_array_append_new(refused, fault);
		}
		json_decref(flat);
	}
	req->state = json_pack("{s:I, s:o}", is_check ? "usable" : "imported",
	    (json_int_t)json_array_size(good), "refused", refused);
	if (is_check || json_array_size(good) == 0) {
		import_done(req, NULL);
		json_decref(good);
	} else {
		args.rows = good;
		request_call(req, import_done, SCRIPT_IMPORT,
		    import_words(&args));
		json_decref(good);
	}
}
