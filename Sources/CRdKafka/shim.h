// What the Swift importer cannot see of librdkafka 2.0.2: macros and variadic functions.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
