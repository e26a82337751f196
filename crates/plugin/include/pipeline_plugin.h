/* pipeline_plugin.h - plugins for Pipeline, version 1. Generated; do not edit.
 *
 * A plugin is a shared library that exports one function, pipeline_plugin_v1, and links to
 * nothing of Pipeline. Build it with  cc -shared -fPIC -o libmine.so mine.c,  try it with
 * `pipeline plugin check ./libmine.so`, and use it by its name in a pipeline file.
 *
 * 1. The version is in the name of that function. What is in this file never changes.
 * 2. Structs may grow at their end: look at a member only if `size` covers it.
 * 3. Pointers are borrowed until the call returns. Nobody frees what the other made. (A host
 *    of `for_thread` is the one exception.)
 * 4. Text is UTF-8 with a length. Numbers are in the units listed below; NaN: not measured.
 * 5. `run` and `process` block as long as they have to. Functions with a `stage` may be called
 *    by several threads at once, so a stage does not change; those with a `stream` by one at a
 *    time. Call the host only on the thread that called you, before you return.
 * 6. After 30 s without a return or a call of the host, a plugin is given up for good.
 *    While it waits, it calls `sleep` or asks `stopping`.
 * 7. No exception, panic, signal or longjmp may leave a plugin.
 * 8. A library is never unloaded.
 * 9. Only `run`, `open`, `process` and `finish` may touch files and devices.
 * 10. The host checks all it gets, and tells the user which plugin was wrong.
 */
#ifndef PIPELINE_PLUGIN_H
#define PIPELINE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef _WIN32
#define PIPELINE_EXPORT __declspec(dllexport)
#else
#define PIPELINE_EXPORT __attribute__((visibility("default")))
#endif

typedef struct pipeline_text pipeline_text;
typedef struct pipeline_column pipeline_column;
typedef struct pipeline_item pipeline_item;
typedef struct pipeline_given pipeline_given;
typedef struct pipeline_host pipeline_host;
typedef struct pipeline_bluetooth pipeline_bluetooth;
typedef struct pipeline_plugin pipeline_plugin;

/* What the host has to give goes to a function of yours, with your own pointer; it may be null. */
typedef void (*pipeline_take)(void *user, const pipeline_given *given);

/* What a function returns. Anything but PIPELINE_OK ends the stream that is open; say why
 * with `fail` first. What a function of the host returns is returned at once. */
enum {
    PIPELINE_OK = 0,         /* Done. */
    PIPELINE_SKIP = 1,       /* This input or stream is bad; the others go on. */
    PIPELINE_DEVICE = 2,     /* A device was not found, or was lost for good. */
    PIPELINE_RESOURCE = 3,   /* A permission, memory or disk space is missing. */
    PIPELINE_CANCELLED = 4,  /* Ended early because `stopping` said so. */
    PIPELINE_BROKEN = 5      /* The plugin itself is broken. */
};

/* What kind of stage a plugin provides. */
enum {
    PIPELINE_READER = 1,     /* Turns files into streams; the host finds, opens and unpacks them. */
    PIPELINE_SOURCE = 2,     /* Turns what a device or a service says into streams. */
    PIPELINE_TRANSFORM = 3,  /* Changes streams. */
    PIPELINE_SINK = 4        /* Writes streams. */
};

/* What flows in a stream. Kinds may be added: pass on what you do not know. */
enum {
    PIPELINE_SAMPLES = 1,    /* Rows of numbers: `time`, `rows`, `columns`, `column_count`. */
    PIPELINE_LAP = 2,        /* A lap that has ended, after its last sample: JSON in `text`. */
    PIPELINE_EVENT = 3,      /* Something that happened: JSON in `text`. */
    PIPELINE_CURVE = 4,      /* A curve of one stroke, before its sample: JSON in `text`. */
    PIPELINE_BYTES = 5       /* Raw bytes of a file, in `text`. */
};

/* How much something that a plugin says matters. */
enum {
    PIPELINE_ERROR = 1,      /* Something is lost. Always shown. */
    PIPELINE_WARNING = 2,    /* Repaired or left out. Shown unless --quiet. */
    PIPELINE_INFO = 3,       /* What is going on. Shown with --verbose. */
    PIPELINE_DEBUG = 4       /* For yourself. Shown with -vv. */
};

/* UTF-8 text (in an item of kind BYTES: any bytes), not ended by a NUL. `data` may be null
 * when `length` is 0. This struct and pipeline_column stand in arrays, and never change. */
struct pipeline_text {
    const char *data;               /* The first byte. */
    size_t length;                  /* In bytes. */
};

