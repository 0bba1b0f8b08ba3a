#include "csimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using namespace simdjson;

namespace {

// A tree of keys. A node is a leaf (slots), the head of an array to gather from (gather), or leads on (children).
struct Node {
    struct Child {
        std::string key;
        bool plain;  // the key reads the same in JSON text, so that it can be compared without unescaping
        std::unique_ptr<Node> node;
    };
    struct Gather {
        std::vector<std::string> tail;
        size_t slot;
    };
    std::vector<Child> children;
    std::unordered_map<std::string_view, size_t> places;
    std::vector<size_t> slots;
    std::vector<Gather> gathers;
    bool is_records = false;

    Node &child(const std::string &key) {
        for (auto &c : children) {
            if (c.key == key) return *c.node;
        }
        bool plain = true;
        for (unsigned char byte : key) plain = plain && byte >= 0x20 && byte != '"' && byte != '\\';
        children.push_back({key, plain, std::make_unique<Node>()});
        places.clear();
        return *children.back().node;
    }

    // The views point into keys that move when the vector grows; hence only once the tree is complete.
    void index() {
        places.clear();
        for (size_t i = 0; i < children.size(); i++) {
            places.emplace(children[i].key, i);
            children[i].node->index();
        }
    }
};

struct Rows {
    std::vector<csj_slice> slices;
    // Gathered text moves while it grows; these slices get their pointers at the end.
    std::vector<std::pair<size_t, size_t>> gathered;
};

}  // namespace

struct csj_parser {
    ondemand::parser parser;
    Node root, record;
    size_t record_slots, outer_slots;
    int shape;
    bool indexed = false;

    Rows rows, outer;
    std::string arena;
    const uint8_t *text, *text_end, *end;
    size_t records, raws;
    bool found;
};

namespace {

// Any error only means: refused, read the page another way.
constexpr error_code refused = TAPE_ERROR;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259's grammar; simdjson has only looked at the first byte of a token it hands out raw.
bool is_number(std::string_view s) {
    size_t i = 0;
    auto digits = [&] {
        size_t start = i;
        while (i < s.size() && is_digit(s[i])) i++;
        return i > start;
    };
    if (i < s.size() && s[i] == '-') i++;
    size_t whole = i;
    if (!digits() || (s[whole] == '0' && i - whole > 1)) return false;
    if (i < s.size() && s[i] == '.') {
        i++;
        if (!digits()) return false;
    }
    if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
        i++;
        if (i < s.size() && (s[i] == '+' || s[i] == '-')) i++;
        if (!digits()) return false;
    }
    return i == s.size();
}

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.back() == ' ' || s.back() == '\n' || s.back() == '\r' || s.back() == '\t')) {
        s.remove_suffix(1);
    }
    return s;
}

csj_slice slice_of(std::string_view s, uint32_t kind) {
    return {reinterpret_cast<const uint8_t *>(s.data()), static_cast<uint32_t>(s.size()), kind};
}

// Consumes an array or object and gives its text.
error_code raw_text(ondemand::value value, ondemand::json_type type, std::string_view &text) {
    error_code error;
    if (type == ondemand::json_type::array) {
        ondemand::array array;
        if ((error = value.get_array().get(array))) return error;
        error = array.raw_json().get(text);
    } else {
        ondemand::object object;
        if ((error = value.get_object().get(object))) return error;
        error = object.raw_json().get(text);
    }
    text = trimmed(text);
    return error;
}

error_code take(csj_parser &c, ondemand::value value, csj_slice &out) {
    ondemand::json_type type;
    error_code error = value.type().get(type);
    if (error) return error;
    switch (type) {
    case ondemand::json_type::string: {
        std::string_view s;
        if ((error = value.get_string().get(s))) return error;
        out = slice_of(s, CSJ_STRING);
        if (!c.text) c.text = out.p;
        c.text_end = out.p + out.n;
        return SUCCESS;
    }
    case ondemand::json_type::null: {
        bool is_null;
        if ((error = value.is_null().get(is_null))) return error;
        out = {nullptr, 0, CSJ_NULL};
        return is_null ? SUCCESS : refused;
    }
    case ondemand::json_type::boolean: {
        bool flag;
        if ((error = value.get_bool().get(flag))) return error;
        out = {nullptr, 0, static_cast<uint32_t>(flag ? CSJ_TRUE : CSJ_FALSE)};
        return SUCCESS;
    }
    case ondemand::json_type::number: {
        std::string_view s = trimmed(value.raw_json_token());
        out = slice_of(s, CSJ_NUMBER);
        return is_number(s) ? SUCCESS : refused;
    }
    case ondemand::json_type::array:
    case ondemand::json_type::object: {
        std::string_view s;
        if ((error = raw_text(value, type, s))) return error;
        out = slice_of(s, CSJ_RAW);
        c.raws++;
        return SUCCESS;
    }
    default: return refused;
    }
}

