#include "deliver/content.h"

#include "deliver/bodies.h"
#include "deliver/mail.h"
#include "deliver/plan.h"
#include "deliver/slack.h"

namespace passaparola::deliver {
namespace {

Envelope envelope_of(const Delivery& delivery, const Services& services, const Message& message) {
  return {delivery.mail.from, delivery.mail.to, message.id, services.clock()};
}

std::string alert_in_words(const Delivery& delivery, const Services& services,
                           const Message& message, const std::string& json) {
  if (delivery.type == Type::slack) return slack_alert(json);
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
    if (*alert) content = alert_in_words(delivery, services, message, (*alert)->json);
    return content;
  }
  const auto mentions = services.store->mentions(message.seqs);
  if (!mentions) return mentions.error();
  if (!mentions->empty()) content = mentions_in_words(delivery, services, message, *mentions);
  return content;
}

}  // namespace passaparola::deliver
