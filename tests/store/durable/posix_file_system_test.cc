// The machine's own file system does what tests with another one rely on.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/durable/file_system.h"

namespace kv::store {
namespace {

class PosixFileSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(
        testing::TempDir(), "/",
        testing::UnitTest::GetInstance()->current_test_info()->name());
    auto file = files_.Create(path_);
    ASSERT_TRUE(file.ok()) << file.status();
    file_ = *std::move(file);
  }

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

TEST_F(PosixFileSystemTest, AppendsOverwriteRoomAndGoOnBehindIt) {
  ASSERT_TRUE(Append({"head"}).ok());
  file_->MakeRoom(6);
  EXPECT_EQ(Content(), absl::StrCat("head", std::string(6, '\0')));
  ASSERT_TRUE(Append({"a", "", "bc"}).ok());
  EXPECT_EQ(Content(), absl::StrCat("headabc", std::string(3, '\0')));
  ASSERT_TRUE(Append({"defgh"}).ok());
  EXPECT_EQ(Content(), "headabcdefgh");
  ASSERT_TRUE(file_->Sync().ok());
}

TEST_F(PosixFileSystemTest, RoomIsCountedFromWhatWasAppended) {
  ASSERT_TRUE(Append({"head"}).ok());
  file_->MakeRoom(10);
  ASSERT_TRUE(Append({"tail"}).ok());
  file_->MakeRoom(2);  // is there
  EXPECT_EQ(Content().size(), 14u);
  file_->MakeRoom(200'000);
  EXPECT_EQ(Content(), absl::StrCat("headtail", std::string(200'000, '\0')));
}

TEST_F(PosixFileSystemTest, RoomIsCutOffAndMadeAgain) {
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

}  // namespace
}  // namespace kv::store
