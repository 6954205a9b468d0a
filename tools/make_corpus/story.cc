#include "make_corpus/story.h"

#include <algorithm>
#include <array>

namespace passaparola::make_corpus {
namespace {

constexpr std::int64_t kMinute = 60'000;

// What a role does: how often, with which sentences, and under whose posts.
struct Habit {
  Role role;
  std::string_view list;
  std::int64_t fewest;
  std::int64_t most;
  Topic answers = Topic::plain;  // plain: a post of one's own
  Topic topic = Topic::plain;
};

constexpr Habit kHabits[] = {
    {Role::seeker, "seek", 1, 2, Topic::plain, Topic::seek},
    {Role::seeker, "ask", 0, 1, Topic::plain, Topic::question},
    {Role::detractor, "detract", 4, 8, Topic::plain, Topic::criticism},
    {Role::advocate_recommender, "recommend", 5, 9, Topic::plain, Topic::recommendation},
    {Role::advocate_recommender, "suggest", 1, 3, Topic::seek, Topic::recommendation},
    {Role::advocate_recommender, "loyal", 0, 2},
    {Role::advocate_helper, "help", 5, 9, Topic::question},
    {Role::advocate_helper, "suggest", 1, 3, Topic::seek, Topic::recommendation},
    {Role::advocate_helper, "recommend", 1, 2, Topic::plain, Topic::recommendation},
    {Role::advocate_defender, "defend", 3, 5, Topic::criticism},
    {Role::advocate_defender, "recommend", 2, 4, Topic::plain, Topic::recommendation},
    {Role::advocate_reviewer, "testimonial", 3, 5, Topic::plain, Topic::recommendation},
    {Role::advocate_reviewer, "suggest", 1, 2, Topic::seek, Topic::recommendation},
    {Role::advocate_laconic, "laconic", 4, 8, Topic::seek, Topic::recommendation},
    {Role::advocate_quiet, "quiet", 5, 8},
    {Role::advocate_collaborator, "idea", 6, 10},
    {Role::advocate_collaborator, "recommend", 3, 5, Topic::plain, Topic::recommendation},
    {Role::advocate_collaborator, "help", 1, 2, Topic::question},
    {Role::advocate_speaker, "stage", 4, 7},
    {Role::advocate_speaker, "recommend", 4, 6, Topic::plain, Topic::recommendation},
    {Role::at_risk, "recommend", 5, 8, Topic::plain, Topic::recommendation},
    {Role::at_risk, "suggest", 1, 2, Topic::seek, Topic::recommendation},
    {Role::at_risk, "churn", 1, 2, Topic::plain, Topic::criticism},
    {Role::defender, "defend", 1, 2, Topic::criticism},
    {Role::loyal, "loyal", 4, 9},
    {Role::influencer_labelled, "adv", 4, 9},
    {Role::influencer_unlabelled, "gifted", 4, 8},
    {Role::code_pusher, "code", 5, 10},
    {Role::incentivised, "giveaway", 3, 5},
    {Role::ring, "recommend", 6, 6},
    {Role::review_buyer, "review5", 4, 4},
    {Role::bot, "bot", 60, 90},
    {Role::copycat, "copied", 1, 1},
    {Role::brand_account, "voice", 8, 15},
    {Role::staff, "staff", 3, 5},
    {Role::referral_partner, "partner", 4, 7},
    {Role::referral_partner, "recommend", 1, 3, Topic::plain, Topic::recommendation},
};

// Ordinary mentions, in parts of a hundred: most say nothing about the brand.
struct Habitual {
  std::uint32_t percent;
  std::string_view list;
  Topic answers;
  Topic topic;
};
constexpr Habitual kOrdinary[] = {
    {70, "neutral", Topic::plain, Topic::plain}, {10, "sour", Topic::plain, Topic::criticism},
    {8, "mild", Topic::plain, Topic::plain},     {5, "ask", Topic::plain, Topic::question},
    {3, "seek", Topic::plain, Topic::seek},      {4, "thanks", Topic::recommendation, Topic::plain},
};

void drop_capitals(std::string& text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

class Writer {
 public:
  Writer(const std::vector<Person>& cast, const StoryOptions& options, Random& random)
      : cast_(cast), options_(options), random_(random) {}

  std::vector<Draft> write() {
    write_planted(Topic::plain);
    const std::size_t quota = options_.posts * (100 - options_.noise_percent) / 100;
    const std::size_t answers = planted_answers();
    while (drafts_.size() + answers < quota) write_ordinary(false);
    index_topics();
    write_planted(Topic::seek);
    while (drafts_.size() < quota) write_ordinary(true);
    while (drafts_.size() < options_.posts) write_noise();
    return std::move(drafts_);
  }

 private:
  // First everything that stands alone (`plain`), then what answers it.
  void write_planted(Topic phase) {
    for (std::size_t author = 0; author < cast_.size(); ++author) {
      const Person& person = cast_[author];
      if (person.role == Role::ordinary) break;
      for (const Habit& habit : kHabits) {
        if (habit.role != person.role) continue;
        if ((habit.answers == Topic::plain) != (phase == Topic::plain)) continue;
        const std::int64_t count = random_.between(habit.fewest, habit.most);
        for (std::int64_t i = 0; i < count; ++i) write_habit(author, habit, i, count);
      }
    }
  }

  // About how many answers the planted will write, so that ordinary people leave them room.
  std::size_t planted_answers() const {
    std::size_t total = 0;
    for (const Person& person : cast_) {
      for (const Habit& habit : kHabits) {
        if (habit.role == person.role && habit.answers != Topic::plain)
          total += static_cast<std::size_t>(habit.most);
      }
    }
    return total;
  }

  void write_habit(std::size_t author, const Habit& habit, std::int64_t index, std::int64_t count) {
    const Person& person = cast_[author];
    Draft draft;
    draft.author = author;
    draft.brand = person.brand;
    draft.topic = habit.topic;
    draft.created_at = planted_instant(person, habit, index, count);
    if (habit.answers != Topic::plain) answer(draft, habit.answers);
    draft.text = person.role == Role::copycat
                     ? copied_text(person)
                     : compose(habit.list, person, draft.brand, person.role != Role::bot);
    if (person.role == Role::review_buyer) make_review(draft);
    drafts_.push_back(std::move(draft));
  }

  static void make_review(Draft& draft) {
    draft.kind = PostKind::review;
    draft.rating = 5;
    draft.title = Phrasebook::built_in()
                      .list(std::string(kBrands[draft.brand]) + ".brand", Language::italian)
                      .front();
  }

  // Acts are spread over the months; bots and copy groups come in bursts, regrets at the end.
  Timestamp planted_instant(const Person& person, const Habit& habit, std::int64_t index,
                            std::int64_t count) {
    const std::int64_t span = options_.days * kMillisecondsPerDay;
    const std::int64_t start = options_.start.milliseconds;
    const auto brand = static_cast<std::int64_t>(person.brand);
    if (person.role == Role::bot) {
      const std::int64_t day =
          options_.days / 2 + brand * 7 % std::max<std::int64_t>(1, options_.days / 4);
      return {start + day * kMillisecondsPerDay + index * 11 * kMinute +
              random_.between(0, 5 * kMinute)};
    }
    if (person.role == Role::copycat) {
      const std::int64_t day = options_.days * 2 / 3 + brand;
      return {start + std::min(day, options_.days - 1) * kMillisecondsPerDay +
              random_.between(0, 3 * 60) * kMinute};
    }
    // A ring's orders come for all of a brand at once; who buys reviews writes them in one sitting.
    if (person.role == Role::ring) {
      const std::int64_t day = options_.days * (index + 1) / (count + 1) + brand;
      return {start + day * kMillisecondsPerDay + (9 + index) * 60 * kMinute +
              random_.between(0, 60) * 1'000};
    }
    if (person.role == Role::review_buyer) {
      const std::int64_t day = options_.days / 2 + brand * 3;
      return {start + day * kMillisecondsPerDay + (600 + index * 7) * kMinute};
    }
    if (habit.list == "churn")
      return {start + span -
              random_.between(1, std::min<std::int64_t>(span, 25 * kMillisecondsPerDay))};
    const std::int64_t usable = person.role == Role::at_risk ? span * 9 / 10 : span;
    const std::int64_t step = std::max<std::int64_t>(1, usable / count);
    return {start + step * index + random_.between(0, step - 1)};
  }

  // One group tells one text a brand and language.
  std::string copied_text(const Person& person) {
    Random group(options_.start.milliseconds + static_cast<std::int64_t>(person.brand) * 17 +
                 static_cast<std::int64_t>(person.language));
    return Phrasebook::built_in().compose("copied", person.brand, person.language, group);
  }

  std::string compose(std::string_view list, const Person& person, std::size_t brand, bool tail) {
    const Phrasebook& book = Phrasebook::built_in();
    std::string text = book.compose(list, brand, person.language, random_, person.careless ? 6 : 0);
    if (person.careless && text.find("http") == std::string::npos && random_.chance(60)) {
      if (list != "code") drop_capitals(text);
    } else if (text[0] >= 'a' && text[0] <= 'z' && random_.chance(60)) {
      text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    if (!tail) return text;
    if (person.emphatic && random_.chance(50)) text += random_.chance(50) ? "!!" : "!";
    if (random_.chance(person.emphatic ? 55 : 25))
      text += (random_.chance(60) ? " " : "\n") +
              book.compose("tail", kNoBrand, person.language, random_);
    if (brand != kNoBrand && random_.chance(8))
      text += " " + book.compose("tag", brand, person.language, random_);
    return text;
  }

  void index_topics() {
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
      if (drafts_[i].brand == kNoBrand || drafts_[i].topic == Topic::plain) continue;
      targets_[drafts_[i].brand][static_cast<std::size_t>(drafts_[i].topic)].push_back(i);
    }
  }

  // Looks for somebody else's post on the same network to answer, near the wished instant; people
  // answer in their own language if they can. Finding none leaves a post of its own.
  void answer(Draft& draft, Topic topic) {
    const auto& candidates = targets_[draft.brand][static_cast<std::size_t>(topic)];
    const Person& self = cast_[draft.author];
    std::int64_t nearest = 0;
    for (const std::size_t candidate : candidates) {
      const Draft& target = drafts_[candidate];
      const Person& other = cast_[target.author];
      if (target.author == draft.author || other.source != self.source) continue;
      if (other.source == "trustpilot" || other.language != self.language) continue;
      const std::int64_t distance =
          std::abs(target.created_at.milliseconds - draft.created_at.milliseconds);
      if (draft.reply_to != kNoPost && distance >= nearest) continue;
      nearest = distance;
      draft.reply_to = candidate;
    }
    if (draft.reply_to == kNoPost) return;
    draft.kind = PostKind::reply;
    draft.created_at = {drafts_[draft.reply_to].created_at.milliseconds +
                        random_.between(3, 36 * 60) * kMinute};
  }

  std::size_t ordinary_author() {
    const auto first = std::find_if(cast_.begin(), cast_.end(), [](const Person& person) {
      return person.role == Role::ordinary;
    });
    if (first == cast_.end()) return random_.below(cast_.size());
    const auto planted = static_cast<std::size_t>(first - cast_.begin());
    return planted + random_.below(cast_.size() - planted);
  }

  Timestamp any_instant() {
    return {options_.start.milliseconds +
            random_.between(0, options_.days * kMillisecondsPerDay - 1)};
  }

  void write_ordinary(bool answers) {
    Draft draft;
    draft.author = ordinary_author();
    draft.brand = random_.below(kBrandCount);
    draft.created_at = any_instant();
    const Person& person = cast_[draft.author];
    if (person.source == "trustpilot") return write_review(std::move(draft));
    std::uint32_t draw = random_.below(answers ? 100 : 96);
    const Habitual* habit = kOrdinary;
    while (draw >= habit->percent) draw -= (habit++)->percent;
    draft.topic = habit->topic;
    if (habit->answers != Topic::plain) answer(draft, habit->answers);
    draft.text = compose(habit->list, person, draft.brand, true);
    drafts_.push_back(std::move(draft));
  }

  void write_review(Draft draft) {
    const Person& person = cast_[draft.author];
    const std::uint32_t draw = random_.below(100);
    draft.kind = PostKind::review;
    draft.rating = draw < 50 ? 5 : draw < 62 ? 4 : draw < 74 ? 3 : draw < 80 ? 2 : 1;
    const std::string_view list = draft.rating >= 4   ? "review5"
                                  : draft.rating >= 2 ? "review3"
                                                      : "review1";
    const Phrasebook& book = Phrasebook::built_in();
    // Reviews name the product in their title, as the sites do.
    draft.title = book.list(std::string(kBrands[draft.brand]) + ".brand", person.language).front();
    draft.text = book.compose(list, draft.brand, person.language, random_);
    drafts_.push_back(std::move(draft));
  }

  // Everybody has a life: noise comes from the whole cast except brands and machines.
  void write_noise() {
    Draft draft;
    do {
      draft.author = random_.below(cast_.size());
    } while (is_machine(cast_[draft.author]));
    const Person& person = cast_[draft.author];
    draft.created_at = any_instant();
    const std::string brand(random_.pick(kBrands));
    const std::string list = random_.chance(12) ? brand + ".trap" : "noise";
    draft.text = compose(list, person, kNoBrand, true);
    drafts_.push_back(std::move(draft));
  }

  static bool is_machine(const Person& person) {
    return person.role == Role::bot || person.role == Role::brand_account ||
           person.source == "trustpilot" || person.role == Role::ring;
  }

  const std::vector<Person>& cast_;
  const StoryOptions& options_;
  Random& random_;
  std::vector<Draft> drafts_;
  std::array<std::array<std::vector<std::size_t>, 5>, kBrandCount> targets_;
};

}  // namespace

std::vector<Draft> write_story(const std::vector<Person>& cast, const StoryOptions& options,
                               Random& random) {
  return Writer(cast, options, random).write();
}

std::vector<Operation> write_operations(const std::vector<Person>& cast,
                                        const std::vector<Draft>& drafts, Random& random) {
  std::vector<Operation> operations;
  std::vector<bool> answered(drafts.size());
  for (const Draft& draft : drafts) {
    if (draft.reply_to != kNoPost) answered[draft.reply_to] = true;
  }
  std::size_t erased = cast.size();
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const Draft& draft = drafts[i];
    const Timestamp later{draft.created_at.milliseconds + random.between(5, 72 * 60) * kMinute};
    const std::uint32_t draw = random.below(1'000);
    if (draw < 10) operations.push_back({PostOp::create, i, later, true, {}});
    if (cast[draft.author].role != Role::ordinary || answered[i]) continue;
    if (draw >= 10 && draw < 20)
      operations.push_back({PostOp::update, i, later, false, draft.text + " (edit)"});
    if (draw >= 20 && draw < 30) operations.push_back({PostOp::remove, i, later, false, {}});
    if (draw >= 30 && draw < 35 && erased == cast.size() && draft.brand != kNoBrand) {
      erased = draft.author;
      Timestamp last = later;
      for (const Draft& other : drafts) {
        if (other.author == erased)
          last = std::max(last, Timestamp{other.created_at.milliseconds + 80 * 60 * kMinute});
      }
      operations.push_back({PostOp::delete_author, i, last, false, {}});
    }
  }
  return operations;
}

}  // namespace passaparola::make_corpus
