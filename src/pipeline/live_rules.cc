#include "pipeline/live_rules.h"

#include <algorithm>
#include <optional>

#include "core/json.h"
#include "core/limits.h"

namespace passaparola::pipeline {
namespace {

bool has_errors(const std::vector<match::Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const match::Diagnostic& d) {
    return d.severity == match::Diagnostic::Severity::error;
  });
}

// Judges native posts, one a line, by `judges`.
void judge_sample(const Judges& judges, std::string sample, RuleVerdict& verdict) {
  const std::size_t size = sample.size();
  sample.append(kInputPaddingBytes, '\0');
  Processor processor(judges);
  Counts counts;
  const Judged judged = processor.judge(ingest::Format::native, {sample.data(), size}, counts);
  JsonWriter writer(verdict.mentions);
  writer.StartArray();
  for (const Mention& mention : judged.mentions) write_mention(writer, mention, 0);
  writer.EndArray();
  verdict.rejected.assign(judged.rejects.begin(), judged.rejects.end());
}

}  // namespace

LiveRules::LiveRules(std::filesystem::path path, RuleSet first,
                     std::shared_ptr<const sentiment::Scorer> scorer, Intake& intake,
                     match::PatternCompiler compiler)
    : path_(std::move(path)),
      scorer_(std::move(scorer)),
      intake_(intake),
      compiler_(std::move(compiler)),
      current_(std::make_shared<const RuleSet>(std::move(first))),
      thread_([this] { loop(); }) {}

LiveRules::~LiveRules() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  patient_.hurry();
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<const RuleSet> LiveRules::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void LiveRules::activate(std::vector<match::RuleFile> files, std::string only_over, Done done) {
  enqueue(
      [this, files = std::move(files), only_over = std::move(only_over)]() mutable {
        return activated(std::move(files), only_over);
      },
      std::move(done));
}

void LiveRules::reload(Done done) {
  enqueue([this] { return reloaded(); }, std::move(done));
}

void LiveRules::check(std::vector<match::RuleFile> files, std::string sample, Done done) {
  enqueue(
      [this, files = std::move(files), sample = std::move(sample)]() mutable {
        return checked(std::move(files), std::move(sample));
      },
      std::move(done));
}

void LiveRules::enqueue(std::function<Result<RuleVerdict>()> work, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxWaitingRuleRequests && !stopping_) {
      waiting_.push_back([work = std::move(work), done = std::move(done)] { done(work()); });
      changed_.notify_one();
      return;
    }
  }
  done(fail(ErrorCode::overloaded, "too many changes of rules are waiting: try again in a moment"));
}

void LiveRules::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

Result<RuleVerdict> LiveRules::patiently(std::function<Result<RuleVerdict>()> work) {
  std::optional<Result<RuleVerdict>> verdict;
  patient_.run([&] { verdict = work(); });
  return *std::move(verdict);
}

Result<RuleVerdict> LiveRules::compiled(std::vector<match::RuleFile> files) const {
  RuleVerdict verdict;
  verdict.set.files = std::move(files);
  const std::shared_ptr<const RuleSet> earlier = current();
  auto rules = match::Ruleset::compile(verdict.set.files, compiler_, &verdict.diagnostics,
                                       earlier->rules.get());
  if (has_errors(verdict.diagnostics)) return verdict;
  if (!rules) return rules.error();
  verdict.set.rules = *std::move(rules);
  return verdict;
}

Result<RuleVerdict> LiveRules::activated(std::vector<match::RuleFile> files,
                                         std::string_view only_over) {
  RuleVerdict stale;
  stale.is_stale = !only_over.empty() && only_over != current()->rules->hash();
  if (stale.is_stale) return stale;
  auto named = as_set_of(path_, std::move(files));
  if (!named) return named.error();
  auto verdict = patiently([&] { return compiled(*std::move(named)); });
  if (!verdict || !verdict->set.rules) return verdict;
  if (auto written = replace_rule_files(path_, verdict->set.files); !written) {
    return written.error();
  }
  put_into_force(*verdict);
  return verdict;
}

Result<RuleVerdict> LiveRules::reloaded() {
  auto verdict = patiently([this] { return loaded(); });
  if (verdict && verdict->set.rules) put_into_force(*verdict);
  return verdict;
}

Result<RuleVerdict> LiveRules::loaded() const {
  RuleVerdict verdict;
  const std::shared_ptr<const RuleSet> earlier = current();
  // Diagnostics name files by their whole paths.
  auto set = load_rule_set(path_, compiler_, &verdict.diagnostics, earlier->rules.get());
  if (has_errors(verdict.diagnostics)) return verdict;
  if (!set) return set.error();
  verdict.set = *std::move(set);
  return verdict;
}

void LiveRules::put_into_force(RuleVerdict& verdict) {
  auto next = std::make_shared<const RuleSet>(verdict.set);
  verdict.after = intake_.replace_judges({next->rules, scorer_});
  std::shared_ptr<const RuleSet> earlier = std::move(next);
  {
    const std::lock_guard lock(mutex_);
    current_.swap(earlier);
  }
  // It is destroyed here, unless somebody still reads it.
  patient_.leave([earlier = std::move(earlier)]() mutable { earlier = nullptr; });
}

Result<RuleVerdict> LiveRules::checked(std::vector<match::RuleFile> files, std::string sample) {
  auto named = as_set_of(path_, std::move(files));
  if (!named) return named.error();
  return patiently([&] {
    auto verdict = compiled(*std::move(named));
    if (verdict && verdict->set.rules) {
      judge_sample({verdict->set.rules, scorer_}, std::move(sample), *verdict);
    }
    return verdict;
  });
}

}  // namespace passaparola::pipeline
