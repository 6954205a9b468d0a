// The sources of a running server: what they read goes the way of all posts.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connect/connect.h"
#include "pipeline/intake.h"
#include "pipeline/writer.h"
#include "store/store.h"

namespace passaparola::app {

class LiveSources {
 public:
  // All three outlive it. Reads nothing before start().
  LiveSources(pipeline::Intake& intake, pipeline::Writer& writer, const store::Store& store)
      : intake_(intake), writer_(writer), store_(store) {}

  // `wanted`: what platforms are asked for that only send what they are asked for; called from the
  // thread of the sources until stop(). Errors: those of connect::Sources::start().
  Result<void> start(const std::vector<connect::SourceConfig>& configs,
                     std::function<std::vector<connect::Wanted>()> wanted);
  void stop();  // when it was started

  // Body of GET /sources: {"sources":[…]}, each with its state, rates, cursor and gaps. Any thread.
  std::string to_json() const;
  std::string metrics() const;  // Prometheus text; any thread

 private:
  std::vector<connect::SourceStatus> status() const;

  pipeline::Intake& intake_;
  pipeline::Writer& writer_;
  const store::Store& store_;
  mutable std::mutex mutex_;
  std::unique_ptr<connect::Sources> sources_;  // protected by mutex_
};

}  // namespace passaparola::app
