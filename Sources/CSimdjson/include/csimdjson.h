// Pages of records through simdjson's on-demand parser, behind plain C.
//
// A parser is told once where things are (paths of keys to numbered slots) and then fills, for each page, one row of
// slices per record. Slices point into the page or into memory of the parser and live until its next page.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum csj_kind {
    CSJ_ABSENT = 0,  // the path leads nowhere
    CSJ_NULL = 1,
    CSJ_STRING = 2,  // unescaped
    CSJ_NUMBER = 3,  // the token as it was sent; it may exceed every machine type
    CSJ_TRUE = 4,
    CSJ_FALSE = 5,
    CSJ_RAW = 6,  // an array or object as JSON text, of which only the brackets have been looked at
};

// What a list or a single record is expected at the records path.
enum csj_shape { CSJ_LIST = 0, CSJ_ONE = 1 };

// csj_parse: the page is not as simdjson or the shim wants it; read it again another way to learn why.
enum { CSJ_OK = 0, CSJ_REFUSED = 1 };

typedef struct {
    const uint8_t *p;
    uint32_t n;
    uint32_t kind;
} csj_slice;

typedef struct {
    size_t records;
    const csj_slice *slices;  // records rows of as many slices as there are record slots
    const csj_slice *outer;   // one row: what was asked for outside the records
    const uint8_t *text;      // all unescaped text of this page lies between text and text_end
    const uint8_t *text_end;
    size_t raws;  // how many slices are CSJ_RAW, so that a page without any need not be searched for them
    int found;    // whether the records path led anywhere
} csj_page;

typedef struct csj_parser csj_parser;

// A parser with this many slots per record and outside the records; NULL when there is no memory.
csj_parser *csj_new(size_t record_slots, size_t outer_slots, int shape);
void csj_free(csj_parser *parser);

// Where the records are, from the root; without keys the root itself.
void csj_records(csj_parser *parser, const char *const *keys, const size_t *lengths, size_t count);

// A path into each record (outer = 0) or from the root (outer = 1). With each >= 0 the value after that many keys is an
// array, and what the remaining keys lead to in each of its elements is gathered into one JSON array.
void csj_path(
    csj_parser *parser, int outer, const char *const *keys, const size_t *lengths, size_t count, long each, size_t slot
);

// Reads a page. Behind the bytes, up to capacity, there must be csj_padding() readable ones.
int csj_parse(csj_parser *parser, const uint8_t *bytes, size_t length, size_t capacity, csj_page *page);

size_t csj_padding(void);
const char *csj_implementation(void);

#ifdef __cplusplus
}
#endif
