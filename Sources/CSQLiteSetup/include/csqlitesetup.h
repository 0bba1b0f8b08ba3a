// What SQLite is told once in a process: sqlite3_config is variadic, which Swift cannot call.
#pragma once

/// Has SQLite count no memory: each of its allocations takes a lock of the whole process for it otherwise.
///
/// Only before the first database is opened; later SQLite refuses, and goes on as it was. Returns SQLite's code.
int csqlite_count_no_memory(void);
