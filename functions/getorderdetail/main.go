// Command getorderdetail is the function of the operation GetOrderDetail behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.GetOrderDetail()) }
