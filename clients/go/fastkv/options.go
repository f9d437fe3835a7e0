package fastkv

import (
	"time"

	pb "github.com/fastkv/fastkv/clients/go/fastkv/v1"
)

// SetOption is an option of Set. Of options that exclude each other the last one holds.
type SetOption interface{ applySet(*pb.SetRequest) }

// BatchSetOption is an option of BatchSet.
type BatchSetOption interface{ applyBatchSet(*pb.BatchSetEntry) }

// WriteOption is an option of WriteValue.
type WriteOption interface{ applyWrite(*pb.WriteValueHeader) }

// DeleteOption is an option of Delete.
type DeleteOption interface{ applyDelete(*pb.DeleteRequest) }

// ExpireWhen is when Expire makes a key expire.
type ExpireWhen interface{ applyExpire(*pb.ExpireRequest) }

// ExpiryOption is when an entry expires.
type ExpiryOption interface {
	SetOption
	BatchSetOption
	WriteOption
	ExpireWhen
}

// EntryOption is an option of every call that makes an entry.
type EntryOption interface {
	SetOption
	BatchSetOption
	WriteOption
}

// WriteCondition is a condition of Set and WriteValue.
type WriteCondition interface {
	SetOption
	WriteOption
}

// VersionCondition is a condition of Set, WriteValue and Delete.
type VersionCondition interface {
	SetOption
	WriteOption
	DeleteOption
}

// ChangeOption is an option of Set and Delete.
type ChangeOption interface {
	SetOption
	DeleteOption
}

type ttl int64

// TTL makes an entry expire after a duration, rounded up to milliseconds.
func TTL(duration time.Duration) ExpiryOption {
	return ttl((duration + time.Millisecond - 1) / time.Millisecond)
}

func (o ttl) applySet(r *pb.SetRequest)         { r.Expiry = &pb.SetRequest_TtlMs{TtlMs: int64(o)} }
func (o ttl) applyBatchSet(e *pb.BatchSetEntry) { e.Expiry = &pb.BatchSetEntry_TtlMs{TtlMs: int64(o)} }
func (o ttl) applyWrite(h *pb.WriteValueHeader) {
	h.Expiry = &pb.WriteValueHeader_TtlMs{TtlMs: int64(o)}
}
func (o ttl) applyExpire(r *pb.ExpireRequest) { r.Expiry = &pb.ExpireRequest_TtlMs{TtlMs: int64(o)} }

type expireAt int64

// ExpireAt makes an entry expire at a time.
func ExpireAt(time time.Time) ExpiryOption { return expireAt(time.UnixMilli()) }

func (o expireAt) applySet(r *pb.SetRequest) {
	r.Expiry = &pb.SetRequest_ExpireTimeMs{ExpireTimeMs: int64(o)}
}
func (o expireAt) applyBatchSet(e *pb.BatchSetEntry) {
	e.Expiry = &pb.BatchSetEntry_ExpireTimeMs{ExpireTimeMs: int64(o)}
}
func (o expireAt) applyWrite(h *pb.WriteValueHeader) {
	h.Expiry = &pb.WriteValueHeader_ExpireTimeMs{ExpireTimeMs: int64(o)}
}
func (o expireAt) applyExpire(r *pb.ExpireRequest) {
	r.Expiry = &pb.ExpireRequest_ExpireTimeMs{ExpireTimeMs: int64(o)}
}

type keepExpiry struct{}

// KeepExpiry leaves an entry the expiry that it has.
func KeepExpiry() EntryOption { return keepExpiry{} }

func (keepExpiry) applySet(r *pb.SetRequest) {
	r.Expiry = &pb.SetRequest_KeepExpiry{KeepExpiry: true}
}
func (keepExpiry) applyBatchSet(e *pb.BatchSetEntry) {
	e.Expiry = &pb.BatchSetEntry_KeepExpiry{KeepExpiry: true}
}
func (keepExpiry) applyWrite(h *pb.WriteValueHeader) {
	h.Expiry = &pb.WriteValueHeader_KeepExpiry{KeepExpiry: true}
}

type mustExist struct{}

// MustExist is the condition that the key exists.
func MustExist() WriteCondition { return mustExist{} }

func (mustExist) applySet(r *pb.SetRequest) {
	r.Condition = &pb.SetRequest_MustExist{MustExist: true}
}
func (mustExist) applyWrite(h *pb.WriteValueHeader) {
	h.Condition = &pb.WriteValueHeader_MustExist{MustExist: true}
}

type mustNotExist struct{}

// MustNotExist is the condition that the key does not exist.
func MustNotExist() WriteCondition { return mustNotExist{} }

func (mustNotExist) applySet(r *pb.SetRequest) {
	r.Condition = &pb.SetRequest_MustNotExist{MustNotExist: true}
}
func (mustNotExist) applyWrite(h *pb.WriteValueHeader) {
	h.Condition = &pb.WriteValueHeader_MustNotExist{MustNotExist: true}
}

type versionEquals uint64

// VersionEquals is the condition that the entry has a version; 0: that there is none.
func VersionEquals(version uint64) VersionCondition { return versionEquals(version) }

func (o versionEquals) applySet(r *pb.SetRequest) {
	r.Condition = &pb.SetRequest_VersionEquals{VersionEquals: uint64(o)}
}
func (o versionEquals) applyWrite(h *pb.WriteValueHeader) {
	h.Condition = &pb.WriteValueHeader_VersionEquals{VersionEquals: uint64(o)}
}
func (o versionEquals) applyDelete(r *pb.DeleteRequest) {
	r.Condition = &pb.DeleteRequest_VersionEquals{VersionEquals: uint64(o)}
}

type valueEquals []byte

// ValueEquals is the condition that the key holds exactly this string.
func ValueEquals(value []byte) ChangeOption { return valueEquals(value) }

func (o valueEquals) applySet(r *pb.SetRequest) {
	r.Condition = &pb.SetRequest_ValueEquals{ValueEquals: o}
}
func (o valueEquals) applyDelete(r *pb.DeleteRequest) {
	r.Condition = &pb.DeleteRequest_ValueEquals{ValueEquals: o}
}

type returnPrevious struct{}

// ReturnPrevious asks for the value from before.
func ReturnPrevious() ChangeOption { return returnPrevious{} }

func (returnPrevious) applySet(r *pb.SetRequest)       { r.ReturnPrevious = true }
func (returnPrevious) applyDelete(r *pb.DeleteRequest) { r.ReturnPrevious = true }

// ExpireCondition is when Expire may replace an expiry.
type ExpireCondition = pb.ExpireCondition

// Conditions of Expire; no expiry counts as one that is infinitely late.
const (
	Always    = pb.ExpireCondition_EXPIRE_CONDITION_UNSPECIFIED
	IfNone    = pb.ExpireCondition_EXPIRE_CONDITION_NONE
	IfSome    = pb.ExpireCondition_EXPIRE_CONDITION_SOME
	IfLater   = pb.ExpireCondition_EXPIRE_CONDITION_LATER
	IfEarlier = pb.ExpireCondition_EXPIRE_CONDITION_EARLIER
)
