#include "server/rpc/outgoing_message.h"

#include <string>
#include <utility>

#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/operation.pb.h"
#include "fastkv/v1/pipeline.pb.h"
#include "gtest/gtest.h"
#include "store/base/blob.h"
#include "tests/server/rpc/stream_driver.h"
#include "tests/testing/random.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

constexpr int kGetPath[] = {1, 1};  // results, get
constexpr int kResultPath[] = {1};

// The same response made by hand and by protobuf's classes.
TEST(OutgoingMessageTest, IsWhatProtobufWouldHaveWritten) {
  const uint64_t seed = test::SeedOr(20);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  test::Random random(seed);
  for (int round = 0; round < 300; ++round) {
    pb::PipelineResponse expected;
    OutgoingMessage message;
    const size_t results = random.Below(20);
    for (size_t i = 0; i < results; ++i) {
      pb::OperationResult* result = expected.add_results();
      if (random.OneIn(3)) {
        result->mutable_set()->set_version(random.Next());
        message.AppendMessage(kResultPath, *result);
        continue;
      }
      pb::GetResponse fields;
      if (random.OneIn(2)) fields.set_version(random.Next());
      *result->mutable_get() = fields;
      static constexpr size_t kSizes[] = {0,    1,    100,   127,   128,
                                          2047, 2048, 16383, 16384, 100'000};
      const std::string value = random.Bytes(random.OneOf(kSizes));
      result->mutable_get()->set_value(value);
      const auto blob = store::BlobRef::Adopt(store::Blob::New(value));
      message.AppendMessage(kGetPath, fields,
                            {pb::GetResponse::kValueFieldNumber, blob.view(),
                             random.OneIn(2) ? blob.get() : nullptr});
    }
    pb::PipelineResponse got;
    ASSERT_TRUE(got.ParseFromString(BytesOf(&message)));
    EXPECT_EQ(got.SerializeAsString(), expected.SerializeAsString());
  }
}

TEST(OutgoingMessageTest, ALongValueIsNotCopied) {
  const auto blob = store::BlobRef::Adopt(store::Blob::New(100'000, 100'000));
  OutgoingMessage message;
  message.AppendMessage({}, pb::ReadValueResponse(),
                        {2, blob.view().substr(10), blob.get()});
  ASSERT_EQ(message.pieces().size(), 2);
  EXPECT_EQ(message.pieces()[1].bytes.data(), blob.view().data() + 10);
  EXPECT_FALSE(blob.get()->unique());
  message.Clear();
  EXPECT_TRUE(blob.get()->unique());
}

TEST(OutgoingMessageTest, MovesWithItsBytes) {
  OutgoingMessage message;
  pb::GetResponse fields;
  fields.set_value("v");
  message.AppendMessage({}, fields);
  OutgoingMessage other = std::move(message);
  EXPECT_EQ(BytesOf(&other), fields.SerializeAsString());
}

}  // namespace
}  // namespace kv::server
