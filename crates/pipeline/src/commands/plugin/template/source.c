/* The source `@name@`: a machine that is not there, with one sample a second for 5 s. */

#include "pipeline_plugin.h"

double @ident@_distance(double seconds);

/* Metres after that many seconds at 4 m/s. */
double @ident@_distance(double seconds) {
    return seconds * 4.0;
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

static int32_t run(void *stage, const pipeline_host *host, pipeline_text input) {
    int64_t start = host->now(host), now = start;
    double distance;
    pipeline_column column = {PIPELINE_TEXT("distance"), PIPELINE_TEXT("m"), NULL, 1};
    pipeline_item item = {0};
    int32_t status = host->open(host, pipeline_text_of("{\"sport\": \"rowing/indoor\"}"));
    (void)stage;
    (void)input;
    column.values = &distance;
    item.size = sizeof item;
    item.kind = PIPELINE_SAMPLES;
    item.time = &now;
    item.rows = 1;
    item.columns = &column;
    item.column_count = 1;
    while (status == PIPELINE_OK && now - start < 5000000) {
        now = host->now(host);
        distance = @ident@_distance((double)(now - start) / 1e6);
        status = host->send(host, &item);
        if (status == PIPELINE_OK && host->sleep(host, 1000000) != PIPELINE_OK) {
            break; /* a stop ends the sleep; what was rowed is kept */
        }
    }
    return status == PIPELINE_OK ? host->finish(host) : status;
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin),
    .role = PIPELINE_SOURCE,
    .name = PIPELINE_TEXT("@name@"),
    .version = PIPELINE_TEXT("0.1.0"),
    .about = PIPELINE_TEXT("pretend to be a rowing machine"),
    .prepare = prepare,
    .release = nothing,
    .run = run,
};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
