/* A transform that does nothing: what the border itself costs. */
#include "pipeline_plugin.h"

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host, (void)settings;
    *stage = NULL;
    return PIPELINE_OK;
}

static void nothing(void *pointer) {
    (void)pointer;
}

static int32_t open_stream(void *stage, const pipeline_host *host, pipeline_text header,
                           void **stream) {
    (void)stage, (void)host, (void)header;
    *stream = NULL;
    return PIPELINE_OK;
}

static int32_t process(void *stream, const pipeline_host *host, const pipeline_item *item) {
    (void)stream;
    return host->send(host, item);
}

static int32_t finish(void *stream, const pipeline_host *host, pipeline_text summary) {
    (void)stream, (void)host, (void)summary;
    return PIPELINE_OK;
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin), .role = PIPELINE_TRANSFORM, .name = PIPELINE_TEXT("idle"),
    .version = PIPELINE_TEXT("1"), .about = PIPELINE_TEXT("do nothing"), .prepare = prepare,
    .release = nothing, .open = open_stream, .process = process, .finish = finish,
    .close = nothing};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
