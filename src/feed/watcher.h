// Who wants to know that there is something new.
#pragma once

namespace passaparola::feed {

class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void wake() = 0;  // from any thread; returns at once
};

}  // namespace passaparola::feed
