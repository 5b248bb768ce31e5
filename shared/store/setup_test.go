package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/store"
)

func TestARefusalForNowIsToldFromOneForEver(t *testing.T) {
	for _, test := range []struct {
		code, message  string
		notYet, denied bool
	}{
		{"OTSTableNotReady", "The table is not ready.", true, false},
		{"OTSQuotaExhausted", "Too frequent table operations.", true, false},
		{"OTSQuotaExhausted", "Number of tables exceeds the quota:64.", false, false},
		{"OTSAuthFailed", "Request denied by instance ACL policies.", false, true},
		{"OTSAuthFailed", "The instance can only be accessed from the binded VPC.", false, true},
		{"OTSAuthFailed", "The AccessKeyID does not exist.", false, false},
	} {
		err := fmt.Errorf("create table sales: %w", &tablestore.OtsError{Code: test.code, Message: test.message})
		require.Equal(t, test.notYet, store.IsNotYet(err), test.message)
		require.Equal(t, test.denied, store.IsDeniedByNetwork(err), test.message)
	}
	require.False(t, store.IsNotYet(errors.New("another")))
	require.False(t, store.IsDeniedByNetwork(nil))
}
