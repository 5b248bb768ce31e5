// Command renewinstance is the function of the operation RenewInstance behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.RenewInstance()) }
