#ifndef FASTKV_TCP_GATEWAY_COMMAND_SORTED_SET_POP_H_
#define FASTKV_TCP_GATEWAY_COMMAND_SORTED_SET_POP_H_

#include <cstddef>

#include "store/base/key.h"
#include "store/sorted_set_range.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/wire/reply_writer.h"

// What the commands that pop have in common, those that wait included.
namespace kv::gateway {

struct PopWords {
  store::sorted_sets::End end = store::sorted_sets::End::kLowest;
  size_t count = 1;
};

// Reads "MIN | MAX [COUNT count]" to the last argument.
PopWords ReadPopWords(ArgReader& args);

// The key and its popped members in pairs, in every protocol.
void ReplyPopped(ReplyWriter& reply, const store::Key& key,
                 const store::sorted_sets::MemberRange& popped);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_SORTED_SET_POP_H_
