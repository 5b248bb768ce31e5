// Command renewals is the timer's function: it renews instances automatically,
// marks them expired and releases them.
package main

import (
	"aegis/shared/app"
	"aegis/shared/marketplace/marketapi"
)

func main() { app.StartRenewals(marketapi.Open) }
