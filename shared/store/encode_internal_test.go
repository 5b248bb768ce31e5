package store

import (
	"testing"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
)

func TestAnAtomicBatchThatWasAppliedInPartIsUnknownAndRaisesAnAlarm(t *testing.T) {
	ok := tablestore.RowResult{IsSucceed: true}
	lost := tablestore.RowResult{Error: tablestore.Error{Code: "OTSConditionCheckFail", Message: "Condition check failed."}}
	answer := func(rows ...tablestore.RowResult) error {
		err := failure(&tablestore.BatchWriteRowResponse{TableToRowsResult: map[string][]tablestore.RowResult{"sales": rows}})
		if err != nil {
			err = explain("commit", err)
		}
		return err
	}
	require.NoError(t, answer(ok, ok))
	require.ErrorIs(t, answer(lost, lost), ErrCondition)
	for _, mixed := range []error{answer(ok, lost), answer(lost, ok)} {
		require.ErrorIs(t, mixed, ErrUnknown)
		require.NotErrorIs(t, mixed, ErrCondition)
		require.ErrorContains(t, mixed, "ALARM")
	}
}
