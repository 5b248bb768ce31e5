package market_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/market"
)

func TestAMessageLongerThanAnyOrderIsNotParsed(t *testing.T) {
	long := `{"action":"createInstance","orderBizId":"` + strings.Repeat("x", 512<<10) + `"}`
	for name, event := range map[string]string{
		"bare": long, "in an array": "[" + long + "]", "in a CloudEvent": `[{"specversion":"1.0","data":` + long + `}]`,
	} {
		t.Run(name, func(t *testing.T) {
			messages := market.Unwrap([]byte(event))
			require.Len(t, messages, 1)
			_, err := market.ReadCall(messages[0].Body)
			require.ErrorContains(t, err, "an order's has at most 524288")
		})
	}
}

func TestAMessageInManyCloudEventsIsADeadLetter(t *testing.T) {
	wrapped := func(times int) []market.Message {
		return market.Unwrap([]byte(strings.Repeat(`{"specversion":"1.0","data":`, times) + `{"messageId":"m","messageBody":"x"}` + strings.Repeat("}", times)))
	}
	require.Equal(t, "m", wrapped(4)[0].ID)

	messages := wrapped(1000)
	require.Len(t, messages, 1)
	require.NotEqual(t, "m", messages[0].ID, "it was not unwrapped")
	_, err := market.ReadCall(messages[0].Body)
	require.Error(t, err)
}
