#ifndef FASTKV_TESTS_TESTING_COMMAND_TEST_H_
#define FASTKV_TESTS_TESTING_COMMAND_TEST_H_

#include "gtest/gtest.h"
#include "tests/testing/command_client.h"

namespace kv::testing {

// CommandTest: an empty server and a client of it.
class CommandTest : public ::testing::Test {
 protected:
  CommandServer server_;
  CommandClient client_{server_};
};

}  // namespace kv::testing

#endif  // FASTKV_TESTS_TESTING_COMMAND_TEST_H_
