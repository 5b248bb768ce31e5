// Command marketorders is the function that consumes the marketplace's order queue.
package main

import (
	"aegis/shared/app"
	"aegis/shared/marketplace/marketapi"
)

func main() { app.StartMarketOrders(marketapi.Open) }
