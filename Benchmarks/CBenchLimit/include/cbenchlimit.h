#ifndef CBENCHLIMIT_H
#define CBENCHLIMIT_H

/// What one run of the loop took.
typedef struct {
    long records;
    double wall_seconds;
    double cpu_seconds;
} cbl_result;

/// Writes the rows of the store at `from` into a new store at `to`: the same tables and indexes, the same bytes, as many
/// records a transaction as given, in the order in which they were made.
///
/// The rows are read into memory first; only the writing is measured. Returns NULL, or what went wrong, as a constant or
/// SQLite's text in `message`.
const char *cbl_run(const char *from, const char *to, int records_per_transaction, cbl_result *result, char message[256]);

#endif
