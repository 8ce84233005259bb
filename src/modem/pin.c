/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A PIN that an operator typed. One worker gets it; then it is forgotten.
 */
#include <string.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "modem/inside.h"

static void
forget(struct modem *modem)
{
	if (modem->typed_pin != NULL)
		explicit_bzero(modem->typed_pin, strlen(modem->typed_pin));
	free(modem->typed_pin);
	modem->typed_pin = NULL;
}

int
modem_enter_pin(struct modem *modem, const char *pin, modem_pin_done *done,
    void *arg)
{
	if (modem->pin_done != NULL)
		return -1;
	modem->typed_pin = xstrdup(pin);
	modem->pin_done = done;
	modem->pin_arg = arg;
	modem->is_pin_out = false;
	/* If a worker is looking at the SIM right now, it ends first. */
	if (modem->process == NULL)
		modem_arm(modem, 0);
	return 0;
}

void
modem_pin_take(struct modem *modem, char *out, size_t size, bool *is_typed)
{
	*is_typed = modem->typed_pin != NULL;
	if (*is_typed) {
		(void)snprintf(out, size, "%s", modem->typed_pin);
		modem->is_pin_out = true;
		forget(modem);
		return;
	}
	/* "-" is no PIN: if the SIM wants one, the worker answers pin_file. */
	if (*modem->own->pin_file != '\0' &&
	    (conf_read_secret(modem->own->pin_file, out, size) == -1 ||
	    out[0] == '\0'))
		(void)snprintf(out, size, "-");
}

void
modem_pin_ended(struct modem *modem, bool is_open)
{
	modem_pin_done *done = modem->pin_done;

	if (done == NULL || (!modem->is_pin_out && !is_open))
		return;
	modem->pin_done = NULL;
	modem->is_pin_out = false;
	forget(modem);
	done(modem, is_open, modem->pin_arg);
}

void
modem_pin_clear(struct modem *modem)
{
	modem->is_pin_out = true;
	modem_pin_ended(modem, false);
}
