// Command marketspi is the function that the marketplace calls (its SPI), an HTTP trigger.
package main

import "aegis/shared/app"

func main() { app.StartMarketSPI() }
