/* The source `heart-rate`: a belt, or anything else with the Heart Rate Service of Bluetooth.
 *
 *     cc -shared -fPIC -o libheart_rate.so heart_rate.c     (pipeline_plugin.h beside it)
 *     pipeline run heart-rate.yaml --plugin ./libheart_rate.so --device sim:belt
 *
 * The host lends its Bluetooth: `--device`, simulated devices and recordings come with it. A link
 * that is lost is made again; a stop ends the stream, and what was measured is kept. */

#include "pipeline_plugin.h"

#include <stdio.h>

static const char SERVICE[] = "{\"services\": [\"180d\"]}", MEASUREMENT[] = "2a37";

/* Milliseconds without a word after which the belt counts as taken off: half a minute. */
static const int64_t SILENCE = 30000000, LOOK = 60000000;

/* What the host gave last. */
typedef struct {
    int count;
    int64_t time;
    char id[100];
    double rate;
} taken;

static void take_device(void *user, const pipeline_given *given) {
    taken *to = user;
    char text[1000];
    const char *id;
    snprintf(text, sizeof text, "%.*s", (int)given->text.length, given->text.data);
    id = strstr(text, "\"id\":\"");
    to->count = id != NULL && sscanf(id + 6, "%99[^\"]", to->id) == 1;
}

/* Flags, then the rate in one byte or two (Heart Rate Service 1.0, 3.1). */
static void take_value(void *user, const pipeline_given *given) {
    taken *to = user;
    const unsigned char *byte = (const unsigned char *)given->text.data;
    size_t wide = given->text.length > 0 && (byte[0] & 1);
    if (given->text.length < 2 + wide) {
        return;
    }
    to->count = 1;
    to->time = given->time;
    to->rate = wide ? byte[1] + 256.0 * byte[2] : byte[1];
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

static int32_t send(const pipeline_host *host, const taken *value) {
    pipeline_column column = {PIPELINE_TEXT("heart_rate"), PIPELINE_TEXT("bpm"), NULL, 1};
    pipeline_item item = {0};
    column.values = &value->rate;
    item.size = sizeof item;
    item.kind = PIPELINE_SAMPLES;
    item.time = &value->time;
    item.rows = 1;
    item.columns = &column;
    item.column_count = 1;
    return host->send(host, &item);
}

/* Finds the belt, connects and subscribes. */
static int32_t connect_belt(const pipeline_host *host, uint64_t *link) {
    const pipeline_bluetooth *bluetooth = host->bluetooth;
    taken belt = {0};
    int32_t status = PIPELINE_OK;
    while (status == PIPELINE_OK && belt.count == 0) {
        status = bluetooth->find(host, pipeline_text_of(SERVICE), LOOK, take_device, &belt);
    }
    if (status == PIPELINE_OK) {
        status = bluetooth->connect(host, pipeline_text_of(belt.id), link);
    }
    return status == PIPELINE_OK
        ? bluetooth->subscribe(host, *link, pipeline_text_of(MEASUREMENT)) : status;
}

static int32_t run(void *stage, const pipeline_host *host, pipeline_text input) {
    const pipeline_bluetooth *bluetooth = host->bluetooth;
    int is_open = 0;
    int32_t status;
    uint64_t link;
    (void)stage;
    (void)input;
    if (bluetooth == NULL) {
        return host->fail(host, PIPELINE_BROKEN, pipeline_text_of("needs a newer Pipeline"),
                          pipeline_text_of("update it"));
    }
    status = connect_belt(host, &link);
    while (status == PIPELINE_OK) {
        taken value = {0};
        status = bluetooth->next(host, link, SILENCE, take_value, &value);
        if (status == PIPELINE_OK && value.count == 0) {
            break; /* it was taken off */
        }
        if (status == PIPELINE_DEVICE) {
            host->warn(host, pipeline_text_of("the link to the belt was lost"));
            bluetooth->disconnect(host, link);
            status = connect_belt(host, &link);
            continue;
        }
        if (status == PIPELINE_OK && !is_open) {
            status = host->open(host, pipeline_text_of("{\"sport\": \"generic\"}"));
            is_open = status == PIPELINE_OK;
        }
        if (status == PIPELINE_OK) {
            status = send(host, &value);
        }
    }
    if (!is_open) {
        return status;
    }
    return status == PIPELINE_OK || status == PIPELINE_CANCELLED ? host->finish(host) : status;
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin),
    .role = PIPELINE_SOURCE,
    .name = PIPELINE_TEXT("heart-rate"),
    .version = PIPELINE_TEXT("1.0.0"),
    .about = PIPELINE_TEXT("listen to a heart-rate belt"),
    .prepare = prepare,
    .release = nothing,
    .run = run,
};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
