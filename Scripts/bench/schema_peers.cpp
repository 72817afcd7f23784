// C++ peers of `lgsp bench schema`: RECORDS.jsonl SCHEMA-DRAFT4.json ROUNDS, one JSON line a peer. RapidJSON's validator
// knows draft 4 only and checks no format. simdjson only parses.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/schema.h>
#include <simdjson.h>

static std::string whole(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Line { const char* start; size_t count; };
static std::vector<Line> lines;
static size_t size;
static int rounds;

template <class Body> static void report(const char* name, Body body) {
    double fastest = 1e9;
    size_t valid = 0;
    for (int round = 0; round < rounds; round++) {
        auto start = std::chrono::steady_clock::now();
        valid = body();
        fastest = std::min(fastest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::printf("{\"part\":\"%s\",\"seconds\":%.9f,\"records\":%zu,\"bytes\":%zu,\"valid\":%zu}\n", name, fastest,
                lines.size(), size, valid);
    std::fflush(stdout);
}

// Every value is looked at, as a reader who needs the record does.
static bool walk(simdjson::ondemand::value value) {
    using simdjson::ondemand::json_type;
    simdjson::ondemand::json_type type;
    if (value.type().get(type)) return false;
    switch (type) {
    case json_type::object:
        for (auto field : value.get_object()) {
            std::string_view key;
            if (field.unescaped_key().get(key) || !walk(field.value())) return false;
        }
        return true;
    case json_type::array:
        for (auto element : value.get_array())
            if (!walk(element.value())) return false;
        return true;
    case json_type::string: { std::string_view text; return !value.get_string().get(text); }
    case json_type::number: { double number; return !value.get_double().get(number); }
    case json_type::boolean: { bool flag; return !value.get_bool().get(flag); }
    default: return value.is_null();
    }
}

int main(int, char** words) {
    std::string data = whole(words[1]);
    size = data.size();
    rounds = std::atoi(words[3]);
    data.append(simdjson::SIMDJSON_PADDING, ' ');
    for (size_t start = 0, place = 0; place < size; place++)
        if (data[place] == '\n') { lines.push_back({data.data() + start, place - start}); start = place + 1; }
    std::string text = whole(words[2]);
    rapidjson::Document document;
    document.Parse(text.c_str());
    rapidjson::SchemaDocument schema(document);
    rapidjson::SchemaValidator validator(schema);
    constexpr unsigned flags = rapidjson::kParseValidateEncodingFlag;
    report("rapidjson-stream", [&] {
        size_t valid = 0;
        rapidjson::Reader reader;
        for (auto& line : lines) {
            rapidjson::MemoryStream stream(line.start, line.count);
            validator.Reset();
            bool parsed = !reader.Parse<flags>(stream, validator).IsError();
            if (parsed && validator.IsValid()) valid++;
        }
        return valid;
    });
    report("rapidjson-document", [&] {
        size_t valid = 0;
        for (auto& line : lines) {
            rapidjson::Document record;
            record.Parse<flags>(line.start, line.count);
            validator.Reset();
            if (!record.HasParseError() && record.Accept(validator)) valid++;
        }
        return valid;
    });
    simdjson::dom::parser dom;
    report("simdjson-dom", [&] {
        size_t valid = 0;
        for (auto& line : lines) {
            simdjson::dom::element element;
            if (!dom.parse(line.start, line.count, false).get(element)) valid++;
        }
        return valid;
    });
    simdjson::ondemand::parser ondemand;
    report("simdjson-on-demand", [&] {
        size_t valid = 0;
        for (auto& line : lines) {
            simdjson::ondemand::document record;
            simdjson::ondemand::value root;
            if (ondemand.iterate(line.start, line.count, line.count + simdjson::SIMDJSON_PADDING).get(record)) continue;
            if (!record.get_value().get(root) && walk(root)) valid++;
        }
        return valid;
    });
}
