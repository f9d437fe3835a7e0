#include "tcp_gateway/command/authentication.h"

namespace kv::gateway {

bool Authenticate(CommandContext& ctx, absl::string_view user,
                  absl::string_view password) {
  const Password& expected = ctx.server().password;
  if (user != kDefaultUser ||
      (expected.required() && !expected.Matches(password))) {
    ctx.ReplyError(
        "WRONGPASS invalid username-password pair or user is disabled.");
    return false;
  }
  ctx.session().set_authenticated(true);
  return true;
}

}  // namespace kv::gateway
