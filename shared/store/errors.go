package store

import (
	"errors"
	"fmt"
	"net"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// What a caller knows after an error: see the package comment.
var (
	ErrCondition  = errors.New("a condition did not hold")
	ErrNotApplied = errors.New("not applied")
	ErrUnknown    = errors.New("possibly applied")
)

// explain wraps an error of the SDK with what a caller knows of the write.
func explain(doing string, err error) error {
	if certain := certainty(err); certain != nil {
		return fmt.Errorf("%s: %w: %w", doing, certain, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func certainty(err error) error {
	var ots *tablestore.OtsError
	if errors.As(err, &ots) {
		return certaintyOf(ots.Code)
	}

	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return ErrNotApplied
	}
	return ErrUnknown
}

// certaintyOf classifies Tablestore's error codes. It is not documented whether a busy
// partition may answer after it has applied a write, so those codes count as unknown.
func certaintyOf(code string) error {
	switch code {
	case "OTSConditionCheckFail":
		return ErrCondition
	case "OTSAuthFailed", "OTSNoPermissionAccess", "OTSParameterInvalid", "OTSInvalidPK", "OTSObjectNotExist",
		"OTSDataOutOfRange", "OTSOutOfColumnCountLimit", "OTSOutOfRowSizeLimit", "OTSRequestBodyTooLarge",
		"OTSMethodNotAllowed", "OTSUnsupportOperation":
		return nil
	case "OTSNotEnoughCapacityUnit", "OTSCapacityUnitExhausted", "OTSTableNotReady":
		return ErrNotApplied
	}

	return ErrUnknown
}

// asRead turns an unknown outcome into a failed one: a read applies nothing.
func asRead(doing string, err error) error {
	if certainty(err) == nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, ErrNotApplied, err)
}
