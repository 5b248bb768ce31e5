package marketplace_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/marketplace"
)

func TestAMessageLongerThanAnyOrderIsNotParsed(t *testing.T) {
	long := `{"action":"createInstance","orderBizId":"` + strings.Repeat("x", 512<<10) + `"}`
	for name, event := range map[string]string{
		"bare": long, "in an array": "[" + long + "]", "in a CloudEvent": `[{"specversion":"1.0","data":` + long + `}]`,
	} {
		t.Run(name, func(t *testing.T) {
			messages := marketplace.Unwrap([]byte(event))
			require.Len(t, messages, 1)
			_, err := marketplace.ParseCall(messages[0].Body)
			require.ErrorContains(t, err, "an order's has at most 524288")
		})
	}
}

func TestAMessageInManyCloudEventsIsADeadLetter(t *testing.T) {
	wrapped := func(times int) []marketplace.Message {
		return marketplace.Unwrap([]byte(strings.Repeat(`{"specversion":"1.0","data":`, times) + `{"messageId":"m","messageBody":"x"}` + strings.Repeat("}", times)))
	}
	require.Equal(t, "m", wrapped(4)[0].ID)

	messages := wrapped(1000)
	require.Len(t, messages, 1)
	require.NotEqual(t, "m", messages[0].ID, "it was not unwrapped")
	_, err := marketplace.ParseCall(messages[0].Body)
	require.Error(t, err)
}
