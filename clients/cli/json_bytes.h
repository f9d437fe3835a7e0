#ifndef FASTKV_CLIENTS_CLI_JSON_BYTES_H_
#define FASTKV_CLIENTS_CLI_JSON_BYTES_H_

#include <cmath>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "clients/cli/text.h"
#include "nlohmann/json.hpp"

// What JSON has no form for: bytes, and numbers that are not finite.
namespace kv::cli {

using Json = nlohmann::ordered_json;

// Puts bytes into an object, under `name` or, where they are not UTF-8, as
// base64 under `name`_base64.
inline void PutBytes(absl::string_view name, absl::string_view bytes,
                     Json* object) {
  if (IsUtf8(bytes)) {
    (*object)[std::string(name)] = std::string(bytes);
  } else {
    (*object)[absl::StrCat(name, "_base64")] = absl::Base64Escape(bytes);
  }
}

inline Json NumberJson(double number) {
  if (std::isfinite(number)) return number;
  if (std::isnan(number)) return "nan";
  return number > 0 ? "inf" : "-inf";
}

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_JSON_BYTES_H_
