#include "deliver/courier.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/hash.h"
#include "core/limits.h"
#include "core/terminal.h"
#include "core/webhook_signature.h"
#include "deliver/bodies.h"
#include "deliver/slack.h"

namespace passaparola::deliver {
namespace {

using std::chrono::milliseconds;
using store::RecordKind;

constexpr milliseconds kLinger{50};              // after a commit: more may come at once
constexpr std::chrono::seconds kAlertsEvery{2};  // between two looks for alerts
constexpr milliseconds kStorePause{500};
// So many mentions that are not for it a delivery may read again after a kill.
constexpr std::uint64_t kKeepEvery = 10'000;
constexpr milliseconds kAttemptTime = std::chrono::seconds(kMaxDeliverySeconds);

std::uint64_t seed_of(const std::string& name) {
  return content_hash64(name) ^ static_cast<std::uint64_t>(now().milliseconds);
}

std::string new_id() {
  const HashKey random = random_key();
  return "msg_" + to_hex({reinterpret_cast<const char*>(random.data()), random.size()});
}

// Where the message of that number is among those under way; end(): somebody replayed meanwhile.
auto find(std::vector<Message>& messages, std::uint64_t number) {
  return std::find_if(messages.begin(), messages.end(),
                      [number](const Message& one) { return one.number == number; });
}

}  // namespace

Courier::Courier(Delivery delivery, const Services& services,
                 std::unique_ptr<connect::Poster> poster)
    : delivery_(std::move(delivery)),
      services_(services),
      poster_(std::move(poster)),
      list_(*services.store, delivery_.name),
      random_(seed_of(delivery_.name)) {}

Result<std::unique_ptr<Courier>> Courier::make(Delivery delivery, const Services& services) {
  const std::string name = delivery.name;
  const auto named = [&name](const Error& error) {
    return fail(error.code, fmt::format("delivery '{}': {}", name, error.message));
  };
  auto poster = connect::Poster::make(delivery.to);
  if (!poster) return named(poster.error());
  std::unique_ptr<Courier> courier(new Courier(std::move(delivery), services, *std::move(poster)));
  if (auto opened = courier->open(); !opened) return named(opened.error());
  return courier;
}

Result<void> Courier::open() {
  if (auto opened = list_.open(); !opened) return opened.error();
  const auto kept = services_.store->record(RecordKind::delivery, delivery_.name);
  if (!kept) return kept.error();
  if (*kept) {
    auto progress = read_progress(**kept);
    if (!progress) return fail(ErrorCode::corrupt, "its place in the store is damaged");
    progress_ = *std::move(progress);
  } else {
    progress_.after = services_.store->last_seq();
    const auto visited = services_.visit_alerts(0, [this](Alert&& alert) {
      progress_.alerts_after = alert.number;
      return true;
    });
    if (!visited) return visited.error();
    // From here on nothing is missed, whatever happens before a first message.
    const auto put =
        services_.store->put_record(RecordKind::delivery, delivery_.name, to_record(progress_));
    if (!put) return put.error();
  }
  kept_after_ = progress_.after;
  return {};
}

void Courier::run() {
  while (!is_stopping_) step();
  const Progress at = progress();
  if (at.after != kept_after_) {
    (void)services_.store->put_record(RecordKind::delivery, delivery_.name, to_record(at));
  }
}

void Courier::step() {
  Progress at;
  {
    const std::lock_guard lock(mutex_);
    if (is_replayed_.exchange(false)) {
      retry_at_.reset();
      gather_until_.reset();
    }
    at = progress_;
  }
  if (at.is_off) {
    enter(State::off);
    return wait(std::nullopt, false);
  }
  const Timestamp time = services_.clock();
  const bool is_quiet = delivery_.quiet && delivery_.quiet->holds(time);
  const bool is_urgent = !at.messages.empty() && at.messages.front().is_urgent;
  if (at.messages.empty() || (is_quiet && !is_urgent)) return look(at, is_quiet);
  const Message& first = at.messages.front();
  const auto left = retry_at_ && retry_at_->first == first.number ? retry_at_->second - Clock::now()
                                                                  : Clock::duration::zero();
  if (left <= Clock::duration::zero()) return attempt(first);
  enter(State::waiting, left);
  // A crisis does not wait for what nobody is told before the morning.
  if (!first.is_urgent && delivery_.quiet)
    return wait(std::min<Clock::duration>(left, kAlertsEvery), false);
  wait(left, false);
}

void Courier::look(const Progress& at, bool is_quiet) {
  has_news_ = false;  // what comes from here on may not be seen by this look
  if (!is_quiet && look_for_repeat(at)) return;
  const std::size_t mentions = delivery_.shape ? 1 : kMaxDeliveryMentions;
  auto plan = plan_next(delivery_, services_, at, is_quiet, mentions, is_stopping_);
  if (!plan) return pause_for_store(plan.error());
  if (!is_quiet) note_place(at, *plan);
  if (plan->message && !gathers(*plan)) return begin(*std::move(plan->message), plan->is_too_large);
  std::optional<Clock::duration> most;
  if (delivery_.sends_alerts) most = kAlertsEvery;
  if (plan->message) {
    most = std::min(most.value_or(Clock::duration::max()), *gather_until_ - Clock::now());
    enter(State::waiting);
    return wait(most, false);
  }
  if (is_quiet) {
    const Timestamp time = services_.clock();
    const milliseconds quiet(delivery_.quiet->end(time).milliseconds - time.milliseconds);
    most = std::min<Clock::duration>(most.value_or(quiet), quiet);
    enter(State::quiet);
    return wait(most, false);
  }
  enter(State::idle);
  wait(most, true);
}

// True: there is one, and it is the next message.
bool Courier::look_for_repeat(const Progress& at) {
  if (at.redo_after >= at.redo_until) return false;
  auto page = list_.page(at.redo_after, 1);
  if (!page) {
    pause_for_store(page.error());
    return true;
  }
  if (page->empty() || page->front().message.number > at.redo_until) {
    keep([&at](Progress& progress) {
      if (progress.redo_until == at.redo_until) progress.redo_after = progress.redo_until;
    });
    return false;
  }
  Message message = std::move(page->front().message);
  message.is_repeat = true;
  message.is_urgent = false;
  message.tries = 0;
  message.spent = {};
  keep([&message, &at](Progress& progress) {
    if (progress.messages.empty() && progress.redo_after == at.redo_after) {
      progress.messages.push_back(message);
    }
  });
  return true;
}

// A message is kept before it is sent: it stays the same.
void Courier::begin(Message message, bool is_too_large) {
  gather_until_.reset();
  message.id = new_id();
  bool is_kept = false;
  keep([this, &message, &is_kept](Progress& progress) {
    // What was planned from a place that somebody has changed meanwhile is planned again.
    is_kept = !is_replayed_ && (progress.messages.empty() || message.is_urgent);
    if (!is_kept) return;
    message.number = progress.next_number++;
    progress.messages.insert(progress.messages.begin(), message);
  });
  if (is_kept && is_too_large) bury(message, "the mention is larger than a message may be");
}

void Courier::note_place(const Progress& at, const Plan& plan) {
  if (plan.after == at.after && plan.alerts_after == at.alerts_after) return;
  const Change move = [&](Progress& progress) {
    if (is_replayed_) return;
    progress.after = plan.after;
    progress.alerts_after = plan.alerts_after;
  };
  if (plan.after >= kept_after_ + kKeepEvery) {
    keep(move);
  } else {
    remember(move);
  }
}

bool Courier::gathers(const Plan& plan) {
  if (delivery_.every.count() == 0 || !plan.may_gather) return false;
  if (!gather_until_) gather_until_ = Clock::now() + delivery_.every;
  return Clock::now() < *gather_until_;
}

void Courier::attempt(Message message) {
  auto body = body_of(message);
  if (!body) return pause_for_store(body.error());
  if (!*body) return finish(message);  // everything that it told of is gone
  enter(State::sending);
  connect::Poster::Fields fields;
  if (delivery_.type == Type::webhook) {
    const std::string second =
        std::to_string(services_.clock().milliseconds / kMillisecondsPerSecond);
    fields.emplace_back("webhook-id", message.id);
    fields.emplace_back("webhook-timestamp", second);
    fields.emplace_back("webhook-signature",
                        "v1," + webhook_signature(delivery_.key, message.id, second, **body));
  }
  const auto began = Clock::now();
  const auto posted = poster_->post(**std::move(body), std::move(fields), kAttemptTime);
  if (is_stopping_ && !posted) return;
  message.spent += std::chrono::duration_cast<milliseconds>(Clock::now() - began);
  judge(std::move(message), posted);
}

void Courier::judge(Message message, const connect::Reached<connect::Posted>& posted) {
  const Verdict verdict = posted ? verdict_of(posted->status) : Verdict::again;
  if (verdict == Verdict::delivered) return delivered(message);
  ++message.tries;
  const std::string words = posted ? fmt::format("{} answers {}", poster_->origin(), posted->status)
                                   : posted.error().message;
  note_failure(words);
  ++failed_;
  if (verdict == Verdict::gone) {
    keep([](Progress& progress) { progress.is_off = true; });
    return;
  }
  if (verdict == Verdict::refused && message.tries >= kTriesWhereRefused) {
    return bury(message, words);
  }
  if (message.spent >= kGiveUpAfter) return bury(message, words);
  const auto asked = posted ? posted->retry_after : posted.error().retry_after;
  const double chance = std::uniform_real_distribution<double>(0, 1)(random_);
  failed(std::move(message), wait_after(message.tries, delivery_.first_wait, chance, asked));
}

void Courier::delivered(const Message& message) {
  ++sent_;
  mentions_sent_ += message.seqs.size();
  {
    const std::lock_guard lock(mutex_);
    last_success_at_ = now();
  }
  if (message.is_repeat) {
    // One that cannot be taken off the list comes again, under its id.
    if (const auto removed = list_.remove(message.number); !removed) {
      note_failure("the store: " + removed.error().message);
    }
  }
  finish(message);
}

void Courier::failed(Message message, milliseconds wait) {
  message.spent += wait;
  retry_at_ = {message.number, Clock::now() + wait};
  keep([&message](Progress& progress) {
    const auto at = find(progress.messages, message.number);
    if (at == progress.messages.end()) return;
    at->tries = message.tries;
    at->spent = message.spent;
  });
}

void Courier::bury(const Message& message, const std::string& error) {
  const Undelivered undelivered{message, error, services_.clock()};
  while (!is_stopping_) {
    const auto put = list_.put(undelivered);
    if (put) return finish(message);
    pause_for_store(put.error());
  }
}

void Courier::finish(const Message& message) {
  keep([&message](Progress& progress) {
    const auto at = find(progress.messages, message.number);
    if (at == progress.messages.end()) return;  // replayed meanwhile
    progress.messages.erase(at);
    if (message.is_repeat) {
      progress.redo_after = message.number;
    } else if (message.is_urgent) {
      progress.crises_after = message.alert;
    } else if (message.alert > 0) {
      progress.alerts_after = message.alert;
    } else {
      progress.after = message.to;
    }
  });
}

// nullopt: nothing is left to be told.
Result<std::optional<std::string>> Courier::body_of(const Message& message) {
  std::optional<std::string> body;
  const bool is_slack = delivery_.type == Type::slack;
  if (message.alert > 0) {
    const auto alert = find_alert(services_, message.alert);
    if (!alert) return alert.error();
    if (!*alert) return body;
    const std::string& json = (*alert)->json;
    if (is_slack) {
      body = slack_alert(json);
    } else {
      body = delivery_.shape ? delivery_.shape->filled(json) : alert_body(delivery_.name, json);
    }
    return body;
  }
  const store::Store& store = *services_.store;
  const auto mentions = store.mentions(message.seqs);
  if (!mentions) return mentions.error();
  if (mentions->empty()) return body;
  if (is_slack) {
    body = slack_mentions(delivery_.name, *mentions);
  } else {
    body = delivery_.shape ? delivery_.shape->filled(*mentions->front())
                           : mentions_body(delivery_.name, *mentions, store.id(), message.to);
  }
  return body;
}

bool Courier::keep(const Change& change) {
  while (true) {
    Result<void> put;
    {
      const std::lock_guard lock(mutex_);
      Progress next = progress_;
      change(next);
      put = services_.store->put_record(RecordKind::delivery, delivery_.name, to_record(next));
      if (put) {
        progress_ = std::move(next);
        kept_after_ = progress_.after;
        return true;
      }
    }
    if (is_stopping_) return false;
    pause_for_store(put.error());
  }
}

void Courier::remember(const Change& change) {
  const std::lock_guard lock(mutex_);
  change(progress_);
}

void Courier::note_failure(const std::string& words) {
  const std::string safe = terminal_safe(words).substr(0, kMaxSourceErrorBytes);
  if (services_.say) services_.say(delivery_.name, safe);
  const std::lock_guard lock(mutex_);
  last_failure_ = safe;
  last_failure_at_ = now();
}

void Courier::pause_for_store(const Error& error) {
  note_failure("the store: " + error.message);
  wait(kStorePause, false);
}

void Courier::enter(State state, std::optional<Clock::duration> wait) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  next_try_at_.reset();
  if (wait) {
    next_try_at_ =
        Timestamp{now().milliseconds + std::chrono::duration_cast<milliseconds>(*wait).count()};
  }
}