/* One quantity of a batch of samples. NaN: not measured. */
struct pipeline_column {
    /* "heart_rate": lower case with underscores. The names with a fixed unit are listed at
     * the end of this file. */
    pipeline_text name;
    pipeline_text unit;             /* "bpm"; empty for pure numbers, and for listed names. */
    const double *values;           /* One value a row. */
    size_t length;                  /* How many: the item's `rows`. */
};

/* What flows in a stream. What a kind does not use is 0. */
struct pipeline_item {
    size_t size;                    /* sizeof(pipeline_item). */
    uint32_t kind;                  /* PIPELINE_SAMPLES, ... */
    uint32_t reserved;              /* 0. */
    const int64_t *time;            /* Microseconds since 1970 in UTC, never decreasing. */
    size_t rows;                    /* How many times, and values in each column. */
    const pipeline_column *columns; /* The columns, each with another name. */
    size_t column_count;            /* How many columns. */
    pipeline_text text;             /* JSON, or the bytes. */
};

/* What the host hands to a `take`: lent until that returns. What a call does not use is 0. */
struct pipeline_given {
    size_t size;                    /* sizeof(pipeline_given). */
    uint64_t number;                /* Of a command, for `answer`; of a link. */
    int64_t time;                   /* When, in microseconds since 1970. */
    pipeline_text name;             /* A name: of a command, a characteristic. */
    pipeline_text text;             /* JSON; or bytes, where the function says so. */
};

/* Bluetooth Low Energy, lent by the host: the computer's own radio, a recording, or simulated
 * devices. In `run` of sources, and with a host of `for_thread`. A function that can't returns
 * a status, and you may try again or do without; to end with that status, just return it: the
 * host knows why. UUIDs are "2a37" or in their long form; the host gives them so, in lower
 * case. */
struct pipeline_bluetooth {
    size_t size;                    /* sizeof(pipeline_bluetooth) as the host was built. */
    /* Waits so long for the device of this source: the one of `--device`, or else the first
     * that fits {"services": ["180d"], "names": ["Polar*"]}. `take` gets {"id": "...",
     * "name": "Polar H10", "rssi": -60, "services": ["180d"], "manufacturer_data":
     * {"007c": "hexadecimal"}}; it is not called if there was none. */
    int32_t (*find)(const pipeline_host *host, pipeline_text wanted, int64_t microseconds,
        pipeline_take take, void *user);
    /* The same for a further device, to which `--device` does not apply. */
    int32_t (*find_other)(const pipeline_host *host, pipeline_text wanted,
        int64_t microseconds, pipeline_take take, void *user);
    /* Waits so long for any device that is seen, or of which more is known than before; it is
     * looked for between calls too, until `connect` or `end_scan`. */
    int32_t (*scan)(const pipeline_host *host, int64_t microseconds, pipeline_take take,
        void *user);
    /* Looks for no more devices. */
    int32_t (*end_scan)(const pipeline_host *host);
    /* `take` gets the text behind `--device`; it is not called if there is none. */
    int32_t (*wanted)(const pipeline_host *host, pipeline_take take, void *user);
    /* Connects to a device that was found, by its `id`. *link becomes a number for it. */
    int32_t (*connect)(const pipeline_host *host, pipeline_text id, uint64_t *link);
    /* `take` gets {"mtu": 185, "services": [{"uuid": "180d", "characteristics": [{"uuid":
     * "2a37", "properties": 16}]}]}; the properties are the bits of the standard. */
    int32_t (*services)(const pipeline_host *host, uint64_t link, pipeline_take take,
        void *user);
    /* Reads a characteristic; `take` gets its bytes. */
    int32_t (*read)(const pipeline_host *host, uint64_t link, pipeline_text characteristic,
        pipeline_take take, void *user);
    /* Writes a characteristic; with a response, where it has both ways, if `confirmed` is not 0. */
    int32_t (*write)(const pipeline_host *host, uint64_t link, pipeline_text characteristic,
        const void *bytes, size_t length, int32_t confirmed);
    /* Asks for notifications or indications. */
    int32_t (*subscribe)(const pipeline_host *host, uint64_t link,
        pipeline_text characteristic);
    /* Asks for no more of them. */
    int32_t (*unsubscribe)(const pipeline_host *host, uint64_t link,
        pipeline_text characteristic);
    /* Waits so long for the next of them: `take` gets its time, the characteristic as `name`,
     * and its bytes; it is not called if there was none. PIPELINE_DEVICE: the link is lost. */
    int32_t (*next)(const pipeline_host *host, uint64_t link, int64_t microseconds,
        pipeline_take take, void *user);
    /* Ends a connection. All end when `run` returns. */
    int32_t (*disconnect)(const pipeline_host *host, uint64_t link);
    /* Waits so long for what comes first: on any link (`number`) a value, or its loss, which
     * has no `name`; or while it is scanned a device (`number` 0, JSON). A command that waits
     * ends it, with nothing. A stop ends it once; after that it waits as before, for the
     * answer to a last write. */
    int32_t (*wait)(const pipeline_host *host, int64_t microseconds, pipeline_take take,
        void *user);
};

