/* Plugins that go silent when told to: a reader, a transform, two sinks and a source. */

#include "pipeline_plugin.h"

#include <stdio.h>
#include <unistd.h>

static char marked;

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    size_t i;
    (void)host;
    *stage = NULL;
    for (i = 0; i + 4 < settings.length; i++) {
        if (memcmp(settings.data + i, "true", 4) == 0) {
            *stage = &marked;
        }
    }
    return PIPELINE_OK;
}

static int32_t prepare_silently(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host;
    (void)settings;
    (void)stage;
    while (pause() != 0) {
    }
    return PIPELINE_OK;
}

static void nothing(void *pointer) {
    (void)pointer;
}

static int32_t send_one(const pipeline_host *host, int64_t time) {
    static const double power = 100;
    pipeline_column column = {PIPELINE_TEXT("power"), PIPELINE_TEXT(""), &power, 1};
    pipeline_item item = {0};
    item.size = sizeof item;
    item.kind = PIPELINE_SAMPLES;
    item.time = &time;
    item.rows = 1;
    item.columns = &column;
    item.column_count = 1;
    return host->send(host, &item);
}

/* One stream an input, with one sample; an input of "hang" hangs. */
static int32_t read_input(void *stage, const pipeline_host *host, pipeline_text input) {
    char bytes[16];
    size_t length = 0, more = 1;
    int32_t status = PIPELINE_OK;
    while (status == PIPELINE_OK && more > 0 && length < sizeof bytes) {
        status = host->read(host, bytes + length, sizeof bytes - length, &more);
        length += more;
    }
    (void)stage;
    (void)input;
    if (status != PIPELINE_OK) {
        return status;
    }
    if (length >= 4 && memcmp(bytes, "hang", 4) == 0) {
        for (;;) {
            pause();
        }
    }
    status = host->open(host, pipeline_text_of("{\"start\": 1000000}"));
    if (status == PIPELINE_OK) {
        status = send_one(host, 1000000 + bytes[0]);
    }
    return status == PIPELINE_OK ? host->finish(host) : status;
}

/* Three samples, then silent if it is marked. */
static int32_t tick(void *stage, const pipeline_host *host, pipeline_text input) {
    int32_t status = host->open(host, pipeline_text_of("{}"));
    int i;
    (void)input;
    for (i = 0; i < 3 && status == PIPELINE_OK; i++) {
        status = send_one(host, host->now(host));
        if (status == PIPELINE_OK && host->sleep(host, 400000) != PIPELINE_OK) {
            break;
        }
    }
    while (stage == &marked) {
        pause();
    }
    return status == PIPELINE_OK ? host->finish(host) : status;
}

static int32_t open_stream(void *stage, const pipeline_host *host, pipeline_text header,
                           void **stream) {
    (void)host;
    (void)header;
    *stream = stage;
    return PIPELINE_OK;
}

/* A transform that goes silent if it is marked. */
static int32_t pass(void *stream, const pipeline_host *host, const pipeline_item *item) {
    while (stream == &marked) {
        pause();
    }
    return host->send(host, item);
}

static int32_t end(void *stream, const pipeline_host *host, pipeline_text summary) {
    (void)stream;
    (void)host;
    (void)summary;
    return PIPELINE_OK;
}

/* A sink that goes silent if it is marked. */
static int32_t count(void *stream, const pipeline_host *host, const pipeline_item *item) {
    char line[40];
    while (stream == &marked) {
        pause();
    }
    snprintf(line, sizeof line, "%lu rows\n", (unsigned long)item->rows);
    return host->write(host, line, strlen(line));
}

static int32_t name(void *stream, const pipeline_host *host, pipeline_text summary) {
    char reply[100];
    const char *key = strstr(summary.data, "content_key\":\"");
    (void)stream;
    snprintf(reply, sizeof reply, "{\"file\": \"%.8s.txt\"}", key + 14);
    host->reply(host, pipeline_text_of(reply));
    return PIPELINE_OK;
}

#define SCHEMA(options) \
    PIPELINE_TEXT("{\"type\": \"object\", \"properties\": {\"silent\": {\"type\": \"boolean\"," \
                  " \"description\": \"x\"}" options "}}")
#define FOLDER ", \"folder\": {\"type\": \"string\", \"format\": \"folder\", \"description\": \"x\"}"
#define PLUGIN(title) \
    .size = sizeof(pipeline_plugin), .name = PIPELINE_TEXT(title), \
    .version = PIPELINE_TEXT("1"), .about = PIPELINE_TEXT("x"), .release = nothing

static const pipeline_plugin plugins[] = {
    {PLUGIN("lines"), .role = PIPELINE_READER, .endings = PIPELINE_TEXT("line"),
     .prepare = prepare, .run = read_input},
    {PLUGIN("ticks"), .role = PIPELINE_SOURCE, .schema = SCHEMA(""), .prepare = prepare,
     .run = tick},
    {PLUGIN("pass"), .role = PIPELINE_TRANSFORM, .schema = SCHEMA(""), .prepare = prepare,
     .open = open_stream, .process = pass, .finish = end, .close = nothing},
    {PLUGIN("count"), .role = PIPELINE_SINK, .schema = SCHEMA(FOLDER), .prepare = prepare,
     .open = open_stream, .process = count, .finish = name, .close = nothing},
    {PLUGIN("never"), .role = PIPELINE_TRANSFORM, .prepare = prepare_silently,
     .open = open_stream, .process = pass, .finish = end, .close = nothing},
};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index < sizeof plugins / sizeof *plugins ? &plugins[index] : NULL;
}
