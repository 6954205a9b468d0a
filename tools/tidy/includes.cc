#include "tidy/includes.h"

#include <algorithm>
#include <regex>
#include <vector>

namespace passaparola::tidy {
namespace {

struct Module {
  std::string_view name;
  std::vector<std::string_view> may_include;  // besides itself and core
};

const std::vector<Module>& modules() {
  static const std::vector<Module> kModules = {
      {"core", {}},
      {"ingest", {}},
      {"match", {}},
      {"sentiment", {}},
      {"store", {}},
      {"advocacy", {"store"}},
      {"feed", {"store", "advocacy"}},
      {"pipeline", {"ingest", "match", "sentiment", "store"}},
      {"app", {"ingest", "match", "sentiment", "store", "advocacy", "feed", "pipeline"}},
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
      {"boost/beast", {"ingest", "feed", "app"}},
      {"boost/asio", {"ingest", "feed", "app"}},
  };
  return kLibraries;
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Module* module_named(std::string_view name) {
  const auto found = std::find_if(modules().begin(), modules().end(),
                                  [name](const Module& module) { return module.name == name; });
  return found == modules().end() ? nullptr : &*found;
}

std::string objection_to_ours(const Module& from, std::string_view target) {
  const Module* to = module_named(target.substr(0, target.find('/')));
  if (to == nullptr || to == &from || to->name == "core" || holds(from.may_include, to->name))
    return {};
  return std::string(from.name) + " may not include " + std::string(to->name);
}

std::string objection_to_library(const Module& from, std::string_view path,
                                 std::string_view target) {
  for (const Library& library : libraries()) {
    if (!target.starts_with(library.prefix)) continue;
    if (!holds(library.may_use_it, from.name))
      return "<" + std::string(target) + "> does not belong in " + std::string(from.name);
    if (!path.ends_with(".cc"))
      return "<" + std::string(target) + "> belongs in a .cc file, not in a header";
  }
  return {};
}

}  // namespace

std::string objection_to_include(std::string_view path, std::string_view line) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  constexpr std::string_view kSources = "src/";
  if (!path.starts_with(kSources)) return {};
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_match(line.begin(), line.end(), match, kInclude)) return {};
  const std::string_view inside = path.substr(kSources.size());
  const Module* from = module_named(inside.substr(0, inside.find('/')));
  if (from == nullptr) return "a file of no module";
  const std::string target = match[2];
  return match[1] == "\"" ? objection_to_ours(*from, target)
                          : objection_to_library(*from, path, target);
}

}  // namespace passaparola::tidy
