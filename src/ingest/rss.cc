#include "ingest/rss.h"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "core/fold.h"
#include "core/limits.h"
#include "ingest/feed_item.h"
#include "ingest/text_encoding.h"

namespace passaparola::ingest {
namespace {

// Between the namespace and the name of an element; no XML document can contain it.
constexpr char kSeparator = '\x1F';

enum class Vocabulary { rss, rdf, atom, dublin_core, content, app_store, other };

struct Name {
  Vocabulary vocabulary = Vocabulary::rss;
  std::string_view local;
};

Vocabulary vocabulary_of(std::string_view space) {
  if (space == "http://www.w3.org/2005/Atom" || space == "http://purl.org/atom/ns#") {
    return Vocabulary::atom;
  }
  if (space == "http://purl.org/dc/elements/1.1/") return Vocabulary::dublin_core;
  if (space == "http://purl.org/rss/1.0/modules/content/") return Vocabulary::content;
  if (space == "http://www.w3.org/1999/02/22-rdf-syntax-ns#") return Vocabulary::rdf;
  if (space == "http://itunes.apple.com/rss") return Vocabulary::app_store;
  // The versions of RSS gave their own elements different namespaces or none.
  if (space == "http://purl.org/rss/1.0/" || space == "http://backend.userland.com/rss2" ||
      space == "http://my.netscape.com/rdf/simple/0.9/" ||
      space == "http://blogs.law.harvard.edu/tech/rss") {
    return Vocabulary::rss;
  }
  return Vocabulary::other;
}

Name split(std::string_view name) {
  const std::size_t at = name.find(kSeparator);
  if (at == std::string_view::npos) return {Vocabulary::rss, name};
  return {vocabulary_of(name.substr(0, at)), name.substr(at + 1)};
}

std::string_view attribute(const XML_Char** attributes, std::string_view name) {
  for (; *attributes != nullptr; attributes += 2) {
    if (attributes[0] == name) return attributes[1];
  }
  return {};
}

void append_escaped(std::string_view text, std::string& to) {
  for (const char c : text) {
    if (c == '<') {
      to += "&lt;";
    } else if (c == '>') {
      to += "&gt;";
    } else if (c == '&') {
      to += "&amp;";
    } else if (c == '"') {
      to += "&quot;";
    } else {
      to += c;
    }
  }
}

class FeedReader {
 public:
  explicit FeedReader(RecordSink& sink)
      : sink_(sink), parser_(XML_ParserCreateNS("UTF-8", kSeparator), &XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(),
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          static_cast<FeedReader*>(self)->start(split(name), attributes);
        },
        [](void* self, const XML_Char* name) { static_cast<FeedReader*>(self)->end(split(name)); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const XML_Char* text, int length) {
      static_cast<FeedReader*>(self)->characters({text, static_cast<std::size_t>(length)});
    });
    XML_SetStartDoctypeDeclHandler(
        parser_.get(), [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          static_cast<FeedReader*>(self)->stop(RejectReason::doctype_refused);
        });
  }

  void read(std::string_view document) {
    const auto size = static_cast<int>(document.size());
    if (XML_Parse(parser_.get(), document.data(), size, XML_TRUE) == XML_STATUS_OK) return;
    RejectReason reason = RejectReason::invalid_xml;
    if (stopped_) {
      reason = *stopped_;
    } else if (!is_valid_utf8(document)) {
      reason = RejectReason::invalid_utf8;
    }
    sink_.at_line(XML_GetCurrentLineNumber(parser_.get()));
    sink_.reject(reason);
  }

