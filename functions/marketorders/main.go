// Command marketorders is the function that consumes the marketplace's order queue.
package main

import (
	"aegis/shared/function"
	"aegis/shared/marketplace/marketapi"
)

func main() { function.StartMarketOrders(marketapi.Open) }
