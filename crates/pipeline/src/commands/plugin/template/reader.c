/* The reader `@name@`: lines of `seconds,distance,power`, the first a title. */

#include "pipeline_plugin.h"

#include <stdio.h>

int @ident@_row(const char *line, double row[3]);

/* Whether a line is three numbers. */
int @ident@_row(const char *line, double row[3]) {
    return sscanf(line, "%lf,%lf,%lf", &row[0], &row[1], &row[2]) == 3;
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

static int32_t send_row(const pipeline_host *host, const double row[3]) {
    /* 2026-01-01T08:00:00Z: the files don't say when. */
    int64_t time = (int64_t)1767254400 * 1000000 + (int64_t)(row[0] * 1e6);
    pipeline_column columns[2] = {
        {PIPELINE_TEXT("distance"), PIPELINE_TEXT("m"), NULL, 1},
        {PIPELINE_TEXT("power"), PIPELINE_TEXT("W"), NULL, 1},
    };
    pipeline_item item = {0};
    columns[0].values = &row[1];
    columns[1].values = &row[2];
    item.size = sizeof item;
    item.kind = PIPELINE_SAMPLES;
    item.time = &time;
    item.rows = 1;
    item.columns = columns;
    item.column_count = 2;
    return host->send(host, &item);
}

static int32_t run(void *stage, const pipeline_host *host, pipeline_text input) {
    char line[100], byte, message[160];
    size_t used = 0, length = 0, number = 0;
    int32_t status;
    double row[3];
    (void)stage;
    (void)input;
    status = host->open(host, pipeline_text_of("{\"start\": \"2026-01-01T08:00:00Z\","
                                               " \"sport\": \"rowing/indoor\"}"));
    while (status == PIPELINE_OK) {
        status = host->read(host, &byte, 1, &length); /* larger pieces are faster */
        if (status != PIPELINE_OK || (length == 0 && used == 0)) {
            break;
        }
        if (length != 0 && byte != '\n' && used + 1 < sizeof line) {
            line[used++] = byte;
            continue;
        }
        line[used] = '\0';
        used = 0;
        if (++number > 1) {
            if (!@ident@_row(line, row)) {
                snprintf(message, sizeof message, "line %lu is no row", (unsigned long)number);
                return host->fail(host, PIPELINE_SKIP, pipeline_text_of(message),
                                  pipeline_text_of(""));
            }
            status = send_row(host, row);
        }
    }
    return status == PIPELINE_OK ? host->finish(host) : status;
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin),
    .role = PIPELINE_READER,
    .name = PIPELINE_TEXT("@name@"),
    .version = PIPELINE_TEXT("0.1.0"),
    .about = PIPELINE_TEXT("read seconds, distance and power"),
    .endings = PIPELINE_TEXT("@ending@"),
    .prepare = prepare,
    .release = nothing,
    .run = run,
};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
