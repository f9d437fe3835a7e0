package fastkv

import (
	"errors"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const errorDomain = "fastkv"

// Reason is why FastKV refused a call; proto/fastkv/v1/error_reason.proto explains each.
// It is an error so that errors.Is finds it in an *Error.
type Reason string

// The reasons that there are.
const (
	WrongType           Reason = "WRONG_TYPE"
	ValueNotInteger     Reason = "VALUE_NOT_INTEGER"
	ValueNotFloat       Reason = "VALUE_NOT_FLOAT"
	IntegerOverflow     Reason = "INTEGER_OVERFLOW"
	ScoreNotANumber     Reason = "SCORE_NOT_A_NUMBER"
	ValueTooLarge       Reason = "VALUE_TOO_LARGE"
	InvalidExpiry       Reason = "INVALID_EXPIRY"
	ConflictingOptions  Reason = "CONFLICTING_OPTIONS"
	KeyNotFound         Reason = "KEY_NOT_FOUND"
	IndexOutOfRange     Reason = "INDEX_OUT_OF_RANGE"
	InvalidField        Reason = "INVALID_FIELD"
	InvalidPageToken    Reason = "INVALID_PAGE_TOKEN"
	ResponseTooLarge    Reason = "RESPONSE_TOO_LARGE"
	MalformedRequest    Reason = "MALFORMED_REQUEST"
	UnknownService      Reason = "UNKNOWN_SERVICE"
	RequestIDReused     Reason = "REQUEST_ID_REUSED"
	RequestIDsExhausted Reason = "REQUEST_IDS_EXHAUSTED"
	Overloaded          Reason = "OVERLOADED"
	TooManyOperations   Reason = "TOO_MANY_OPERATIONS"
	LogFailed           Reason = "LOG_FAILED"
	ShuttingDown        Reason = "SHUTTING_DOWN"
	Loading             Reason = "LOADING"
)

// Error makes a Reason something that errors.Is compares with.
func (r Reason) Error() string { return string(r) }

// Error is a call that failed. After one that has a reason nothing has changed.
type Error struct {
	Code    codes.Code
	Message string
	// Empty: the error is not from FastKV but from what is between, as Unavailable and
	// DeadlineExceeded mostly are.
	Reason Reason
	// As "operation", which of a transaction's operations failed.
	Metadata map[string]string
	// When to try again, where the server says so.
	RetryAfter time.Duration

	cause error
}

func (e *Error) Error() string {
	if e.Reason != "" {
		return "fastkv: " + string(e.Reason) + ": " + e.Message
	}
	return "fastkv: " + e.Code.String() + ": " + e.Message
}

// Is tells whether the error has a reason, for errors.Is.
func (e *Error) Is(target error) bool {
	reason, ok := target.(Reason)
	return ok && e.Reason == reason
}

// Unwrap returns the error of gRPC.
func (e *Error) Unwrap() error { return e.cause }

// toError translates an error of gRPC; others pass.
func toError(err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	translated := fromStatus(s)
	translated.cause = err
	return translated
}

// fromProto is the error of an operation in a pipeline.
func fromProto(s *rpcstatus.Status) *Error { return fromStatus(status.FromProto(s)) }

func fromStatus(s *status.Status) *Error {
	translated := &Error{Code: s.Code(), Message: s.Message()}
	for _, detail := range s.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			if detail.GetDomain() == errorDomain {
				translated.Reason = Reason(detail.GetReason())
				translated.Metadata = detail.GetMetadata()
			}
		case *errdetails.RetryInfo:
			translated.RetryAfter = detail.GetRetryDelay().AsDuration()
		}
	}
	return translated
}
