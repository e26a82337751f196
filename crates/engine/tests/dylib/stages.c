/* Plugins that go silent when told to: a reader, a transform, two sinks and a source. Then a
 * source and a sink that use all that is lent: state, checkpoints, commands, words; a source that
 * asks what is new on its device, and a sink that lights a lamp from a thread of its own. */

#include "pipeline_plugin.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef ASKED
#define ASKED "ac"
#endif

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

/* One sample after four seconds, which it spends in the host. */
static int32_t wait_long(void *stage, const pipeline_host *host, pipeline_text input) {
    int32_t status = host->open(host, pipeline_text_of("{}"));
    (void)stage;
    (void)input;
    if (status == PIPELINE_OK) {
        status = host->sleep(host, 4000000);
    }
    if (status == PIPELINE_OK) {
        status = send_one(host, host->now(host));
    }
    return status == PIPELINE_OK ? host->finish(host) : status;
}

#ifndef FIRST
/* Two streams, whatever becomes of the first; it tells what that is, and that it has settled.
 * If it is marked it says that while the stream is open. */
static int32_t twice(void *stage, const pipeline_host *host, pipeline_text input) {
    int i;
    (void)input;
    for (i = 0; i < 2; i++) {
        int32_t status = host->open(host, pipeline_text_of("{}"));
        if (status == PIPELINE_OK) {
            status = send_one(host, host->now(host));
        }
        if (status == PIPELINE_OK && stage == &marked) {
            status = host->settled(host);
        }
        if (status == PIPELINE_OK) {
            status = host->finish(host);
            host->log(host, PIPELINE_INFO,
                      pipeline_text_of(status == PIPELINE_OK ? "delivered" : "lacking"));
            if (stage != &marked && host->settled(host) != PIPELINE_OK) {
                return PIPELINE_BROKEN;
            }
        }
        if (status != PIPELINE_OK && status != PIPELINE_SKIP) {
            return status;
        }
    }
    return PIPELINE_OK;
}
#endif

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

#ifndef FIRST
/* What the host gave last. */
typedef struct {
    uint64_t number;
    char name[20], text[100];
} taken;

static void take(void *user, const pipeline_given *given) {
    taken *to = user;
    to->number = given->number;
    snprintf(to->name, sizeof to->name, "%.*s", (int)given->name.length, given->name.data);
    snprintf(to->text, sizeof to->text, "%.*s", (int)given->text.length, given->text.data);
}

static int32_t prepare_station(const pipeline_host *host, pipeline_text settings, void **stage) {
    host->reply(host, pipeline_text_of("{\"commands\": true}"));
    return prepare(host, settings, stage);
}

/* A log of two samples; it counts its runs, and does what it is asked between the samples. */
static int32_t log_station(void *stage, const pipeline_host *host, pipeline_text input) {
    taken runs = {0}, command = {0};
    char text[140];
    int32_t status = host->get_state(host, pipeline_text_of("runs"), take, &runs);
    (void)stage;
    (void)input;
    if (status == PIPELINE_OK) {
        status = host->open(host, pipeline_text_of("{\"kind\": \"log\"}"));
    }
    if (status == PIPELINE_OK) {
        status = send_one(host, host->now(host));
    }
    while (status == PIPELINE_OK && command.number == 0) {
        status = host->next_command(host, 5000000, take, &command);
    }
    if (status != PIPELINE_OK) {
        return status;
    }
    snprintf(text, sizeof text, "{\"did\":\"%s\",\"with\":%s}", command.name, command.text);
    if (strcmp(command.name, "ac") == 0) {
        status = host->answer(host, command.number, PIPELINE_OK, pipeline_text_of(text));
    } else {
        status = host->answer(host, command.number, PIPELINE_SKIP, pipeline_text_of("not this"));
    }
    snprintf(text, sizeof text, "%d", atoi(runs.text) + 1);
    if (status == PIPELINE_OK) {
        status = host->set_state(host, pipeline_text_of("runs"), pipeline_text_of(text));
    }
    if (status == PIPELINE_OK) {
        status = host->checkpoint(host);
    }
    host->log(host, PIPELINE_INFO, pipeline_text_of(text));
    host->progress(host, pipeline_text_of("history"), 2, 2, 0);
    if (status == PIPELINE_OK) {
        status = send_one(host, host->now(host));
    }
    return status == PIPELINE_OK ? host->finish(host) : status;
}

