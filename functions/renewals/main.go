// Command renewals is the timer's function: it renews instances automatically,
// marks them expired and releases them.
package main

import (
	"aegis/shared/function"
	"aegis/shared/marketplace/marketapi"
)

func main() { function.StartRenewals(marketapi.Open) }
