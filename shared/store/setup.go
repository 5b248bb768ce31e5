package store

import (
	"errors"
	"strings"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// IsNotYet reports whether a request was refused only for now: a table is still being
// made, or tables were changed too often. Set-up tools wait and repeat it.
func IsNotYet(err error) bool {
	ots, ok := errors.AsType[*tablestore.OtsError](err)
	if !ok {
		return false
	}
	// One code stands for a rate, which passes, and for the number of tables, which does not.
	tooOften := ots.Code == "OTSQuotaExhausted" && strings.HasPrefix(ots.Message, "Too frequent table operations")
	return ots.Code == "OTSTableNotReady" || tooOften
}

// IsDeniedByNetwork reports whether the instance's network ACL, or its binding to a VPC,
// refused a request. A wrong key has the same code and another message.
func IsDeniedByNetwork(err error) bool {
	ots, ok := errors.AsType[*tablestore.OtsError](err)
	return ok && ots.Code == "OTSAuthFailed" && (strings.Contains(ots.Message, "ACL policies") || strings.Contains(ots.Message, "binded VPC"))
}
