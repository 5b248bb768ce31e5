package local_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
)

func TestOneInstanceOfACustomRuntimeServesManyCallers(t *testing.T) {
	stack := localtest.Start(t, func(c *local.Config) { c.Instances, c.Concurrency = 1, 20 })

	t.Run("at a time", func(t *testing.T) {
		var all sync.WaitGroup
		orders := make([]string, 40)
		for n := range orders {
			all.Go(func() {
				order, _, err := localtest.For(t, stack, local.ResellersOwners()[n/2]).Create("token", 1, 3, 1)
				if err != nil { // the twin is under way
					order, _, err = localtest.For(t, stack, local.ResellersOwners()[n/2]).Create("token", 1, 3, 1)
				}
				if err != nil {
					order = fmt.Sprint(n, err)
				}
				orders[n] = order
			})
		}
		all.Wait()
		require.Len(t, stack.Runtime.Pids("pop"), 1)

		sold := map[string]bool{}
		for n := 0; n < len(orders); n += 2 {
			require.Equal(t, orders[n], orders[n+1], "one token, one order")
			sold[orders[n]] = true
		}
		require.Len(t, sold, 20)
	})

	t.Run("and is replaced when it dies", func(t *testing.T) {
		kill(t, stack.Runtime.Pids("pop")[0])
		buyer := localtest.For(t, stack, local.ResellersOwners()[50])
		_, err := buyer.Summary()
		if err != nil { // it took the instance before its end was seen
			require.NotContains(t, err.Error(), "Signature=")
			_, err = buyer.Summary()
		}
		require.NoError(t, err)
	})
}
