// A list of people, one a line: who is to be erased.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "store/store.h"

namespace passaparola::app {

// The authors in the file `path` ("-": standard input): `source<TAB>id` or {"source":…,"id":…} a
// line; blank lines are none. Errors: io (the file), invalid_file, naming the first bad line.
Result<std::vector<store::AuthorId>> read_author_list(const std::string& path);

}  // namespace passaparola::app
