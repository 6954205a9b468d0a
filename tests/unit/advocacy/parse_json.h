// RapidJSON's reader for tests. Include it before core/json.h, which brings in RapidJSON's writer.
#pragma once

// RapidJSON's empty stack adds to a null pointer before it allocates: UBSan need not tell us.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/document.h>
#ifdef __clang__
#pragma clang attribute pop
#endif