// The child a field belongs to, or nothing. Pages name their fields in the same order again and again, so the one
// after the last is tried first and compared in place.
const Node *find(const csj_parser &c, const Node &node, ondemand::field &field, size_t &guess, error_code &error) {
    const char *raw = field.key().raw();
    const Node::Child &next = node.children[guess];
    const size_t n = next.key.size();
    if (next.plain && reinterpret_cast<const uint8_t *>(raw) + n < c.end && !std::memcmp(raw, next.key.data(), n)
        && raw[n] == '"') {
        guess = guess + 1 < node.children.size() ? guess + 1 : 0;
        return next.node.get();
    }
    std::string_view key;
    if ((error = field.unescaped_key().get(key))) return nullptr;
    auto place = node.places.find(key);
    if (place == node.places.end()) return nullptr;
    guess = place->second + 1 < node.children.size() ? place->second + 1 : 0;
    return node.children[place->second].node.get();
}

// Appends what a tail of keys leads to in one element of a gathered array.
error_code gather_one(csj_parser &c, ondemand::value value, const std::vector<std::string> &tail, size_t depth, bool &any) {
    ondemand::json_type type;
    error_code error = value.type().get(type);
    if (error) return error;
    if (depth < tail.size()) {
        if (type != ondemand::json_type::object) return SUCCESS;
        ondemand::object object;
        if ((error = value.get_object().get(object))) return error;
        bool seen = false;
        for (auto result : object) {
            ondemand::field field;
            if ((error = std::move(result).get(field))) return error;
            std::string_view key;
            if ((error = field.unescaped_key().get(key))) return error;
            if (key != tail[depth]) continue;
            if (seen) return refused;
            seen = true;
            if ((error = gather_one(c, field.value(), tail, depth + 1, any))) return error;
        }
        return SUCCESS;
    }
    std::string_view text;
    if (type == ondemand::json_type::array || type == ondemand::json_type::object) {
        if ((error = raw_text(value, type, text))) return error;
    } else {
        text = trimmed(value.raw_json_token());
    }
    if (any) c.arena += ',';
    any = true;
    c.arena += text;
    return SUCCESS;
}

error_code gather(csj_parser &c, ondemand::value value, const Node::Gather &what, Rows &rows, size_t base) {
    csj_slice &out = rows.slices[base + what.slot];
    if (out.kind != CSJ_ABSENT) return refused;
    ondemand::json_type type;
    error_code error = value.type().get(type);
    if (error) return error;
    if (type != ondemand::json_type::array) return SUCCESS;
    ondemand::array array;
    if ((error = value.get_array().get(array))) return error;
    const size_t start = c.arena.size();
    bool any = false;
    c.arena += '[';
    for (auto result : array) {
        ondemand::value element;
        if ((error = std::move(result).get(element))) return error;
        if ((error = gather_one(c, element, what.tail, 0, any))) return error;
    }
    c.arena += ']';
    out = {nullptr, static_cast<uint32_t>(c.arena.size() - start), CSJ_RAW};
    rows.gathered.emplace_back(base + what.slot, start);
    c.raws++;
    return SUCCESS;
}

error_code read_records(csj_parser &c, ondemand::value value);

// Fills a row from an object's fields. Goes as deep as the paths do, whatever the page does.
error_code walk(csj_parser &c, ondemand::object object, const Node &node, Rows &rows, size_t base) {
    size_t guess = 0;
    for (auto result : object) {
        ondemand::field field;
        error_code error = std::move(result).get(field);
        if (error) return error;
        if (node.children.empty()) continue;
        const Node *next = find(c, node, field, guess, error);
        if (error) return error;
        if (!next) continue;
        if (next->is_records) {
            error = read_records(c, field.value());
        } else if (!next->slots.empty()) {
            csj_slice value;
            if ((error = take(c, field.value(), value))) return error;
            for (size_t slot : next->slots) {
                csj_slice &out = rows.slices[base + slot];
                // The same key twice: two readers could understand two different things.
                if (out.kind != CSJ_ABSENT) return refused;
                out = value;
            }
        } else if (!next->gathers.empty()) {
            error = gather(c, field.value(), next->gathers.front(), rows, base);
        } else {
            ondemand::value value = field.value();
            ondemand::json_type type;
            if ((error = value.type().get(type))) return error;
            if (type != ondemand::json_type::object) continue;
            ondemand::object inner;
            if ((error = value.get_object().get(inner))) return error;
            error = walk(c, inner, *next, rows, base);
        }
        if (error) return error;
    }
    return SUCCESS;
}