 private:
  void stop(RejectReason reason) {
    if (!stopped_) stopped_ = reason;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void start(Name name, const XML_Char** attributes) {
    if (++depth_ > kMaxXmlDepth) return stop(RejectReason::too_deep);
    if (depth_ == 1) return start_root(name, attributes);
    if (target_ != nullptr) return start_markup(name, attributes);
    const bool item = (name.vocabulary == Vocabulary::rss && name.local == "item") ||
                      (name.vocabulary == Vocabulary::atom && name.local == "entry");
    if (item_depth_ == 0 && item) {
      in_entry_ = name.vocabulary == Vocabulary::atom;
      return start_item(attributes);
    }
    if (item_depth_ == 0) return start_feed_part(name);
    if (depth_ == item_depth_ + 1) return start_item_part(name, attributes);
    if (depth_ == item_depth_ + 2 && in_author_) return start_author_part(name.local);
  }

  void start_author_part(std::string_view local) {
    if (local == "name") capture(item_.creator);
    if (local == "uri") capture(item_.account);
  }

  void start_root(Name name, const XML_Char** attributes) {
    const bool known = (name.vocabulary == Vocabulary::rss && name.local == "rss") ||
                       (name.vocabulary == Vocabulary::rdf && name.local == "RDF") ||
                       (name.vocabulary == Vocabulary::atom && name.local == "feed");
    if (!known) return stop(RejectReason::unknown_format);
    constexpr std::string_view kLanguage = "http://www.w3.org/XML/1998/namespace\x1Flang";
    defaults_.language = attribute(attributes, kLanguage);
  }

  void start_item(const XML_Char** attributes) {
    item_depth_ = depth_;
    item_.clear();
    item_.line = XML_GetCurrentLineNumber(parser_.get());
    about_ = attribute(attributes,
                       "http://www.w3.org/1999/02/22-rdf-syntax-ns#\x1F"
                       "about");
  }

  void start_feed_part(Name name) {
    // Feeds keep their own fields at depth 2 (Atom) or 3 (RSS, below channel).
    if (depth_ > 3) return;
    const std::string_view local = name.local;
    if (name.vocabulary == Vocabulary::dublin_core) {
      if (local == "date") capture(defaults_.time);
      if (local == "language") capture(defaults_.language);
    } else if (name.vocabulary == Vocabulary::rss) {
      if (local == "pubDate" || local == "lastBuildDate") capture(defaults_.time);
      if (local == "language") capture(defaults_.language);
    } else if (name.vocabulary == Vocabulary::atom) {
      if (local == "updated" || local == "modified") capture(defaults_.time);
      if (local == "id") capture(defaults_.id);
    }
  }

  void start_item_part(Name name, const XML_Char** attributes) {
    const std::string_view local = name.local;
    switch (name.vocabulary) {
      case Vocabulary::rss:
        if (local == "guid") capture(item_.id);
        if (local == "link") capture(item_.link);
        if (local == "author") capture(item_.mailbox);
        if (local == "pubDate") capture(item_.published);
        if (local == "title") capture(item_.title.value);
        if (local == "description") capture(item_.summary.value);
        break;
      case Vocabulary::atom:
        start_entry_part(local, attributes);
        break;
      case Vocabulary::dublin_core:
        if (local == "creator") capture(item_.creator);
        if (local == "date") capture(item_.updated);
        break;
      case Vocabulary::content:
        if (local == "encoded") capture(item_.content.value);
        break;
      case Vocabulary::app_store:
        if (in_entry_ && local == "rating") capture(item_.rating);
        if (in_entry_ && local == "voteSum") capture(item_.votes);
        break;
      default:
        break;
    }
  }

  void start_entry_part(std::string_view local, const XML_Char** attributes) {
    if (local == "id") capture(item_.id);
    if (local == "published" || local == "issued" || local == "created") capture(item_.published);
    if (local == "updated" || local == "modified") capture(item_.updated);
    if (local == "title") capture_text(item_.title, attributes);
    if (local == "summary") capture_text(item_.summary, attributes);
    if (local == "content") capture_text(item_.content, attributes);
    in_author_ = local == "author";
    if (local == "link") start_link(attributes);
  }

  void start_link(const XML_Char** attributes) {
    const std::string_view relation = attribute(attributes, "rel");
    const bool alternate = relation.empty() || relation == "alternate";
    if (!alternate && relation != "related") return;
    std::string& to = alternate ? item_.link : item_.related;
    if (to.empty()) to = attribute(attributes, "href");
  }

  // Of an element that is there twice the first counts.
  void capture(std::string& to) {
    if (!to.empty()) return;
    target_ = &to;
    target_depth_ = depth_;
    markup_ = false;
  }

  void capture_text(FeedText& to, const XML_Char** attributes) {
    if (!to.value.empty()) return;
    const std::string_view type = attribute(attributes, "type");
    capture(to.value);
    markup_ = type == "xhtml" || type == "application/xhtml+xml";
    to.plain = !markup_ && type != "html" && type != "text/html";
  }

  // Elements inside of a text are HTML written as XML; elsewhere they mean nothing.
  void start_markup(Name name, const XML_Char** attributes) {
    if (!markup_) return;
    target_->append("<").append(name.local);
    for (const std::string_view kept : {"href", "class", "rel"}) {
      const std::string_view value = attribute(attributes, kept);
      if (value.empty()) continue;
      target_->append(" ").append(kept).append("=\"");
      append_escaped(value, *target_);
      target_->append("\"");
    }
    target_->append(">");
  }

  void end(Name name) {
    if (target_ != nullptr && depth_ == target_depth_) {
      target_ = nullptr;
    } else if (target_ != nullptr && markup_) {
      target_->append("</").append(name.local).append(">");
    }
    if (depth_ == item_depth_) {
      if (item_.id.empty() && item_.link.empty()) item_.id = about_;
      finish_item(item_, defaults_, sink_);
      item_depth_ = 0;
    } else if (depth_ == item_depth_ + 1) {
      in_author_ = false;
    }
    --depth_;
  }

  void characters(std::string_view text) {
    if (target_ == nullptr) return;
    if (markup_) {
      append_escaped(text, *target_);
    } else {
      target_->append(text);
    }
  }

  RecordSink& sink_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::optional<RejectReason> stopped_;
  FeedItem item_;
  FeedDefaults defaults_;
  std::string about_;  // rdf:about of the item
  std::size_t depth_ = 0;
  std::size_t item_depth_ = 0;  // of the open item; 0 when none is
  bool in_entry_ = false;       // the item is one of Atom
  bool in_author_ = false;
  std::string* target_ = nullptr;  // where character data goes
  std::size_t target_depth_ = 0;
  bool markup_ = false;  // the target takes elements too, as HTML
};

}  // namespace

void decode_rss(std::string_view document, RecordSink& sink) {
  if (document.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  if (document.size() > kMaxDocumentBytes) return sink.reject(RejectReason::record_too_long);
  std::string buffer;
  const auto text = xml_as_utf8(document, buffer);
  if (!text) return sink.reject(RejectReason::invalid_xml);
  FeedReader(sink).read(*text);
}

}  // namespace passaparola::ingest
