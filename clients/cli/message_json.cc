#include "clients/cli/message_json.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "clients/cli/json_bytes.h"
#include "clients/cpp/status.h"
#include "google/protobuf/descriptor.h"

namespace kv::cli {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

Json MessageJson(const Message& message);

// VALUE_TYPE_SORTED_SET as "sorted_set": the names of an enum share the words
// that its first one ends in UNSPECIFIED with.
std::string EnumName(const EnumValueDescriptor& value) {
  absl::string_view prefix = value.type()->value(0)->name();
  absl::ConsumeSuffix(&prefix, "UNSPECIFIED");
  return absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix));
}

// The i-th value of a field, or its only one if i is negative.
Json ValueJson(const Message& message, const FieldDescriptor* field, int i) {
  const Reflection& read = *message.GetReflection();
  const bool one = i < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return one ? read.GetBool(message, field)
                 : read.GetRepeatedBool(message, field, i);
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? read.GetInt32(message, field)
                 : read.GetRepeatedInt32(message, field, i);
    case FieldDescriptor::CPPTYPE_INT64:
      return one ? read.GetInt64(message, field)
                 : read.GetRepeatedInt64(message, field, i);
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? read.GetUInt32(message, field)
                 : read.GetRepeatedUInt32(message, field, i);
    case FieldDescriptor::CPPTYPE_UINT64:
      return one ? read.GetUInt64(message, field)
                 : read.GetRepeatedUInt64(message, field, i);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return NumberJson(one ? read.GetFloat(message, field)
                            : read.GetRepeatedFloat(message, field, i));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return NumberJson(one ? read.GetDouble(message, field)
                            : read.GetRepeatedDouble(message, field, i));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumName(one ? *read.GetEnum(message, field)
                          : *read.GetRepeatedEnum(message, field, i));
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? read.GetString(message, field)
                 : read.GetRepeatedString(message, field, i);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageJson(one ? read.GetMessage(message, field)
                             : read.GetRepeatedMessage(message, field, i));
  }
  return nullptr;
}

void PutField(const Message& message, const FieldDescriptor* field,
              Json* object) {
  const Reflection& read = *message.GetReflection();
  if (field->is_repeated()) {
    Json values = Json::array();
    for (int i = 0; i < read.FieldSize(message, field); ++i) {
      Json value = ValueJson(message, field, i);
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        Json wrapped;
        PutBytes("bytes", value.get<std::string>(), &wrapped);
        value = std::move(wrapped);
      }
      values.push_back(std::move(value));
    }
    (*object)[field->name()] = std::move(values);
  } else if (field->has_presence() && !read.HasField(message, field)) {
    if (field->real_containing_oneof() == nullptr) {
      (*object)[field->name()] = nullptr;
    }
  } else if (field->type() == FieldDescriptor::TYPE_BYTES) {
    PutBytes(field->name(), read.GetString(message, field), object);
  } else {
    (*object)[field->name()] = ValueJson(message, field, -1);
  }
}

Json MessageJson(const Message& message) {
  Json object = Json::object();
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    PutField(message, type->field(i), &object);
  }
  return object;
}

}  // namespace

std::string ToJson(const Message& message) {
  return MessageJson(message).dump();
}

std::string ToJson(const fastkv::v1::OperationResult& result) {
  const FieldDescriptor* answer =
      result.GetReflection()->GetOneofFieldDescriptor(
          result, result.GetDescriptor()->oneof_decl(0));
  if (answer == nullptr) return "{}";
  return ToJson(result.GetReflection()->GetMessage(result, answer));
}

std::string ToJson(const absl::Status& error) {
  Json object;
  Json& body = object["error"];
  body["code"] = absl::StatusCodeToString(error.code());
  body["reason"] = fastkv::ReasonNameOf(error);
  PutBytes("message", error.message(), &body);
  return object.dump();
}

}  // namespace kv::cli
