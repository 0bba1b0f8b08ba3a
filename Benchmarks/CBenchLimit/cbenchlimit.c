// The physical limit of the store's page path: its rows, written by a loop that does nothing else.
#include "cbenchlimit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

// The tables of the page path in the order in which one record's rows are written.
enum { RECORD, LINK, JOURNAL, IDENTITY, TABLES };

static const char *SELECT[TABLES] = {
    "SELECT record, object, version, properties, deleted_at, alias_of FROM record WHERE record = ?1",
    "SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status"
    " FROM link WHERE record = ?1",
    "SELECT seq, record, at, run, actor, kind, changes, detail FROM journal WHERE record = ?1",
    "SELECT object, key, canon, record FROM identity WHERE record = ?1",
};
static const char *INSERT[TABLES] = {
    "INSERT INTO record(record, object, version, properties, deleted_at, alias_of) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    "INSERT INTO link(connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow,"
    " status) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    "INSERT INTO journal(seq, record, at, run, actor, kind, changes, detail) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    "INSERT INTO identity(object, key, canon, record) VALUES(?1, ?2, ?3, ?4)",
};

typedef struct {
    int table, first, count;
} Row;
typedef struct {
    Row *rows;
    sqlite3_value **values;
    long row_count, row_room, value_count, value_room;
} Rows;

static int keep(Rows *rows, int table, sqlite3_stmt *statement) {
    int count = sqlite3_column_count(statement);
    if (rows->row_count == rows->row_room) {
        rows->row_room = rows->row_room ? rows->row_room * 2 : 1024;
        rows->rows = realloc(rows->rows, rows->row_room * sizeof(Row));
    }
    if (rows->value_count + count > rows->value_room) {
        rows->value_room = rows->value_room ? rows->value_room * 2 : 16384;
        rows->values = realloc(rows->values, rows->value_room * sizeof(sqlite3_value *));
    }
    if (!rows->rows || !rows->values) return SQLITE_NOMEM;
    rows->rows[rows->row_count++] = (Row){table, (int)rows->value_count, count};
    for (int i = 0; i < count; i++) rows->values[rows->value_count++] = sqlite3_value_dup(sqlite3_column_value(statement, i));
    return SQLITE_OK;
}

// Copies the definitions of all tables and indexes, so that what is written costs what it costs there.
static int copy_schema(sqlite3 *from, sqlite3 *to) {
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(from,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'"
        " ORDER BY rowid", -1, &statement, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        code = sqlite3_exec(to, (const char *)sqlite3_column_text(statement, 0), NULL, NULL, NULL);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

// The records in the order of the journal, each with its rows; identities are found by a temporary index.
static int read_rows(sqlite3 *from, Rows *rows, long *records) {
    sqlite3_stmt *order = NULL, *select[TABLES] = {0};
    int code = sqlite3_exec(from,
        "CREATE TEMP TABLE own AS SELECT * FROM main.identity; CREATE INDEX temp.own_record ON own(record)", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(from, "SELECT record FROM journal WHERE kind = 'create' ORDER BY seq", -1, &order, NULL);
    for (int t = 0; t < TABLES && code == SQLITE_OK; t++)
        code = sqlite3_prepare_v2(from,
            t == IDENTITY ? "SELECT object, key, canon, record FROM own WHERE record = ?1" : SELECT[t], -1, &select[t], NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(order)) == SQLITE_ROW) {
        ++*records;
        code = SQLITE_OK;
        for (int t = 0; t < TABLES && code == SQLITE_OK; t++) {
            sqlite3_reset(select[t]);
            sqlite3_bind_value(select[t], 1, sqlite3_column_value(order, 0));
            while ((code = sqlite3_step(select[t])) == SQLITE_ROW)
                if ((code = keep(rows, t, select[t])) != SQLITE_OK) break;
            if (code == SQLITE_DONE) code = SQLITE_OK;
        }
    }
    for (int t = 0; t < TABLES; t++) sqlite3_finalize(select[t]);
    sqlite3_finalize(order);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int write_rows(sqlite3 *to, const Rows *rows, int records_per_transaction) {
    sqlite3_stmt *insert[TABLES] = {0};
    int code = SQLITE_OK, open = 0;
    for (int t = 0; t < TABLES && code == SQLITE_OK; t++) code = sqlite3_prepare_v2(to, INSERT[t], -1, &insert[t], NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(to, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (long r = 0; r < rows->row_count && code == SQLITE_OK; r++) {
        Row row = rows->rows[r];
        if (row.table == RECORD && open++ == records_per_transaction) {
            open = 1;
            code = sqlite3_exec(to, "COMMIT; BEGIN IMMEDIATE", NULL, NULL, NULL);
        }
        sqlite3_stmt *statement = insert[row.table];
        for (int i = 0; i < row.count; i++) {
            sqlite3_value *value = rows->values[row.first + i];
            switch (sqlite3_value_type(value)) { // bound in place, as the store binds
            case SQLITE_INTEGER: sqlite3_bind_int64(statement, i + 1, sqlite3_value_int64(value)); break;
            case SQLITE_TEXT:
                sqlite3_bind_text(statement, i + 1, (const char *)sqlite3_value_text(value), sqlite3_value_bytes(value), SQLITE_STATIC);
                break;
            case SQLITE_BLOB:
                sqlite3_bind_blob(statement, i + 1, sqlite3_value_blob(value), sqlite3_value_bytes(value), SQLITE_STATIC);
                break;
            default: sqlite3_bind_null(statement, i + 1);
            }
        }
        if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_DONE) code = SQLITE_OK;
        sqlite3_reset(statement);
    }
    if (code == SQLITE_OK) code = sqlite3_exec(to, "COMMIT", NULL, NULL, NULL);
    for (int t = 0; t < TABLES; t++) sqlite3_finalize(insert[t]);
    return code;
}

static double wall(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

const char *cbl_run(const char *from, const char *to, int records_per_transaction, cbl_result *result, char message[256]) {
    sqlite3 *source = NULL, *target = NULL;
    Rows rows = {0};
    const char *step = "cannot open the stores";
    int code = sqlite3_open_v2(from, &source, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    *result = (cbl_result){0};
    if (code == SQLITE_OK) {
        step = "cannot make the tables";
        // What the store sets, and GRDB's NORMAL for it.
        code = sqlite3_exec(target,
            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;"
            " PRAGMA wal_autocheckpoint = 8000", NULL, NULL, NULL);
        if (code == SQLITE_OK) code = copy_schema(source, target);
    }
    if (code == SQLITE_OK) {
        step = "cannot read the rows";
        code = read_rows(source, &rows, &result->records);
    }
    if (code == SQLITE_OK) {
        step = "cannot write the rows";
        double wall_start = wall(), cpu_start = cpu();
        code = write_rows(target, &rows, records_per_transaction);
        result->wall_seconds = wall() - wall_start;
        result->cpu_seconds = cpu() - cpu_start;
    }
    if (code != SQLITE_OK) snprintf(message, 256, "%s: %s; %s", step, sqlite3_errmsg(target), sqlite3_errmsg(source));
    for (long i = 0; i < rows.value_count; i++) sqlite3_value_free(rows.values[i]);
    free(rows.rows);
    free(rows.values);
    sqlite3_close(target);
    sqlite3_close(source);
    return code == SQLITE_OK ? NULL : message;
}
