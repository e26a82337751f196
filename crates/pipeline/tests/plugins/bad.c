/* Transforms that are wrong, one a value of FAULT. What is wrong with most of them shows only in
 * streams of an input whose name begins with "tuesday". */

#include "pipeline_plugin.h"

static int32_t prepare(const pipeline_host *host, pipeline_text settings, void **stage) {
    (void)host;
    (void)settings;
    *stage = NULL;
#if FAULT == 20
    return PIPELINE_SKIP;
#elif FAULT == 21
    host->problem(host, pipeline_text_of("\xff"), pipeline_text_of("no"), pipeline_text_of(""));
    return PIPELINE_SKIP;
#endif
    return PIPELINE_OK;
}

static void nothing(void *pointer) {
    (void)pointer;
}

static int32_t open_stream(void *stage, const pipeline_host *host, pipeline_text header,
                           void **stream) {
    static char bad;
    size_t i;
    (void)stage;
    (void)host;
    *stream = NULL;
    for (i = 0; i + 7 < header.length; i++) {
        if (memcmp(header.data + i, "tuesday", 7) == 0) {
            *stream = &bad;
#if FAULT == 10
            host->reply(host, pipeline_text_of("{\"start\": \"yesterday\"}"));
#elif FAULT == 11
            return host->seek(host, 0);
#endif
        }
    }
    return PIPELINE_OK;
}

#if FAULT == 39
extern int nobody_has_this(void);
#endif

static int32_t process(void *stream, const pipeline_host *host, const pipeline_item *item) {
    static const int64_t times[2] = {2000000, 1000000};
    static const double values[3] = {1, 2, 3};
    pipeline_column column = {PIPELINE_TEXT("power"), PIPELINE_TEXT("W"), values, 2};
    pipeline_item mine = {0};
#if FAULT == 39
    return nobody_has_this();
#endif
    if (stream == NULL) {
        return host->send(host, item);
    }
    mine.size = sizeof mine;
    mine.kind = PIPELINE_SAMPLES;
    mine.time = times;
    mine.rows = 2;
    mine.columns = &column;
    mine.column_count = 1;
    (void)column;
#if FAULT == 1
    host->warn(host, pipeline_text_of("\xc3("));
    return PIPELINE_OK;
#elif FAULT == 2
    return host->send(host, &mine);
#elif FAULT == 3
    column.length = 3;
    return host->send(host, &mine);
#elif FAULT == 4
    return 77;
#elif FAULT == 5
    return PIPELINE_SKIP;
#elif FAULT == 6
    host->fail(host, PIPELINE_SKIP, pipeline_text_of(""), pipeline_text_of(""));
    return PIPELINE_SKIP;
#elif FAULT == 7
    mine.kind = 77;
    return host->send(host, &mine);
#elif FAULT == 8
    column.unit = pipeline_text_of("hp");
    return host->send(host, &mine);
#elif FAULT == 9
    mine.kind = PIPELINE_LAP;
    mine.text = pipeline_text_of("{\"start\": 1}");
    return host->send(host, &mine);
#elif FAULT == 12
    mine.size = 8;
    return host->send(host, &mine);
#elif FAULT == 13
    mine.time = NULL;
    return host->send(host, &mine);
#elif FAULT == 14
    return PIPELINE_CANCELLED;
#elif FAULT == 15
    host->send(host, &mine); /* and carries on as if nothing had happened */
    return PIPELINE_OK;
#elif FAULT == 16
    column.name = pipeline_text_of("P\xff");
    return host->send(host, &mine);
#elif FAULT == 17
    return host->fail(host, PIPELINE_BROKEN, pipeline_text_of("lost count of itself"),
                      pipeline_text_of("count anew"));
#elif FAULT == 18
    return host->fail(host, PIPELINE_SKIP, pipeline_text_of("this row is too long for me"),
                      pipeline_text_of("row less"));
#elif FAULT == 50
    host->log(host, 7, pipeline_text_of("seven"));
    return PIPELINE_OK;
#elif FAULT == 51
    return host->set_state(host, pipeline_text_of("x"), pipeline_text_of("{"));
#elif FAULT == 52
    {
        static char much[70001];
        pipeline_text json = {much, 70000};
        memset(much, '1', 70000);
        much[0] = much[69999] = '"';
        return host->set_state(host, pipeline_text_of("x"), json);
    }
#elif FAULT == 53
    return host->command(host, pipeline_text_of("ac"), pipeline_text_of("1"), 0, NULL, NULL);
#else
    return host->send(host, item);
#endif
}

static int32_t finish(void *stream, const pipeline_host *host, pipeline_text summary) {
    (void)summary;
    (void)host;
#if FAULT == 19
    if (stream != NULL) {
        host->reply(host, pipeline_text_of("42"));
    }
#endif
    (void)stream;
    return PIPELINE_OK;
}

static const pipeline_plugin plugin = {
#if FAULT == 30
    .size = 24,
#else
    .size = sizeof(pipeline_plugin),
#endif
#if FAULT == 31
    .role = 9,
#else
    .role = PIPELINE_TRANSFORM,
#endif
#if FAULT == 32
    .name = PIPELINE_TEXT("b\xff" "d"),
#elif FAULT == 33
    .name = PIPELINE_TEXT("Bad Plugin"),
#else
    .name = PIPELINE_TEXT("bad"),
#endif
    .version = PIPELINE_TEXT("1.0.0"),
    .about = PIPELINE_TEXT("be wrong"),
#if FAULT == 34
    .schema = PIPELINE_TEXT("{\"type\": "),
#endif
    .prepare = prepare,
    .release = nothing,
    .open = open_stream,
#if FAULT == 35
    .process = FAULT == 35 ? NULL : process,
#else
    .process = process,
#endif
    .finish = finish,
    .close = nothing,
};

#if FAULT == 36
PIPELINE_EXPORT const pipeline_plugin *pipeline_plugin_v2(size_t index);
const pipeline_plugin *pipeline_plugin_v2(size_t index) {
#elif FAULT == 37
PIPELINE_EXPORT const pipeline_plugin *something_else(size_t index);
const pipeline_plugin *something_else(size_t index) {
#elif FAULT == 38
const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    index++;
#else
const pipeline_plugin *pipeline_plugin_v1(size_t index) {
#endif
#if FAULT == 40 /* no fault: a plugin of a later version, whose table is longer */
    static struct {
        pipeline_plugin table;
        void *more[4];
    } longer;
    longer.table = plugin;
    longer.table.size = sizeof longer;
    return index == 0 ? &longer.table : NULL;
#else
    return index == 0 ? &plugin : NULL;
#endif
}
