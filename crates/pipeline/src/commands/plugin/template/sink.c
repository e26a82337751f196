/* The sink `@name@`: writes a line with time and power for each sample. */

#include "pipeline_plugin.h"

#include <stdio.h>

int @ident@_line(char *line, size_t capacity, int64_t time, double power);

/* Seconds since 1970 and watts; nothing where nothing was measured. */
int @ident@_line(char *line, size_t capacity, int64_t time, double power) {
    if (power != power) {
        return 0;
    }
    return snprintf(line, capacity, "%.6f,%.17g\n", (double)time / 1e6, power);
}

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host;
    (void)settings; /* the host itself looks at `folder` */
    *stage = NULL;
    return PIPELINE_OK;
}

static void nothing(void *pointer) {
    (void)pointer;
}

static int32_t open_stream(void *stage, const pipeline_host *host, pipeline_text header,
                           void **stream) {
    (void)stage;
    (void)header;
    *stream = NULL;
    return host->write(host, "time,power\n", 11);
}

static int32_t process(void *stream, const pipeline_host *host, const pipeline_item *item) {
    char line[80];
    size_t i, row;
    (void)stream;
    for (i = 0; item->kind == PIPELINE_SAMPLES && i < item->column_count; i++) {
        const pipeline_column *column = &item->columns[i];
        if (column->name.length != 5 || memcmp(column->name.data, "power", 5) != 0) {
            continue;
        }
        for (row = 0; row < item->rows; row++) {
            int length = @ident@_line(line, sizeof line, item->time[row], column->values[row]);
            int32_t status = host->write(host, line, (size_t)length);
            if (status != PIPELINE_OK) {
                return status;
            }
        }
    }
    return PIPELINE_OK;
}

/* Names the file after the activity's key, so that it is the same file next time. */
static int32_t finish(void *stream, const pipeline_host *host, pipeline_text summary) {
    static const char mark[] = "\"content_key\":\"";
    char reply[64], key[9] = "unknown";
    size_t i;
    (void)stream;
    for (i = 0; i + sizeof mark - 1 + 8 <= summary.length; i++) {
        if (memcmp(summary.data + i, mark, sizeof mark - 1) == 0) {
            memcpy(key, summary.data + i + sizeof mark - 1, 8);
            key[8] = '\0';
        }
    }
    snprintf(reply, sizeof reply, "{\"file\": \"power-%s.csv\"}", key);
    host->reply(host, pipeline_text_of(reply));
    return PIPELINE_OK;
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin),
    .role = PIPELINE_SINK,
    .name = PIPELINE_TEXT("@name@"),
    .version = PIPELINE_TEXT("0.1.0"),
    .about = PIPELINE_TEXT("write time and power as CSV"),
    .schema = PIPELINE_TEXT(
        "{\"type\": \"object\", \"required\": [\"folder\"], \"additionalProperties\": false,"
        " \"properties\": {\"folder\": {\"type\": \"string\", \"format\": \"folder\","
        " \"description\": \"Folder for the files; made if it does not exist.\"}}}"),
    .endings = PIPELINE_TEXT("csv"),
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
