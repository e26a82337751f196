/* Example of a sink in C: a table with tabs, one row a sample, its titles those of the first
 * batch. What was not measured stays empty. Build it with
 *   cc -shared -fPIC -I ../../../crates/plugin/include -o libtsv.so tsv.c */
#include "pipeline_plugin.h"
#include <stdio.h>
#include <stdlib.h>

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host, (void)settings; /* the host itself looks at `folder` */
    *stage = NULL;
    return PIPELINE_OK;
}
static void release(void *stage) {
    (void)stage;
}
static int32_t open_stream(void *stage, const pipeline_host *host, pipeline_text header,
                           void **stream) {
    (void)stage, (void)header;
    *stream = calloc(1, sizeof(int)); /* whether the titles are written */
    return *stream != NULL ? PIPELINE_OK
                           : host->fail(host, PIPELINE_RESOURCE, pipeline_text_of("no memory"),
                                        pipeline_text_of("close other programs"));
}
static int32_t titles(const pipeline_host *host, const pipeline_item *item) {
    int32_t status = host->write(host, "time", 4);
    size_t i;
    for (i = 0; i < item->column_count && status == PIPELINE_OK; i++) {
        pipeline_text name = item->columns[i].name;
        status = host->write(host, "\t", 1);
        if (status == PIPELINE_OK)
            status = host->write(host, name.data, name.length);
    }
    return status == PIPELINE_OK ? host->write(host, "\n", 1) : status;
}
static int32_t process(void *stream, const pipeline_host *host, const pipeline_item *item) {
    int *titled = stream, length;
    int32_t status = PIPELINE_OK;
    char cell[40];
    size_t row, i;
    if (item->kind != PIPELINE_SAMPLES)
        return PIPELINE_OK;
    if (!*titled)
        status = titles(host, item);
    *titled = 1;
    for (row = 0; row < item->rows && status == PIPELINE_OK; row++) {
        length = snprintf(cell, sizeof cell, "%.6f", (double)item->time[row] / 1e6);
        status = host->write(host, cell, (size_t)length);
        for (i = 0; i < item->column_count && status == PIPELINE_OK; i++) {
            double value = item->columns[i].values[row];
            length = snprintf(cell, sizeof cell, "\t%.17g", value);
            status = host->write(host, cell, value == value ? (size_t)length : 1);
        }
        if (status == PIPELINE_OK)
            status = host->write(host, "\n", 1);
    }
    return status;
}
static int32_t finish(void *stream, const pipeline_host *host, pipeline_text summary) {
    const char *mark = "\"content_key\":\""; /* the same activity has the same key */
    char reply[60];
    size_t at = 0, most = strlen(mark) + 8;
    (void)stream;
    while (at + most < summary.length && memcmp(summary.data + at, mark, strlen(mark)) != 0)
        at++;
    snprintf(reply, sizeof reply, "{\"file\": \"%.8s.tsv\"}", summary.data + at + strlen(mark));
    host->reply(host, pipeline_text_of(reply));
    return PIPELINE_OK;
}
static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin), .role = PIPELINE_SINK, .name = PIPELINE_TEXT("tsv"),
    .version = PIPELINE_TEXT("1.0.0"), .about = PIPELINE_TEXT("write a table with tabs"),
    .schema = PIPELINE_TEXT("{\"type\": \"object\", \"properties\": {\"folder\": {\"type\":"
        "\"string\", \"format\": \"folder\", \"description\": \"Folder for the files.\"}},"
        "\"required\": [\"folder\"], \"additionalProperties\": false}"),
    .endings = PIPELINE_TEXT("tsv"), .prepare = prepare, .release = release, .open = open_stream,
    .process = process, .finish = finish, .close = free};
const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
