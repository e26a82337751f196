/* A reader that sends 200,000 items whatever the input: samples one by one, and now and then a
 * lap, an event, a curve, bytes and a large batch. */

#include "pipeline_plugin.h"

#define ITEMS 200000
#define ROWS 64

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host, (void)settings;
    *stage = NULL;
    return PIPELINE_OK;
}

static void release(void *stage) {
    (void)stage;
}

static int32_t send_text(const pipeline_host *host, uint32_t kind, const char *json) {
    pipeline_item item = {0};
    item.size = sizeof item;
    item.kind = kind;
    item.text = pipeline_text_of(json);
    return host->send(host, &item);
}

static int32_t rare(const pipeline_host *host, int number) {
    switch (number % 5) {
    case 0:
        return send_text(host, PIPELINE_LAP, "{\"start\": 0, \"end\": 1, \"trigger\": \"distance\","
                                             " \"totals\": {\"distance\": 500}}");
    case 1:
        return send_text(host, PIPELINE_EVENT, "{\"meta\": {\"notes\": \"a \\\"note\\\"\"}}");
    case 2:
        return send_text(host, PIPELINE_CURVE, "{\"time\": 0, \"field\": \"handle_force\","
                                               " \"values\": [0, 120.5, 80]}");
    case 3:
        return send_text(host, PIPELINE_BYTES, "bytes");
    default:
        host->warn(host, pipeline_text_of("still here"));
        return PIPELINE_OK;
    }
}

static int32_t run(void *stage, const pipeline_host *host, pipeline_text input) {
    int64_t times[ROWS];
    double distances[ROWS], powers[ROWS];
    pipeline_column columns[2] = {{PIPELINE_TEXT("distance"), PIPELINE_TEXT("m"), NULL, 1},
                                  {PIPELINE_TEXT("power"), PIPELINE_TEXT(""), NULL, 1}};
    pipeline_item item = {0};
    int32_t status = host->open(host, pipeline_text_of("{\"start\": 1760000000000000,"
                                                       " \"sport\": \"rowing/indoor\"}"));
    int64_t time = (int64_t)1760000000 * 1000000;
    int number, row;
    (void)stage, (void)input;
    columns[0].values = distances;
    columns[1].values = powers;
    item.size = sizeof item;
    item.kind = PIPELINE_SAMPLES;
    item.time = times;
    item.columns = columns;
    item.column_count = 2;
    for (number = 0; number < ITEMS && status == PIPELINE_OK; number++) {
        item.rows = number % 1000 == 500 ? ROWS : 1;
        for (row = 0; row < (int)item.rows; row++) {
            time += 20000;
            times[row] = time;
            distances[row] = (double)(time / 20000 - 88000000000) / 12.5;
            powers[row] = 150 + number % 50;
        }
        columns[0].length = columns[1].length = item.rows;
        status = number % 100 == 99 ? rare(host, number / 100) : host->send(host, &item);
    }
    return status == PIPELINE_OK ? host->finish(host) : status;
}

static const pipeline_plugin plugin = {
    .size = sizeof(pipeline_plugin), .role = PIPELINE_READER, .name = PIPELINE_TEXT("many"),
    .version = PIPELINE_TEXT("1"), .about = PIPELINE_TEXT("send many items"),
    .endings = PIPELINE_TEXT("many"), .prepare = prepare, .release = release, .run = run};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index == 0 ? &plugin : NULL;
}
