/* A source that writes BYTES to CHARACTERISTIC of the first device, and says in its error whether
 * that was done. */

#include "pipeline_plugin.h"

#include <stdio.h>

static const char ANY[] = "{\"names\": [\"*\"]}";

static void take_device(void *user, const pipeline_given *given) {
    char text[1000];
    const char *id;
    snprintf(text, sizeof text, "%.*s", (int)given->text.length, given->text.data);
    id = strstr(text, "\"id\":\"");
    if (id != NULL) {
        sscanf(id + 6, "%99[^\"]", (char *)user);
    }
}

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host;
    (void)settings;
    *stage = NULL;
    return PIPELINE_OK;
}

static void nothing(void *pointer) {
    (void)pointer;
}

static int32_t run(void *stage, const pipeline_host *host, pipeline_text input) {
    static const unsigned char bytes[] = {BYTES};
    const pipeline_bluetooth *bluetooth = host->bluetooth;
    char id[100] = "";
    int32_t status;
    uint64_t link = 0;
    (void)stage;
    (void)input;
    status = bluetooth->find(host, pipeline_text_of(ANY), 60000000, take_device, id);
    if (status == PIPELINE_OK) {
        status = bluetooth->connect(host, pipeline_text_of(id), &link);
    }
    if (status != PIPELINE_OK) {
        return status;
    }
    status = bluetooth->write(host, link, pipeline_text_of(CHARACTERISTIC), bytes, sizeof bytes, 1);
    if (status != PIPELINE_OK) {
        return status;
    }
    return host->fail(host, PIPELINE_SKIP, pipeline_text_of("it was written"),
                      pipeline_text_of(""));
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin),
    .role = PIPELINE_SOURCE,
    .name = PIPELINE_TEXT("harm"),
    .version = PIPELINE_TEXT("1.0.0"),
    .about = PIPELINE_TEXT("write what must not be written"),
    .prepare = prepare,
    .release = nothing,
    .run = run,
};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
