#include "core/mention.h"

#include "core/correction.h"
#include "core/hash.h"

namespace passaparola {

std::string_view field_text(const PostView& post, Field field, std::size_t link) {
  switch (field) {
    case Field::text:
      return post.text;
    case Field::title:
      return post.title;
    case Field::bio:
      return post.author.bio;
    case Field::quote:
      return post.quote_text;
    case Field::links:
      return link < post.links.size() ? post.links[link] : std::string_view();
  }
  return {};
}

ActSet acts_of(const Mention& mention) {
  ActSet acts;
  for (const ActHit& hit : mention.acts) acts.set(static_cast<std::size_t>(hit.act));
  return acts;
}

std::string mention_id(std::string_view source, std::string_view post_id, std::string_view brand) {
  std::string joined;
  joined.append(source).push_back('\0');
  joined.append(post_id).push_back('\0');
  joined.append(brand);
  return content_hash_hex(joined);
}

}  // namespace passaparola