/* What the host lends for one call. */
struct pipeline_host {
    /* sizeof(pipeline_host) as the host was built. A function beyond it is not there. */
    size_t size;
    const pipeline_bluetooth *bluetooth; /* Its Bluetooth; null in the first hosts of version 1. */

    /* ---- Always ---- */
    /* Tells the user that something was repaired or left out. */
    void (*warn)(const pipeline_host *host, pipeline_text message);
    /* Says why this call is about to fail, and what to do about it (may be empty).
     * Returns `status`: `return host->fail(host, PIPELINE_SKIP, why, help);` */
    int32_t (*fail)(const pipeline_host *host, int32_t status, pipeline_text message,
        pipeline_text help);
    /* In `prepare` and `check`: a setting is wrong. `option` is its name, with `/` between
     * levels; empty: the stage as a whole. Then return PIPELINE_SKIP. */
    void (*problem)(const pipeline_host *host, pipeline_text option, pipeline_text message,
        pipeline_text help);
    /* The result of a function whose description has one: a JSON object. */
    void (*reply)(const pipeline_host *host, pipeline_text json);
    /* Not 0 when the run is to stop: end soon. */
    int32_t (*stopping)(const pipeline_host *host);

    /* ---- In `run` of readers ---- */
    /* The next bytes of the input; *length becomes 0 only at its end. */
    int32_t (*read)(const pipeline_host *host, void *buffer, size_t capacity, size_t *length);
    /* Makes `rewind` possible; before the first `read`. */
    int32_t (*keep)(const pipeline_host *host);
    /* Back to the first byte of the input. */
    int32_t (*rewind)(const pipeline_host *host);

    /* ---- In `run` of readers and sources ---- */
    /* Begins a stream. The header is JSON, see below; {} will do, and means: now. */
    int32_t (*open)(const pipeline_host *host, pipeline_text header);
    /* Completes the stream. When it returns PIPELINE_OK to a source, every sink has taken it;
     * PIPELINE_SKIP: not every one has, so a device has to keep it. */
    int32_t (*finish)(const pipeline_host *host);

    /* ---- In `run` of readers and sources, in `process` and `finish` of transforms ---- */
    /* Passes an item on. */
    int32_t (*send)(const pipeline_host *host, const pipeline_item *item);

    /* ---- In `open`, `process` and `finish` of sinks ---- */
    /* Appends to the stream's file, which becomes visible once it is complete and durable. */
    int32_t (*write)(const pipeline_host *host, const void *bytes, size_t length);
    /* The next `write` writes there, counted from the file's start. */
    int32_t (*seek)(const pipeline_host *host, uint64_t position);

    /* ---- In `run` of sources ---- */
    /* The time in microseconds since 1970. Use this clock only: it may be a simulated one. */
    int64_t (*now)(const pipeline_host *host);
    /* Waits. Returns PIPELINE_CANCELLED at once when the run is to stop. */
    int32_t (*sleep)(const pipeline_host *host, int64_t microseconds);

    /* ---- Always; these and what follows are not in every host of version 1: see `size` ---- */
    /* Tells the user something: PIPELINE_INFO, ... (`warn` is one of them). */
    void (*log)(const pipeline_host *host, uint32_t level, pipeline_text message);
    /* Tells how far `what` has come; as often as you like. `total` is 0 if it is not known;
     * `bytes` is not 0 if bytes are counted. */
    void (*progress)(const pipeline_host *host, pipeline_text what, uint64_t done,
        uint64_t total, int32_t bytes);
    /* What this stage remembers from run to run. `take` gets the JSON that `key` was set to;
     * it is not called if there is none. With an empty key: all of it, an object. */
    int32_t (*get_state)(const pipeline_host *host, pipeline_text key, pipeline_take take,
        void *user);
    /* Remembers JSON; empty: forgets. It becomes durable with the stream's next checkpoint or
     * end, and is lost with a stream that is given up. */
    int32_t (*set_state)(const pipeline_host *host, pipeline_text key, pipeline_text json);

