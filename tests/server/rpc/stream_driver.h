#ifndef FASTKV_TESTS_SERVER_RPC_STREAM_DRIVER_H_
#define FASTKV_TESTS_SERVER_RPC_STREAM_DRIVER_H_

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message_lite.h"
#include "gtest/gtest.h"
#include "server/rpc/outgoing_message.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/stream_handler.h"
#include "store/base/time.h"

namespace kv::server {

inline std::string BytesOf(OutgoingMessage* message) {
  std::string bytes;
  for (const OutgoingMessage::Piece& piece : message->pieces()) {
    bytes.append(piece.bytes.data(), piece.bytes.size());
  }
  EXPECT_EQ(bytes.size(), message->size());
  return bytes;
}

// StreamDriver: a transport for one stream, which the test plays.
template <typename Response>
class StreamDriver {
 public:
  using Next = StreamHandler::Next;

  explicit StreamDriver(StreamHandler* handler) : handler_(*handler) {}

  // What is done between two steps of the stream.
  std::function<void()> between = [] {};
  // How the message is cut when it arrives; -1: not at all.
  int block_size = -1;

  // Hands a message over, and does what the handler asks for until it waits
  // for another one or has ended.
  void Send(const google::protobuf::MessageLite& message) {
    SendBytes(message.SerializeAsString());
  }
  void SendBytes(const std::string& bytes) {
    ASSERT_FALSE(ended);
    google::protobuf::io::ArrayInputStream input(
        bytes.data(), static_cast<int>(bytes.size()), block_size);
    StreamHandler::Turn turn;
    const Next next = handler_.Receive(now, &input, bytes.size(), &turn);
    Do(next, &turn);
  }
  void SendEnd() {
    ASSERT_FALSE(ended);
    StreamHandler::Turn turn;
    const Next next = handler_.ReceiveEnd(now, &turn);
    Do(next, &turn);
  }

  store::TimeMs now = 1'000'000;
  std::vector<Response> received;
  std::vector<size_t> sizes;  // of the messages received
  size_t pauses = 0;
  bool ended = false;
  RpcStatus status;  // of the end

 private:
  void Do(Next next, StreamHandler::Turn* turn) {
    while (true) {
      switch (next) {
        case Next::kSend:
        case Next::kSendLast: {
          const std::string bytes = BytesOf(&turn->message);
          sizes.push_back(bytes.size());
          ASSERT_TRUE(received.emplace_back().ParseFromString(bytes));
          if (next == Next::kSendLast) {
            ended = true;
            return;
          }
          break;
        }
        case Next::kPause:
          ++pauses;
          break;
        case Next::kEnd:
          status = turn->status;
          ended = true;
          return;
        case Next::kReceive:
        case Next::kRest:
        case Next::kStop:
          return;
      }
      between();
      *turn = {};
      next = handler_.Resume(now, turn);
    }
  }

  StreamHandler& handler_;
};

}  // namespace kv::server

#endif  // FASTKV_TESTS_SERVER_RPC_STREAM_DRIVER_H_