/* A sink that writes what happens to it, and asks something with its first item. */
static int32_t note(void *stream, const pipeline_host *host, const pipeline_item *item) {
    taken answer = {0};
    char line[160];
    (void)item;
    if (stream != NULL && !*(int *)stream) {
        int32_t status = host->command(host, pipeline_text_of(ASKED), pipeline_text_of("true"),
                                       5000000, take, &answer);
        *(int *)stream = 1;
        snprintf(line, sizeof line, "%d %s\n", (int)status, answer.text);
        return host->write(host, line, strlen(line));
    }
    return host->write(host, "item\n", 5);
}

static int32_t open_note(void *stage, const pipeline_host *host, pipeline_text header,
                         void **stream) {
    (void)stage;
    (void)host;
    (void)header;
    *stream = calloc(1, sizeof(int));
    return PIPELINE_OK;
}

static int32_t note_checkpoint(void *stream, const pipeline_host *host) {
    (void)stream;
    return host->write(host, "checkpoint\n", 11);
}

/* Three rides are on the device; the second is damaged. If it is marked it notes one too early. */
static int32_t fetch(void *stage, const pipeline_host *host, pipeline_text input) {
    static const char *const names[] = {"a", "b", "c"};
    int32_t status = PIPELINE_OK;
    char key[60], header[60];
    size_t i;
    (void)input;
    for (i = 0; i < 3 && status == PIPELINE_OK; i++) {
        pipeline_text name = pipeline_text_of(names[i]);
        int32_t wanted = 0, noted = 0;
        snprintf(key, sizeof key, "[\"rides\", \"serial\", \"%s\", 12]", names[i]);
        status = host->wants(host, pipeline_text_of(key), name, &wanted);
        if (status != PIPELINE_OK || !wanted) {
            continue;
        }
        if (i == 1) {
            host->fail(host, PIPELINE_SKIP, pipeline_text_of("b is too short"),
                       pipeline_text_of("ride longer"));
            status = host->give_up(host, pipeline_text_of(key), name, "??", 2);
            continue;
        }
        snprintf(header, sizeof header, "{\"name\": \"%s\", \"start\": %d000000}", names[i],
                 (int)i + 1);
        status = host->open(host, pipeline_text_of(header));
        if (status == PIPELINE_SKIP) {
            /* A stage can't use it; the next one may be better. */
            status = host->give_up(host, pipeline_text_of(""), name, NULL, 0);
            continue;
        }
        if (status == PIPELINE_OK) {
            status = send_one(host, ((int64_t)i + 1) * 1000000);
        }
        if (status == PIPELINE_OK && stage != &marked) {
            status = host->finish(host);
            status = status == PIPELINE_SKIP ? PIPELINE_OK : status; /* not every sink has it */
        }
        if (status == PIPELINE_OK) {
            status = host->note_delivered(host, pipeline_text_of(key), name, &noted);
        }
        snprintf(header, sizeof header, "noted %s %d", names[i], (int)noted);
        host->log(host, PIPELINE_INFO, pipeline_text_of(header));
    }
    return status;
}

/* What a source may get wrong: it is told by the first letter of `how`. */
static int32_t prepare_unruly(const pipeline_host *host, pipeline_text settings, void **stage) {
    const char *how = strstr(settings.data, "\"how\":\"");
    (void)host;
    *stage = NULL;
    if (how != NULL) {
        static char letters[256];
        letters[(unsigned char)how[7]] = how[7];
        *stage = &letters[(unsigned char)how[7]];
    }
    return PIPELINE_OK;
}

