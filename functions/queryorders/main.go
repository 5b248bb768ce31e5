// Command queryorders is the function of the operation QueryOrders behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.QueryOrders()) }
