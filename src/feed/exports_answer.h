// Export jobs over HTTP: POST and GET /exports, GET and DELETE /exports/{id}, its file.
#pragma once

#include <string_view>

#include "core/result.h"
#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"

namespace passaparola::feed {

// Each may block, and answers for the jobs that `caller` may see.
Outcome begin_export(Context& context, const Caller& caller, std::string_view body);
Outcome exports_answer(Context& context, const Caller& caller);
Outcome export_answer(Context& context, std::string_view method, const Target& target,
                      const Caller& caller);
Outcome export_file_answer(Context& context, const Target& target, const Caller& caller);

// No export outlives an erasure: to be called after one. Errors: io.
Result<void> forget_exports(Context& context);

}  // namespace passaparola::feed
