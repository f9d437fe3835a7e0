#include "store/reclaimer.h"

#include <chrono>
#include <utility>

namespace kv::store {
namespace {

// After so much work it rests. Shorter than a scheduler lets a thread run on
// while others wait for the core.
constexpr std::chrono::microseconds kWork{500};
constexpr std::chrono::microseconds kRest{1000};

}  // namespace

Reclaimer::Reclaimer() : thread_([this] { Run(); }) {}

Reclaimer::~Reclaimer() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Reclaimer::Push(Item item) {
  taken_.fetch_add(1, std::memory_order_relaxed);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    items_.push_front(std::move(item));
  }
  changed_.notify_all();
}

void Reclaimer::Drain() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return items_.empty() && !busy_; });
}

// The latest first, which is what the caches may still hold. With more than one
// waiting, or at the end, there is no rest.
void Reclaimer::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !items_.empty(); });
    if (items_.empty()) return;
    std::forward_list<Item> current;
    current.splice_after(current.before_begin(), items_, items_.before_begin());
    busy_ = true;
    for (bool more = true; more;) {
      lock.unlock();
      const auto end = std::chrono::steady_clock::now() + kWork;
      while (more && std::chrono::steady_clock::now() < end) {
        more = FreeSome(current.front());
      }
      if (!more) current.clear();
      lock.lock();
      if (more && !stopping_ && items_.empty()) {
        changed_.wait_for(lock, kRest,
                          [this] { return stopping_ || !items_.empty(); });
      }
    }
    busy_ = false;
    changed_.notify_all();
  }
}

bool Reclaimer::FreeSome(Item& item) {
  if (auto* set = std::get_if<SortedSet>(&item)) return set->ClearSome();
  auto& databases = std::get<std::forward_list<Database>>(item);
  if (!databases.empty()) databases.pop_front();
  return !databases.empty();
}

}  // namespace kv::store