error_code read_record(csj_parser &c, ondemand::object record) {
    const size_t base = c.rows.slices.size();
    c.rows.slices.resize(base + c.record_slots, csj_slice{nullptr, 0, CSJ_ABSENT});
    c.records++;
    return walk(c, record, c.record, c.rows, base);
}

error_code read_list(csj_parser &c, ondemand::array array) {
    for (auto result : array) {
        ondemand::object record;
        error_code error = result.get_object().get(record);
        if (error) return error;
        if ((error = read_record(c, record))) return error;
    }
    return SUCCESS;
}

error_code read_records(csj_parser &c, ondemand::value value) {
    if (c.found) return refused;
    c.found = true;
    error_code error;
    if (c.shape == CSJ_ONE) {
        ondemand::object record;
        if ((error = value.get_object().get(record))) return error;
        return read_record(c, record);
    }
    ondemand::array array;
    if ((error = value.get_array().get(array))) return error;
    return read_list(c, array);
}

error_code read_page(csj_parser &c, const uint8_t *bytes, size_t length, size_t capacity) {
    ondemand::document document;
    error_code error =
        c.parser.iterate(padded_string_view(reinterpret_cast<const char *>(bytes), length, capacity)).get(document);
    if (error) return error;
    if (c.root.is_records && c.shape == CSJ_LIST) {
        ondemand::array array;
        if ((error = document.get_array().get(array))) return error;
        c.found = true;
        error = read_list(c, array);
    } else {
        ondemand::object object;
        if ((error = document.get_object().get(object))) return error;
        if (c.root.is_records) {
            c.found = true;
            error = read_record(c, object);
        } else {
            error = walk(c, object, c.root, c.outer, 0);
        }
    }
    if (error) return error;
    const char *rest;
    // Anything but the end here is text behind the document.
    return document.current_location().get(rest) == OUT_OF_BOUNDS ? SUCCESS : refused;
}

void settle(Rows &rows, const std::string &arena) {
    for (auto [slot, start] : rows.gathered) {
        rows.slices[slot].p = reinterpret_cast<const uint8_t *>(arena.data()) + start;
    }
}

}  // namespace

extern "C" {

csj_parser *csj_new(size_t record_slots, size_t outer_slots, int shape) {
    auto *c = new (std::nothrow) csj_parser;
    if (!c) return nullptr;
    c->record_slots = record_slots;
    c->outer_slots = outer_slots;
    c->shape = shape;
    return c;
}

void csj_free(csj_parser *parser) { delete parser; }

void csj_records(csj_parser *parser, const char *const *keys, const size_t *lengths, size_t count) {
    Node *node = &parser->root;
    for (size_t i = 0; i < count; i++) node = &node->child(std::string(keys[i], lengths[i]));
    node->is_records = true;
    parser->indexed = false;
}

void csj_path(
    csj_parser *parser, int outer, const char *const *keys, const size_t *lengths, size_t count, long each, size_t slot
) {
    Node *node = outer ? &parser->root : &parser->record;
    const size_t walked = each < 0 ? count : static_cast<size_t>(each);
    for (size_t i = 0; i < walked; i++) node = &node->child(std::string(keys[i], lengths[i]));
    if (each < 0) {
        node->slots.push_back(slot);
    } else {
        Node::Gather gather{{}, slot};
        for (size_t i = walked; i < count; i++) gather.tail.emplace_back(keys[i], lengths[i]);
        node->gathers.push_back(std::move(gather));
    }
    parser->indexed = false;
}

int csj_parse(csj_parser *parser, const uint8_t *bytes, size_t length, size_t capacity, csj_page *page) {
    csj_parser &c = *parser;
    if (!c.indexed) {
        c.root.index();
        c.record.index();
        c.indexed = true;
    }
    c.rows.slices.clear();
    c.rows.gathered.clear();
    c.outer.slices.assign(c.outer_slots, csj_slice{nullptr, 0, CSJ_ABSENT});
    c.outer.gathered.clear();
    c.arena.clear();
    c.text = c.text_end = nullptr;
    c.end = bytes + length;
    c.records = c.raws = 0;
    c.found = false;
    if (read_page(c, bytes, length, capacity) != SUCCESS) return CSJ_REFUSED;
    settle(c.rows, c.arena);
    settle(c.outer, c.arena);
    *page = {c.records, c.rows.slices.data(), c.outer.slices.data(), c.text, c.text_end, c.raws, c.found ? 1 : 0};
    return CSJ_OK;
}

size_t csj_padding(void) { return SIMDJSON_PADDING; }

const char *csj_implementation(void) {
    static const std::string name = get_active_implementation()->name();
    return name.c_str();
}

}  // extern "C"
