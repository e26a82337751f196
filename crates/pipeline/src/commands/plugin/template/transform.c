/* The transform `@name@`: multiplies the power of a stream by 1.1. */

#include "pipeline_plugin.h"

#include <stdlib.h>

double @ident@_scaled(double power);

/* NaN, "not measured", stays what it is. */
double @ident@_scaled(double power) {
    return power * 1.1;
}

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host;
    (void)settings; /* there are none: the host has checked that */
    *stage = NULL;
    return PIPELINE_OK;
}

static void nothing(void *pointer) {
    (void)pointer;
}

static int32_t open_stream(void *stage, const pipeline_host *host, pipeline_text header,
                           void **stream) {
    (void)stage;
    (void)host;
    (void)header;
    *stream = NULL;
    return PIPELINE_OK;
}

static int32_t process(void *stream, const pipeline_host *host, const pipeline_item *item) {
    pipeline_item changed = {0};
    pipeline_column *columns;
    double *power = NULL;
    int32_t status;
    size_t i, row;
    (void)stream;
    if (item->kind != PIPELINE_SAMPLES || item->column_count == 0) {
        return host->send(host, item); /* laps, events and what else there may be */
    }
    columns = malloc(item->column_count * sizeof *columns);
    power = malloc((item->rows + 1) * sizeof *power);
    if (columns == NULL || power == NULL) {
        free(columns);
        free(power);
        return host->fail(host, PIPELINE_RESOURCE, pipeline_text_of("out of memory"),
                          pipeline_text_of(""));
    }
    for (i = 0; i < item->column_count; i++) {
        columns[i] = item->columns[i];
        if (columns[i].name.length == 5 && memcmp(columns[i].name.data, "power", 5) == 0) {
            for (row = 0; row < item->rows; row++) {
                power[row] = @ident@_scaled(columns[i].values[row]);
            }
            columns[i].values = power;
        }
    }
    changed.size = sizeof changed;
    changed.kind = PIPELINE_SAMPLES;
    changed.time = item->time;
    changed.rows = item->rows;
    changed.columns = columns;
    changed.column_count = item->column_count;
    status = host->send(host, &changed);
    free(columns);
    free(power);
    return status;
}

static int32_t finish(void *stream, const pipeline_host *host, pipeline_text summary) {
    (void)stream;
    (void)host;
    (void)summary;
    return PIPELINE_OK;
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin),
    .role = PIPELINE_TRANSFORM,
    .name = PIPELINE_TEXT("@name@"),
    .version = PIPELINE_TEXT("0.1.0"),
    .about = PIPELINE_TEXT("multiply the power by 1.1"),
    .prepare = prepare,
    .release = nothing,
    .open = open_stream,
    .process = process,
    .finish = finish,
    .close = nothing,
};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
