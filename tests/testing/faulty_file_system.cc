#include "tests/testing/faulty_file_system.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kv::test {
namespace {

// What a disk writes as a whole; small, so that small files have many.
constexpr size_t kBlockBytes = 16;

absl::Status NoPower() { return absl::InternalError("the power is off"); }

absl::Status NoFile(const std::string& path) {
  return absl::NotFoundError(absl::StrCat("cannot open ", path));
}

}  // namespace

void FaultyFileSystem::Write::CopyTo(std::string* to, size_t begin,
                                     size_t end) const {
  begin = std::max(begin, offset);
  end = std::min(end, offset + bytes.size());
  if (begin < end) {
    to->replace(begin, end - begin, bytes, begin - offset, end - begin);
  }
}

void FaultyFileSystem::File::Apply(const Write& write) {
  if (bytes.size() < write.offset + write.bytes.size()) {
    bytes.resize(write.offset + write.bytes.size());
  }
  bytes.replace(write.offset, write.bytes.size(), write.bytes);
  writes.push_back(write);
}

void FaultyFileSystem::File::Sync() {
  durable = bytes;
  writes.clear();
}

class FaultyFileSystem::Output final : public store::OutputFile {
 public:
  Output(FaultyFileSystem& disk, std::shared_ptr<File> file)
      : disk_(disk), file_(std::move(file)), boot_(disk.boot_) {}

  absl::Status Append(absl::Span<const absl::string_view> pieces) override {
    std::string bytes;
    for (const absl::string_view piece : pieces) absl::StrAppend(&bytes, piece);
    std::lock_guard<std::mutex> lock(disk_.mutex_);
    const size_t size = bytes.size();
    const absl::Status status = Write(end_, std::move(bytes));
    end_ += size;
    return status;
  }

  void MakeRoom(uint64_t bytes) override {
    std::lock_guard<std::mutex> lock(disk_.mutex_);
    const size_t size = file_->bytes.size();
    if (size >= end_ + bytes) return;
    Write(size, std::string(end_ + bytes - size, '\0')).IgnoreError();
  }

  absl::Status CutRoom() override {
    std::lock_guard<std::mutex> lock(disk_.mutex_);
    if (file_->bytes.size() == end_) return absl::OkStatus();
    bool failing = false;
    const bool works = Works(&failing);
    if (!works && (!failing || disk_.random_.OneIn(2))) return NoPower();
    if (disk_.syncs_fail_) return absl::InternalError("Input/output error");
    file_->bytes.resize(end_);
    file_->Sync();
    return works ? absl::OkStatus() : NoPower();
  }

  absl::Status Sync() override {
    std::unique_lock<std::mutex> lock(disk_.mutex_);
    disk_.syncs_allowed_.wait(
        lock, [this] { return !disk_.syncs_held_ || disk_.syncs_let_ > 0; });
    if (disk_.syncs_held_) --disk_.syncs_let_;
    if (!Works()) return NoPower();
    if (disk_.syncs_fail_) return absl::InternalError("Input/output error");
    file_->Sync();
    return absl::OkStatus();
  }

 private:
  absl::Status Write(size_t offset, std::string bytes) {
    bool failing = false;
    const bool works = Works(&failing);
    if (!works && !failing) return NoPower();
    // Only what makes the file longer needs space.
    const size_t there = file_->bytes.size() - offset;
    const uint64_t room =
        there + disk_.capacity_ - std::min(disk_.capacity_, disk_.used());
    const bool fits = bytes.size() <= room;
    if (!fits) bytes.resize(room);
    if (!works) bytes.resize(disk_.random_.Below(bytes.size() + 1));
    file_->Apply({offset, std::move(bytes)});
    if (!works) return NoPower();
    return fits ? absl::OkStatus()
                : absl::ResourceExhaustedError("No space left on device");
  }

  bool Works(bool* failing = nullptr) {
    return boot_ == disk_.boot_ && disk_.Step(failing);
  }

  FaultyFileSystem& disk_;
  const std::shared_ptr<File> file_;
  const uint64_t boot_;
  size_t end_ = 0;  // of what was appended
};

class FaultyFileSystem::Input final : public store::InputFile {
 public:
  explicit Input(std::string bytes) : bytes_(std::move(bytes)) {}

  uint64_t size() const override { return bytes_.size(); }

  absl::StatusOr<size_t> Read(uint64_t offset, size_t size, char* to) override {
    if (offset >= bytes_.size()) return size_t{0};
    return bytes_.copy(to, size, offset);
  }

 private:
  const std::string bytes_;
};

class FaultyFileSystem::HeldLock final : public store::FileLock {
 public:
  explicit HeldLock(FaultyFileSystem& disk) : disk_(disk) {}
  ~HeldLock() override {
    std::lock_guard<std::mutex> lock(disk_.mutex_);
    disk_.locked_ = false;
  }

 private:
  FaultyFileSystem& disk_;
};

uint64_t FaultyFileSystem::steps() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return steps_;
}

void FaultyFileSystem::FailPowerAt(uint64_t step) {
  std::lock_guard<std::mutex> lock(mutex_);
  fail_at_ = step;
}

bool FaultyFileSystem::has_power() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return power_;
}

void FaultyFileSystem::Restart() {
  std::lock_guard<std::mutex> lock(mutex_);
  const size_t kept = random_.Below(unsynced_changes_.size() + 1);
  for (size_t i = 0; i < kept; ++i) unsynced_changes_[i](durable_names_);
  unsynced_changes_.clear();
  names_ = durable_names_;
  for (auto& [name, file] : names_) {
    file->bytes = Torn(*file);
    file->Sync();
  }
  ++boot_;
  power_ = true;
  fail_at_ = 0;
}