    /* ---- In `open`, `process` and `finish` of sinks ---- */
    /* Asks something of the source, and waits so long for its answer. `take` gets the answer,
     * JSON; or, when this does not return PIPELINE_OK, a text that says why not. */
    int32_t (*command)(const pipeline_host *host, pipeline_text name, pipeline_text json,
        int64_t microseconds, pipeline_take take, void *user);

    /* ---- In `run` of sources ---- */
    /* Lets the sinks make durable what was sent so far, then the state. For streams of kind
     * "log", about once a minute. */
    int32_t (*checkpoint)(const pipeline_host *host);
    /* Waits so long for a command of a sink; `take` is not called if there was none. The
     * source must have replied {"commands": true} in `prepare`. */
    int32_t (*next_command)(const pipeline_host *host, int64_t microseconds,
        pipeline_take take, void *user);
    /* What became of a command: JSON, or with another status than PIPELINE_OK why not. */
    int32_t (*answer)(const pipeline_host *host, uint64_t number, int32_t status,
        pipeline_text text);

    /* ---- Always ---- */
    /* Why the last function of the host returned something else than PIPELINE_OK: `take` gets
     * a text, and as `name` what to do about it. */
    void (*why)(const pipeline_host *host, pipeline_take take, void *user);

    /* ---- In `run` of sources ---- */
    /* Whether an input of a device is to be fetched; ask once for each, before it is. *wanted
     * becomes 0 if it was delivered already, or is known to be bad. `key` tells inputs apart:
     * an array, ["my-source", "serial number", "20260712.fit", 180224]; `name` is for people. */
    int32_t (*wants)(const pipeline_host *host, pipeline_text key, pipeline_text name,
        int32_t *wanted);
    /* All of an input is sent and finished, and nothing of another one since the last note.
     * *noted becomes not 0 if every sink has it: only then delete it from the device. */
    int32_t (*note_delivered)(const pipeline_host *host, pipeline_text key,
        pipeline_text name, int32_t *noted);
    /* An input can't be used: say why with `fail`, call this, and go on. With a `key` it is
     * not wanted again, with an empty text it is. Its bytes (may be null) are kept beside the
     * results. */
    int32_t (*give_up)(const pipeline_host *host, pipeline_text key, pipeline_text name,
        const void *bytes, size_t length);

    /* ---- In `open`, `process` and `finish` of sinks ---- */
    /* Lends Bluetooth to a thread of yours, so that no stream waits for a device. *lent becomes
     * a host with `bluetooth` and what stands under "Always", for one thread at a time. When
     * the stream ends, what waits returns PIPELINE_CANCELLED; it is yours until `give_back`. */
    int32_t (*for_thread)(const pipeline_host *host, const pipeline_host **lent);
    /* Ends the connections of a host of `for_thread`, and frees it: on any thread. */
    void (*give_back)(const pipeline_host *lent);

    /* ---- In `run` of sources ---- */
    /* Between two streams: nothing of what came so far is needed any more. Begun anew, with
     * the same links and the last value of each characteristic, the source would make the same
     * of what comes next. The host may forget what it keeps for a crash: to be said every ten
     * minutes or so by a source that listens for weeks. While a stream is open it does nothing. */
    int32_t (*settled)(const pipeline_host *host);
};

/* A plugin. Functions that its role does not need are null. */
struct pipeline_plugin {
    size_t size;                    /* sizeof(pipeline_plugin). */
    uint32_t role;                  /* PIPELINE_READER, ... */
    uint32_t reserved;              /* 0. */
    pipeline_text name;             /* "power-smoothing": a-z, 0-9 and `-`. */
    pipeline_text version;          /* "1.0.0". */
    pipeline_text about;            /* "smooth the power over some seconds". */
    /* JSON Schema of the settings, an object; empty: no settings. The host checks settings
     * against it, so unknown options and wrong types never reach you. */
    pipeline_text schema;
    /* Readers: endings of their files, "csv" or "tcx xml". Sinks: the ending of the files
     * that they write; empty for none. */
    pipeline_text endings;

    /* ---- All roles ---- */
    /* Makes a stage of its settings, a JSON object. Touches no file and no device.
     * A sink may reply {"destination": "mqtt://home", "folder": "/where/files/go", "kinds":
     * ["activity", "file", "log"]}: streams of other kinds pass it by. Without a folder its
     * files go to that in its option `folder`. A source replies {"commands": true} if it calls
     * `next_command`, {"journalled": false} if its device keeps what was not delivered, and
     * {"happens_now": false} if that was recorded before. */
    int32_t (*prepare)(const pipeline_host *host, pipeline_text settings, void **stage);
    /* May be null: whether the stage fits its place, {"athlete": {}, "before": [names of
     * plugins], "after": []}. Touches no file and no device. */
    int32_t (*check)(void *stage, const pipeline_host *host, pipeline_text place);
    /* Frees what `prepare` made; nothing else is called for it any more. */
    void (*release)(void *stage);

