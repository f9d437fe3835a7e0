#ifndef FASTKV_TESTS_SERVER_RPC_MESSAGE_TEXT_H_
#define FASTKV_TESTS_SERVER_RPC_MESSAGE_TEXT_H_

#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace kv::test {

// The message that protobuf's text form describes.
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

}  // namespace kv::test

#endif  // FASTKV_TESTS_SERVER_RPC_MESSAGE_TEXT_H_
