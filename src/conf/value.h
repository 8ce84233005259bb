/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One value: from libconfig's tree to a field, from a field to a file, and
 * what else every shape must be able to do. Inside this folder only.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stdbool.h>
#include <stdio.h>

#include "conf/options.h"
#include "conf/reader.h"

/* The field of the struct (of the section) that the option is kept in. */
void *value_field(const struct option *, void *base);
const void *value_field_const(const struct option *, const void *base);

/* The length of the array that the field of a SHAPE_DURATIONS or
 * SHAPE_GROUPS points to: it stands behind the pointer. */
size_t *value_count(void *field);

/* Puts the default into an unused field. */
void value_init(struct reader *, const struct option *, void *field);

/* Puts the setting in the place of what the field holds; when it is wrong,
 * tells so and leaves the field. key: as faults shall name it. */
void value_read(struct reader *, const struct option *, config_setting_t *,
    const char *key, void *field);

void value_clear(const struct option *, void *field);
bool value_equal(const struct option *, const void *a, const void *b);

/* As a file would write it. */
void value_print(const struct option *, const void *field, FILE *);

/* The allowed range for people, "0 to 5000 ms"; "" when there is none. */
const char *value_range(const struct option *, char *buf, size_t size);

#endif