    /* ---- Readers and sources ---- */
    /* Readers: reads one input, {"name": "row.csv", "size": 1234 or null}. Sources: runs
     * until all is said or `stopping`; the text is empty. */
    int32_t (*run)(void *stage, const pipeline_host *host, pipeline_text input);
    /* Readers, may be null: not 0 if a file that begins so is of this format. */
    int32_t (*sniff)(const void *bytes, size_t length);

    /* ---- Transforms and sinks ---- */
    /* Begins a stream. A transform may reply what it changes in the header: a JSON Merge
     * Patch (RFC 7386). */
    int32_t (*open)(void *stage, const pipeline_host *host, pipeline_text header,
        void **stream);
    /* Takes an item. Transforms `send` what is to go on. */
    int32_t (*process)(void *stream, const pipeline_host *host, const pipeline_item *item);
    /* The stream is complete. A transform sends the rest, and may reply what it changes in
     * the summary. A sink that wrote a file replies {"file": "its name"}, with the paths
     * "temporary" and "folder" if not by `write`; any other {"done": "where it is now"}. */
    int32_t (*finish)(void *stream, const pipeline_host *host, pipeline_text summary);
    /* Frees what `open` made: after `finish`, or when the stream is given up. */
    void (*close)(void *stream);
    /* Sinks, may be null: replies {"file": "the name that `finish` would give"}. */
    int32_t (*file_name)(void *stage, const pipeline_host *host, pipeline_text header,
        pipeline_text summary);
    /* Sinks, may be null: makes durable what it got so far. The table may end before it. */
    int32_t (*checkpoint)(void *stream, const pipeline_host *host);
};

/* The one function of a library: its plugins, counted from 0; null after the last. The tables
 * and their texts stay as they are for ever. */
PIPELINE_EXPORT const pipeline_plugin *pipeline_plugin_v1(size_t index);

/* A literal as a text, to initialise one; a string as a text. */
#define PIPELINE_TEXT(literal) { literal, sizeof(literal) - 1 }
static inline pipeline_text pipeline_text_of(const char *string) {
    pipeline_text text;
    text.data = string;
    text.length = strlen(string);
    return text;
}

#ifdef __cplusplus
}
#endif

/* JSON texts. Members may be missing and may be added. Times are RFC 3339 in UTC; you may as
 * well write whole microseconds since 1970.
 *
 * header   {"kind": "activity", "name": "row.csv", "start": "2026-07-24T10:30:05.25Z",
 *           "sport": "rowing/indoor_rowing", "device": {"name": "PM5", "serial": 430000000,
 *           "link": "bluetooth_low_energy"}}; a link is that or "ant_plus"
 * lap      {"start": "...", "end": "...", "trigger": "distance", "intensity": "active",
 *           "totals": {"timer_time": 124.6, "distance": 500, ...}}
 * event    {"timer_stop": {"time": "..."}}, {"timer_start": {"time": "..."}} or, for what is
 *          known late, {"meta": {"notes": "...", "total_cycles": 240, "calories": 98,
 *           "sensors": [{"kind": "heart_rate", "name": "Polar H10", "battery": 64}]}}
 * curve    {"time": "...", "field": "handle_force", "values": [0, 120.5, ...]}
 * summary  {"start": "...", "end": "...", "samples": 492, "laps": 4, "totals": {...},
 *           "content_key": "64 hexadecimal digits"}
 * triggers are manual, time, distance, session_end; intensities active, rest; totals are
 * timer_time (s), distance (m), cycles, calories (kcal), work (J), max_speed (m/s), avg_power,
 * max_power (W), avg_cadence, max_cadence, avg_heart_rate, max_heart_rate, min_heart_rate.
 *
 * Columns with a fixed unit; others may have any.
 *
 * position_lat deg | position_long deg | altitude m | distance m | speed m/s | heart_rate bpm
 * cadence 1/min | power W | total_cycles 1 | cycle_length m | calories kcal | temperature C
 * drag_factor 1e-6 N m s2 | drive_length m | drive_time s | recovery_time s
 * average_drive_force N | peak_drive_force N | stroke_work J | state_of_charge %
 */

#endif
