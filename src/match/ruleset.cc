#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/hash.h"
#include "core/limits.h"
#include "match/compiled.h"
#include "match/packs.h"

namespace passaparola::match {
namespace {

namespace fs = std::filesystem;

// The same rules have the same hash wherever they lie; only the names of packs count.
std::string hash_of(std::span<const RuleFile> files) {
  std::string content;
  for (const RuleFile& file : files) {
    const std::string pack = pack_of(file.name);
    content += fmt::format("{} {} ", pack.size(), file.text.size()) + pack + file.text;
  }
  return content_hash_hex(content);
}

Result<RuleFile> read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return fail(ErrorCode::io, fmt::format("{}: {}", path.string(), error.message()));
  if (size > kMaxRuleFileBytes) {
    return fail(ErrorCode::invalid_argument, fmt::format("{}: a rule file has at most {} bytes",
                                                         path.string(), kMaxRuleFileBytes));
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(ErrorCode::io, fmt::format("{}: cannot be read", path.string()));
  return RuleFile{path.string(), std::move(text).str()};
}

Result<std::vector<fs::path>> rule_files_below(const fs::path& path) {
  std::vector<fs::path> paths;
  std::error_code error;
  fs::recursive_directory_iterator entry(path, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".rules" && entry->is_regular_file(ignored)) {
      paths.push_back(entry->path());
    }
  }
  if (error) return fail(ErrorCode::io, fmt::format("{}: {}", path.string(), error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The first place at which the pattern stands; null when it is not in this expression.
const Place* place_of(const Expression& expression, const Pattern& pattern) {
  if (expression.op == Op::atom && expression.atom.pattern.get() == &pattern) return &expression.at;
  for (const ExpressionPtr& part : expression.parts) {
    if (const Place* found = place_of(*part, pattern)) return found;
  }
  return nullptr;
}

std::string_view reason_for(Refusal why) {
  switch (why) {
    case Refusal::unknown_to_it:
      return "Hyperscan does not take it";
    case Refusal::too_slow:
      return "it takes Hyperscan too long to compile";
    case Refusal::too_large:
      return "it takes Hyperscan too much memory to compile";
    case Refusal::no_time_left:
      return "all regular expressions together take Hyperscan too long to compile";
  }
  return {};
}

void warn_of_refused(std::span<const RefusedPattern> refused, const Ruleset::Compiled& compiled,
                     Diagnostics& diagnostics) {
  for (const RefusedPattern& one : refused) {
    if (diagnostics.full()) return;
    for (const Definition& definition : compiled.book.definitions) {
      const Place* place = place_of(*definition.expression, *compiled.patterns[one.id]);
      if (place == nullptr) continue;
      diagnostics.warning(*place, "W-COST",
                          fmt::format("this regular expression is looked for in every text, which "
                                      "is slow: {}",
                                      reason_for(one.why)));
      break;
    }
  }
}

}  // namespace

Ruleset::Ruleset(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Ruleset::~Ruleset() = default;

std::string_view Ruleset::hash() const { return compiled_->hash; }
std::span<const Brand> Ruleset::brands() const { return compiled_->book.brands; }
std::size_t Ruleset::rule_count() const { return compiled_->book.rule_count; }

Result<std::vector<RuleFile>> Ruleset::read(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return fail(ErrorCode::not_found, fmt::format("{}: no such file or folder", path.string()));
  }
  std::vector<fs::path> paths{path};
  if (fs::is_directory(status)) {
    Result<std::vector<fs::path>> below = rule_files_below(path);
    if (!below) return below.error();
    paths = std::move(*below);
    if (paths.empty()) {
      return fail(ErrorCode::not_found, fmt::format("{}: holds no *.rules file", path.string()));
    }
  }
  std::vector<RuleFile> files;
  for (const fs::path& file : paths) {
    Result<RuleFile> read = read_file(file);
    if (!read) return read.error();
    files.push_back(std::move(*read));
  }
  return files;
}

std::span<const Diagnostic> Ruleset::warnings() const { return compiled_->warnings; }

Result<std::shared_ptr<const Ruleset>> Ruleset::load(const fs::path& path,
                                                     const PatternCompiler& compiler) {
  const Result<std::vector<RuleFile>> files = read(path);
  if (!files) return files.error();
  return compile(*files, compiler);
}

std::vector<Diagnostic> Ruleset::check(std::span<const RuleFile> given) {
  const std::vector<RuleFile> files = with_imports(given);
  Diagnostics diagnostics(files);
  read_rule_book(files, diagnostics);
  return diagnostics.take();
}

Result<std::shared_ptr<const Ruleset>> Ruleset::compile(std::span<const RuleFile> given,
                                                        const PatternCompiler& compiler,
                                                        std::vector<Diagnostic>* said,
                                                        const Ruleset* earlier) {
  const std::vector<RuleFile> files = with_imports(given);
  Diagnostics diagnostics(files);
  auto compiled = std::make_unique<Compiled>();
  KnownPatterns known;
  if (earlier != nullptr) known = KnownPatterns(earlier->compiled().patterns);
  compiled->book = read_rule_book(files, diagnostics, std::move(known));
  const std::vector<Diagnostic> found = diagnostics.take();
  if (said != nullptr) *said = found;
  if (diagnostics.has_errors()) {
    std::string message;
    for (const Diagnostic& diagnostic : found) {
      if (!message.empty()) message += '\n';
      message += to_text(diagnostic);
    }
    return fail(ErrorCode::invalid_argument, std::move(message));
  }
  compiled->program = match::compile(compiled->book);
  for (const std::uint32_t atom : compiled->program.regexes) {
    compiled->patterns.push_back(compiled->program.atoms[atom].atom.pattern);
  }
  // The same patterns in the same places: what looks for them first is the same, too.
  const bool same_patterns =
      earlier != nullptr && earlier->compiled().patterns == compiled->patterns;
  auto scanner = Scanner::compile(compiled->program, compiled->patterns, compiler,
                                  same_patterns ? earlier->compiled().scanner.get() : nullptr);
  if (!scanner) return scanner.error();
  warn_of_refused((*scanner)->refused(), *compiled, diagnostics);
  compiled->warnings = diagnostics.take();
  if (said != nullptr) {
    said->insert(said->end(), compiled->warnings.begin(), compiled->warnings.end());
  }
  compiled->scanner = std::move(*scanner);
  compiled->hash = hash_of(files);
  return std::shared_ptr<const Ruleset>(new Ruleset(std::move(compiled)));
}

}  // namespace passaparola::match
