#include "tidy/includes.h"

#include <algorithm>
#include <regex>
#include <vector>

namespace passaparola::tidy {
namespace {

constexpr std::string_view kSources = "src/";

struct Module {
  std::string_view name;
  std::vector<std::string_view> may_include;  // besides itself and core
};

const std::vector<Module>& modules() {
  static const std::vector<Module> kModules = {
      {"core", {}},
      {"asio", {}},
      {"ingest", {}},
      {"connect", {"ingest"}},
      {"match", {}},
      {"sentiment", {}},
      {"store", {}},
      {"advocacy", {"store"}},
      {"warning", {}},
      {"feed", {"store", "advocacy", "warning"}},
      {"deliver", {"store", "connect", "warning"}},
      {"pipeline", {"ingest", "match", "sentiment", "store"}},
      {"app",
       {"ingest", "connect", "match", "sentiment", "store", "advocacy", "warning", "feed",
        "deliver", "pipeline"}},
  };
  return kModules;
}

struct Library {
  std::string_view prefix;                   // of what stands between < and >
  std::vector<std::string_view> may_use_it;  // modules, in their .cc files
};

const std::vector<Library>& libraries() {
  static const std::vector<Library> kLibraries = {
      {"hs.h", {"match"}},
      {"hs/", {"match"}},
      {"re2/", {"match"}},
      {"rocksdb/", {"store"}},
      {"tbb/", {"pipeline"}},
      {"oneapi/", {"pipeline"}},
      {"boost/beast", {"asio", "connect", "feed", "app"}},
      {"boost/asio", {"asio", "connect", "feed", "app"}},
  };
  return kLibraries;
}

// What a module that is closed shows of itself. Others include nothing else of it, and only these
// headers keep third-party ones out.
struct Face {
  std::string_view module;
  std::vector<std::string_view> headers;
};

const std::vector<Face>& faces() {
  static const std::vector<Face> kFaces = {
      {"connect", {"connect/connect.h", "connect/failure.h", "connect/poster.h"}},
  };
  return kFaces;
}

const Face* face_of(std::string_view module) {
  const auto found = std::find_if(faces().begin(), faces().end(),
                                  [module](const Face& face) { return face.module == module; });
  return found == faces().end() ? nullptr : &*found;
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Module* module_named(std::string_view name) {
  const auto found = std::find_if(modules().begin(), modules().end(),
                                  [name](const Module& module) { return module.name == name; });
  return found == modules().end() ? nullptr : &*found;
}

// Templates over a library's own: only .cc files include them.
const std::vector<std::string_view>& inner_headers() {
  static const std::vector<std::string_view> kHeaders{"feed/stream.h"};
  return kHeaders;
}

std::string objection_to_ours(const Module& from, std::string_view path, std::string_view target) {
  if (holds(inner_headers(), target) && !path.ends_with(".cc")) {
    return std::string(target) + " belongs in a .cc file, not in a header";
  }
  const Module* to = module_named(target.substr(0, target.find('/')));
  if (to == nullptr || to == &from || to->name == "core") return {};
  if (!holds(from.may_include, to->name)) {
    return std::string(from.name) + " may not include " + std::string(to->name);
  }
  const Face* const face = face_of(to->name);
  if (face == nullptr || holds(face->headers, target)) return {};
  return std::string(target) + " is no header that " + std::string(to->name) + " shows";
}

std::string objection_to_library(const Module& from, std::string_view path,
                                 std::string_view target) {
  for (const Library& library : libraries()) {
    if (!target.starts_with(library.prefix)) continue;
    if (!holds(library.may_use_it, from.name))
      return "<" + std::string(target) + "> does not belong in " + std::string(from.name);
    const Face* const face = face_of(from.name);
    const std::string_view file = path.substr(kSources.size());
    const bool is_inside =
        (face != nullptr && !holds(face->headers, file)) || holds(inner_headers(), file);
    if (!path.ends_with(".cc") && !is_inside)
      return "<" + std::string(target) + "> belongs in a .cc file, not in a header";
  }
  return {};
}

}  // namespace

std::string objection_to_include(std::string_view path, std::string_view line) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  if (!path.starts_with(kSources)) return {};
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_match(line.begin(), line.end(), match, kInclude)) return {};
  const std::string_view inside = path.substr(kSources.size());
  const Module* from = module_named(inside.substr(0, inside.find('/')));
  if (from == nullptr) return "a file of no module";
  const std::string target = match[2];
  return match[1] == "\"" ? objection_to_ours(*from, path, target)
                          : objection_to_library(*from, path, target);
}

}  // namespace passaparola::tidy
