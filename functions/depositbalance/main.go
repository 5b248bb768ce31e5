// Command depositbalance is the function of the operation DepositBalance behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.DepositBalance()) }