void Courier::wait(std::optional<Clock::duration> most, bool for_news) {
  std::unique_lock lock(bell_);
  const auto holds = [this, for_news] {
    return is_stopping_ || is_replayed_ || (for_news && has_news_);
  };
  if (most) {
    changed_.wait_for(lock, *most, holds);
  } else {
    changed_.wait(lock, holds);
  }
  if (for_news && has_news_)
    changed_.wait_for(lock, kLinger, [this] { return bool(is_stopping_); });
}

void Courier::stop() {
  is_stopping_ = true;
  ring();
  poster_->cancel();
}

// Whoever commits does not wait for a place that is being kept.
void Courier::committed() {
  if (!has_news_.exchange(true)) ring();
}

void Courier::ring() {
  { const std::lock_guard lock(bell_); }  // whoever is about to wait has seen why not to, or waits
  changed_.notify_all();
}

Progress Courier::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

Status Courier::status() const {
  Status status;
  status.name = delivery_.name;
  status.type = delivery_.type;
  status.to = poster_->origin();
  status.undelivered = list_.count();
  status.sent = sent_;
  status.failed = failed_;
  status.mentions_sent = mentions_sent_;
  const std::uint64_t last = services_.store->last_seq();
  const std::lock_guard lock(mutex_);
  status.progress = progress_;
  status.state = state_;
  if (delivery_.sends_mentions) status.lag = last - std::min(last, progress_.after);
  status.last_success_at = last_success_at_;
  status.last_failure_at = last_failure_at_;
  status.next_try_at = next_try_at_;
  status.last_failure = last_failure_;
  return status;
}

Result<void> Courier::replay(const Replay& replay) {
  std::uint64_t alerts_after = 0;
  if (replay.after) {
    const auto visited = services_.visit_alerts(0, [&](Alert&& alert) {
      if (alert.place >= *replay.after) return false;
      alerts_after = alert.number;
      return true;
    });
    if (!visited) return visited.error();
  }
  {
    const std::lock_guard lock(mutex_);
    Progress next = progress_;
    if (replay.after) {
      next.after = *replay.after;
      next.alerts_after = next.crises_after = alerts_after;
      next.messages.clear();
    }
    if (replay.undelivered) {
      next.redo_after = 0;
      next.redo_until = next.next_number - 1;
    }
    if (replay.on) next.is_off = false;
    for (Message& message : next.messages) {
      message.tries = 0;
      message.spent = {};
    }
    const auto put =
        services_.store->put_record(RecordKind::delivery, delivery_.name, to_record(next));
    if (!put) return put.error();
    progress_ = std::move(next);
    is_replayed_ = true;
  }
  ring();
  return {};
}

}  // namespace passaparola::deliver
