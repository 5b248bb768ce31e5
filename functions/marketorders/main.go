// Command marketorders is the function that consumes the marketplace's order queue.
package main

import "aegis/shared/function"

func main() { function.StartMarketOrders() }