void FaultyFileSystem::FailSyncs() {
  std::lock_guard<std::mutex> lock(mutex_);
  syncs_fail_ = true;
}

void FaultyFileSystem::HoldSyncs(bool hold) {
  std::lock_guard<std::mutex> lock(mutex_);
  syncs_held_ = hold;
  syncs_let_ = 0;
  syncs_allowed_.notify_all();
}

void FaultyFileSystem::LetOneSync() {
  std::lock_guard<std::mutex> lock(mutex_);
  ++syncs_let_;
  syncs_allowed_.notify_one();
}

void FaultyFileSystem::SetCapacity(uint64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  capacity_ = bytes;
}

FaultyFileSystem::Files FaultyFileSystem::files() const {
  std::lock_guard<std::mutex> lock(mutex_);
  Files files;
  for (const auto& [name, file] : names_) files[name] = file->bytes;
  return files;
}

void FaultyFileSystem::SetFiles(const Files& files) {
  std::lock_guard<std::mutex> lock(mutex_);
  names_.clear();
  for (const auto& [name, bytes] : files) {
    names_[name] = std::make_shared<File>(File{bytes, bytes, {}});
  }
  durable_names_ = names_;
  unsynced_changes_.clear();
}

absl::Status FaultyFileSystem::MakeDirectory(const std::string&) {
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FaultyFileSystem::List(
    const std::string& directory) {
  std::lock_guard<std::mutex> lock(mutex_);
  const std::string prefix = directory + "/";
  std::vector<std::string> names;
  for (const auto& [name, file] : names_) {
    if (absl::StartsWith(name, prefix)) {
      names.push_back(name.substr(prefix.size()));
    }
  }
  return names;
}

absl::StatusOr<std::unique_ptr<store::OutputFile>> FaultyFileSystem::Create(
    const std::string& path) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!Step()) return NoPower();
  const auto file = std::make_shared<File>();
  ChangeNames([path, file](Names& names) { names[path] = file; });
  return std::make_unique<Output>(*this, file);
}

absl::StatusOr<std::unique_ptr<store::InputFile>> FaultyFileSystem::Open(
    const std::string& path) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end()) return NoFile(path);
  return std::make_unique<Input>(found->second->bytes);
}

absl::Status FaultyFileSystem::Rename(const std::string& from,
                                      const std::string& to) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!Step()) return NoPower();
  if (names_.count(from) == 0) return NoFile(from);
  ChangeNames([from, to](Names& names) {
    names[to] = names[from];
    names.erase(from);
  });
  return absl::OkStatus();
}

absl::Status FaultyFileSystem::Remove(const std::string& path) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!Step()) return NoPower();
  if (names_.count(path) == 0) return NoFile(path);
  ChangeNames([path](Names& names) { names.erase(path); });
  return absl::OkStatus();
}

absl::Status FaultyFileSystem::Truncate(const std::string& path,
                                        uint64_t size) {
  std::lock_guard<std::mutex> lock(mutex_);
  bool failing = false;
  const bool works = Step(&failing);
  if (!works && !failing) return NoPower();
  const auto found = names_.find(path);
  if (found == names_.end()) return NoFile(path);
  File& file = *found->second;
  if (!works && random_.OneIn(2)) return NoPower();
  file.bytes.resize(size);
  file.Sync();
  return works ? absl::OkStatus() : NoPower();
}

absl::Status FaultyFileSystem::SyncDirectory(const std::string&) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!Step()) return NoPower();
  durable_names_ = names_;
  unsynced_changes_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<store::FileLock>> FaultyFileSystem::Lock(
    const std::string& path) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (locked_) {
    return absl::UnavailableError(absl::StrCat("another has ", path));
  }
  locked_ = true;
  return std::make_unique<HeldLock>(*this);
}

bool FaultyFileSystem::Step(bool* failing) {
  if (!power_) return false;
  ++steps_;
  if (steps_ != fail_at_) return true;
  power_ = false;
  if (failing != nullptr) *failing = true;
  return false;
}

std::string FaultyFileSystem::Torn(const File& file) {
  const size_t durable = file.durable.size();
  const size_t size = std::max(file.bytes.size(), durable);
  std::string torn = file.durable;
  torn.resize(durable + random_.Below(size - durable + 1));
  for (size_t at = 0; at < torn.size(); at += kBlockBytes) {
    const size_t end = std::min(at + kBlockBytes, torn.size());
    const size_t done = random_.Below(file.writes.size() + 1);
    for (size_t i = 0; i < done; ++i) file.writes[i].CopyTo(&torn, at, end);
    // What the disk had there before the file did.
    if (end <= durable || !random_.OneIn(4)) continue;
    const size_t begin = std::max(at, durable);
    torn.replace(begin, end - begin,
                 random_.OneIn(2) ? std::string(end - begin, '\0')
                                  : random_.Bytes(end - begin));
  }
  return torn;
}

void FaultyFileSystem::ChangeNames(Change change) {
  change(names_);
  unsynced_changes_.push_back(std::move(change));
}

uint64_t FaultyFileSystem::used() const {
  uint64_t used = 0;
  for (const auto& [name, file] : names_) used += file->bytes.size();
  return used;
}

}  // namespace kv::test