static int32_t run_unruly(void *stage, const pipeline_host *host, pipeline_text input) {
    pipeline_text header = pipeline_text_of("{}");
    (void)input;
    switch (stage != NULL ? *(char *)stage : '?') {
    case 'e': /* early */
        return send_one(host, host->now(host));
    case 'f': /* finishes twice */
        return host->finish(host);
    case 't': /* twice */
        return host->open(host, header) == PIPELINE_OK ? host->open(host, header) : PIPELINE_BROKEN;
    case 'l': /* lines */
        return host->fail(host, PIPELINE_SKIP, pipeline_text_of("one\n  two\r\n"),
                          pipeline_text_of("three\nfour"));
    case 'o': /* on and on, whatever it is told */
        host->open(host, header);
        for (;;) {
            if (send_one(host, host->now(host)) != PIPELINE_OK &&
                host->sleep(host, 1) == PIPELINE_BROKEN) {
                return PIPELINE_BROKEN;
            }
            usleep(1000);
        }
    default: /* unfinished */
        return host->open(host, header) == PIPELINE_OK ? send_one(host, host->now(host))
                                                       : PIPELINE_BROKEN;
    }
}

/* A transform that has no use for `c`. */
static int32_t open_choosy(void *stage, const pipeline_host *host, pipeline_text header,
                           void **stream) {
    if (strstr(header.data, "\"name\":\"c\"") != NULL) {
        return host->fail(host, PIPELINE_SKIP, pipeline_text_of("has no use for c"),
                          pipeline_text_of(""));
    }
    return open_stream(stage, host, header, stream);
}

/* If it is marked it can't end a stream. */
static int32_t end_choosy(void *stream, const pipeline_host *host, pipeline_text summary) {
    (void)summary;
    return stream != &marked ? PIPELINE_OK
                             : host->fail(host, PIPELINE_SKIP, pipeline_text_of("has no end"),
                                          pipeline_text_of(""));
}

/* A transform that passes everything on. */
static int32_t pass_on(void *stream, const pipeline_host *host, const pipeline_item *item) {
    (void)stream;
    return host->send(host, item);
}

/* A lamp that is on while there is a stream. */
typedef struct {
    const pipeline_host *host;
    pthread_t thread;
} lamp;

static void take_arrival(void *user, const pipeline_given *given) {
    taken *to = user;
    if (given->number != 0) {
        to->number = given->number;
    }
    take(user, given);
}

static void *light(void *user) {
    const pipeline_host *host = ((lamp *)user)->host;
    const pipeline_bluetooth *bluetooth = host->bluetooth;
    pipeline_text wanted = pipeline_text_of("{\"services\": [\"ffe0\"]}");
    pipeline_text mode = pipeline_text_of("ffe1");
    taken found = {0}, echo = {0};
    uint64_t link = 0;
    char line[160];
    int32_t status = bluetooth->find(host, wanted, 5000000, take, &found);
    if (status == PIPELINE_OK) {
        status = bluetooth->connect(host, pipeline_text_of("lamp"), &link);
    }
    if (status == PIPELINE_OK) {
        status = bluetooth->write(host, link, mode, "on", 2, 1);
    }
    if (status == PIPELINE_OK) {
        status = bluetooth->wait(host, 60000000, take_arrival, &echo);
    }
    snprintf(line, sizeof line, "%d %s %s", (int)status, echo.name, echo.text);
    host->log(host, PIPELINE_INFO, pipeline_text_of(line));
    /* Nothing else comes: the end of the stream ends the wait. */
    if (bluetooth->wait(host, 60000000, take_arrival, &echo) == PIPELINE_CANCELLED) {
        bluetooth->write(host, link, mode, "off", 3, 1);
    }
    host->give_back(host);
    return NULL;
}

static int32_t prepare_lamp(const pipeline_host *host, pipeline_text settings, void **stage) {
    host->reply(host, pipeline_text_of("{\"kinds\": [\"activity\", \"something new\"]}"));
    return prepare(host, settings, stage);
}

static int32_t open_lamp(void *stage, const pipeline_host *host, pipeline_text header,
                         void **stream) {
    lamp *made = calloc(1, sizeof *made);
    (void)header;
    *stream = made;
    if (stage == &marked) {
        return host->bluetooth->end_scan(host); /* it is not lent to this thread */
    }
    if (host->for_thread(host, &made->host) != PIPELINE_OK) {
        return PIPELINE_OK; /* no Bluetooth: a dark lamp */
    }
    return pthread_create(&made->thread, NULL, light, made) == 0 ? PIPELINE_OK : PIPELINE_RESOURCE;
}

