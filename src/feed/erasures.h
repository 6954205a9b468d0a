// Erasing many people at once (POST /authors:forget), and the proofs of erasures as JSON. A proof
// names its author by keyed hash alone: kept for years, it must not bring the name back.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"
#include "store/store.h"

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace passaparola::feed {

// {"author":"<hash>","erased_at":…,"mentions":…,"brands":…,"finished":…}
std::string erasure_json(const store::ErasureProof& proof);

// The same with "found":true in front. Without a proof the store knew nobody of that name:
// {"found":false,"source":…,"id":…}.
std::string erasure_json(const store::AuthorId& author,
                         const std::optional<store::ErasureProof>& proof);

// Says so when no author can be called that: a part is missing, too long or not UTF-8. Errors:
// invalid_argument.
Result<void> check_author(const store::AuthorId& author);

// {"source":…,"id":…}; other members say nothing here. Errors: invalid_argument.
Result<store::AuthorId> read_author(std::string_view json);

// What is wrong with such a request before its body is read: its type, its encoding, its length.
std::optional<Problem> check_erasures(const Head& head);

// {"authors":[{"source":…,"id":…},…]}, at most kMaxErasedTogether. Errors: invalid_argument, naming
// the first author that is wrong.
Result<std::vector<store::AuthorId>> read_erasures(std::string_view body);
std::string erasures_request(std::span<const store::AuthorId> authors);

// A page of the proofs of all erasures: {"erasures":[…],"more":bool}, at most `limit` behind the
// one whose author's hash is `after` (empty: from the first). Errors: not_found (no such proof).
Result<std::string> proofs_json(const store::Store& store, std::string_view after,
                                std::size_t limit);

// Erases whom `body` names and answers {"erasures":[…]}, in that order. `context` outlives the
// call.
boost::asio::awaitable<Outcome, boost::asio::any_io_executor> forget_together(Context& context,
                                                                              std::string body);

}  // namespace passaparola::feed
