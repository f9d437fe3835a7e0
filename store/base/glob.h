#ifndef FASTKV_STORE_BASE_GLOB_H_
#define FASTKV_STORE_BASE_GLOB_H_

#include "absl/strings/string_view.h"

namespace kv::store {

// Whether `text` matches the glob `pattern`: '*', '?', '[abc]', '[^a]',
// '[a-z]', and '\' before a character that stands for itself, byte by byte.
// Time is at most O(|pattern| * |text|), whatever the number of stars.
bool GlobMatches(absl::string_view pattern, absl::string_view text);

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_GLOB_H_