static int32_t look_at(void *stream, const pipeline_host *host, const pipeline_item *item) {
    (void)stream;
    (void)host;
    (void)item;
    return PIPELINE_OK;
}

static int32_t end_lamp(void *stream, const pipeline_host *host, pipeline_text summary) {
    (void)summary;
    host->reply(host, pipeline_text_of(((lamp *)stream)->host != NULL ? "{\"done\": \"lamp\"}"
                                                                     : "{\"done\": \"dark\"}"));
    return PIPELINE_OK;
}

static void close_lamp(void *stream) {
    if (((lamp *)stream)->host != NULL) {
        pthread_join(((lamp *)stream)->thread, NULL);
    }
    free(stream);
}
#endif

#define SCHEMA(options) \
    PIPELINE_TEXT("{\"type\": \"object\", \"properties\": {\"silent\": {\"type\": \"boolean\"," \
                  " \"description\": \"x\"}" options "}}")
#define FOLDER ", \"folder\": {\"type\": \"string\", \"format\": \"folder\", \"description\": \"x\"}"
#define HOW ", \"how\": {\"type\": \"string\", \"description\": \"x\"}"
#define PLUGIN(title) \
    .size = sizeof(pipeline_plugin), .name = PIPELINE_TEXT(title), \
    .version = PIPELINE_TEXT("1"), .about = PIPELINE_TEXT("x"), .release = nothing

static const pipeline_plugin plugins[] = {
    {PLUGIN("lines"), .role = PIPELINE_READER, .endings = PIPELINE_TEXT("line"),
     .prepare = prepare, .run = read_input},
    {PLUGIN("ticks"), .role = PIPELINE_SOURCE, .schema = SCHEMA(""), .prepare = prepare,
     .run = tick},
    {PLUGIN("patient"), .role = PIPELINE_SOURCE, .prepare = prepare, .run = wait_long},
    {PLUGIN("pass"), .role = PIPELINE_TRANSFORM, .schema = SCHEMA(""), .prepare = prepare,
     .open = open_stream, .process = pass, .finish = end, .close = nothing},
    {PLUGIN("count"), .role = PIPELINE_SINK, .schema = SCHEMA(FOLDER), .prepare = prepare,
     .open = open_stream, .process = count, .finish = name, .close = nothing},
#ifndef FIRST
    {PLUGIN("twice"), .role = PIPELINE_SOURCE, .schema = SCHEMA(""), .prepare = prepare,
     .run = twice},
    {PLUGIN("station"), .role = PIPELINE_SOURCE, .prepare = prepare_station, .run = log_station},
    {PLUGIN("note"), .role = PIPELINE_SINK, .schema = SCHEMA(FOLDER), .prepare = prepare,
     .open = open_note, .process = note, .finish = name, .close = free,
     .checkpoint = note_checkpoint},
    {PLUGIN("rides"), .role = PIPELINE_SOURCE, .schema = SCHEMA(""), .prepare = prepare,
     .run = fetch},
    {PLUGIN("unruly"), .role = PIPELINE_SOURCE, .schema = SCHEMA(HOW), .prepare = prepare_unruly,
     .run = run_unruly},
    {PLUGIN("choosy"), .role = PIPELINE_TRANSFORM, .schema = SCHEMA(""), .prepare = prepare,
     .open = open_choosy, .process = pass_on, .finish = end_choosy, .close = nothing},
    {PLUGIN("lamp"), .role = PIPELINE_SINK, .schema = SCHEMA(""), .prepare = prepare_lamp,
     .open = open_lamp, .process = look_at, .finish = end_lamp, .close = close_lamp},
#endif
    {PLUGIN("never"), .role = PIPELINE_TRANSFORM, .prepare = prepare_silently,
     .open = open_stream, .process = pass, .finish = end, .close = nothing},
};

const pipeline_plugin *pipeline_plugin_v1(size_t index) {
    return index < sizeof plugins / sizeof *plugins ? &plugins[index] : NULL;
}
