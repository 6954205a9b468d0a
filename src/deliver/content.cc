#include "deliver/content.h"

#include <simdjson.h>

#include "deliver/bodies.h"
#include "deliver/mail.h"
#include "deliver/plan.h"
#include "deliver/slack.h"

namespace passaparola::deliver {
namespace {

Envelope envelope_of(const Delivery& delivery, const Services& services, const Message& message) {
  return {delivery.mail.from, delivery.mail.to, message.id, services.clock()};
}

// The first of those that an alert tells of, as far as the store has them still.
Result<std::vector<store::StoredMention>> examples_of(const store::Store& store,
                                                      const std::string& alert_json) {
  std::vector<store::StoredMention> examples;
  const simdjson::padded_string padded(alert_json);
  simdjson::dom::parser parser;
  simdjson::dom::array ids;
  if (parser.parse(padded)["mentions"].get(ids)) return examples;
  for (const simdjson::dom::element one : ids) {
    std::string_view id;
    if (examples.size() == kSlackAlertMentionsShown || one.get(id)) break;
    auto mention = store.mention(id);
    if (mention) {
      examples.push_back(*std::move(mention));
    } else if (mention.error().code != ErrorCode::not_found) {
      return mention.error();
    }
  }
  return examples;
}

Result<std::string> alert_in_words(const Delivery& delivery, const Services& services,
                                   const Message& message, const std::string& json) {
  if (delivery.type == Type::slack) {
    const auto examples = examples_of(*services.store, json);
    if (!examples) return examples.error();
    return slack_alert(json, *examples);
  }
  if (delivery.type == Type::email) {
    return mail_of_alert(envelope_of(delivery, services, message), json);
  }
  return delivery.shape ? delivery.shape->filled(json) : alert_body(delivery.name, json);
}

std::string mentions_in_words(const Delivery& delivery, const Services& services,
                              const Message& message,
                              const std::vector<store::StoredMention>& mentions) {
  if (delivery.type == Type::slack) return slack_mentions(delivery.name, mentions);
  if (delivery.type == Type::email) {
    return mail_of_mentions(envelope_of(delivery, services, message), delivery.name, mentions);
  }
  if (delivery.shape) return delivery.shape->filled(*mentions.front());
  return mentions_body(delivery.name, mentions, services.store->id(), message.to);
}

}  // namespace

Result<std::optional<std::string>> content_of(const Delivery& delivery, const Services& services,
                                              const Message& message) {
  std::optional<std::string> content;
  if (message.alert > 0) {
    const auto alert = find_alert(services, message.alert);
    if (!alert) return alert.error();
    if (!*alert) return content;
    auto words = alert_in_words(delivery, services, message, (*alert)->json);
    if (!words) return words.error();
    content = *std::move(words);
    return content;
  }
  const auto mentions = services.store->mentions(message.seqs);
  if (!mentions) return mentions.error();
  if (!mentions->empty()) content = mentions_in_words(delivery, services, message, *mentions);
  return content;
}

}  // namespace passaparola::deliver
