// The machine's own file system does what tests with another one rely on.

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/durable/file_system.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

// On a disk, and in memory, where many kernels cannot bypass the cache.
class PosixFileSystemTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(GetParam(), "/posix_file_system_test.", getpid());
    auto file = files_.Create(path_);
    ASSERT_TRUE(file.ok()) << file.status();
    file_ = *std::move(file);
  }

  void TearDown() override { EXPECT_TRUE(files_.Remove(path_).ok()); }

  absl::Status Append(std::vector<absl::string_view> pieces) {
    return file_->Append(pieces);
  }

  std::string Content() {
    const auto file = files_.Open(path_);
    if (!file.ok()) return std::string(file.status().message());
    std::string content((*file)->size(), '?');
    EXPECT_EQ(*(*file)->Read(0, content.size(), content.data()),
              content.size());
    return content;
  }

  FileSystem& files_ = FileSystem::Posix();
  std::string path_;
  std::unique_ptr<OutputFile> file_;
};

TEST_P(PosixFileSystemTest, AppendsOverwriteRoomAndGoOnBehindIt) {
  ASSERT_TRUE(Append({"head"}).ok());
  file_->MakeRoom(6);
  EXPECT_EQ(Content(), absl::StrCat("head", std::string(6, '\0')));
  ASSERT_TRUE(Append({"a", "", "bc"}).ok());
  EXPECT_EQ(Content(), absl::StrCat("headabc", std::string(3, '\0')));
  ASSERT_TRUE(Append({"defgh"}).ok());
  EXPECT_EQ(Content(), "headabcdefgh");
  ASSERT_TRUE(file_->Sync().ok());
}

TEST_P(PosixFileSystemTest, RoomIsCountedFromWhatWasAppended) {
  ASSERT_TRUE(Append({"head"}).ok());
  file_->MakeRoom(10);
  ASSERT_TRUE(Append({"tail"}).ok());
  file_->MakeRoom(2);  // is there
  EXPECT_EQ(Content().size(), 14u);
  file_->MakeRoom(200'000);
  EXPECT_EQ(Content(), absl::StrCat("headtail", std::string(200'000, '\0')));
}

TEST_P(PosixFileSystemTest, RoomIsCutOffAndMadeAgain) {
  ASSERT_TRUE(Append({"head"}).ok());
  ASSERT_TRUE(file_->CutRoom().ok());
  file_->MakeRoom(10);
  ASSERT_TRUE(Append({"tail"}).ok());
  ASSERT_TRUE(file_->CutRoom().ok());
  EXPECT_EQ(Content(), "headtail");
  file_->MakeRoom(1);
  EXPECT_EQ(Content().size(), 9u);
  ASSERT_TRUE(Append({"more"}).ok());
  EXPECT_EQ(Content(), "headtailmore");
}

// Durable appends of every kind: behind the room, into room that is not durable
// yet, within a block, up to its end and over it, longer than what bypasses the
// cache, and all of that between plain ones.
TEST_P(PosixFileSystemTest, WhatIsAppendedEitherWayIsThereInItsOrder) {
  test::Random random(17);
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const size_t size = random.OneIn(20)  ? 100'000 + random.Below(100'000)
                        : random.OneIn(3) ? 4096 - expected.size() % 4096
                                          : random.Below(9000);
    const std::string bytes = random.Bytes(size);
    const size_t cut = random.Below(size + 1);
    const std::vector<absl::string_view> pieces = {
        absl::string_view(bytes).substr(0, cut),
        absl::string_view(bytes).substr(cut)};
    if (random.OneIn(8)) file_->MakeRoom(random.Below(100'000));
    if (random.OneIn(8)) {
      ASSERT_TRUE(file_->Sync().ok());
    }
    if (random.OneIn(30)) {
      ASSERT_TRUE(file_->CutRoom().ok());
    }
    const absl::Status status =
        random.OneIn(4) ? file_->Append(pieces) : file_->AppendDurably(pieces);
    ASSERT_TRUE(status.ok()) << status;
    expected += bytes;
    const std::string content = Content();
    ASSERT_TRUE(absl::StartsWith(content, expected)) << i;
    ASSERT_EQ(content.find_first_not_of('\0', expected.size()),
              std::string::npos)
        << i;
  }
  ASSERT_TRUE(file_->CutRoom().ok());
  EXPECT_EQ(Content(), expected);
}

INSTANTIATE_TEST_SUITE_P(Directories, PosixFileSystemTest,
                         testing::Values(testing::TempDir(), "/dev/shm"));

}  // namespace
}  // namespace kv::store
