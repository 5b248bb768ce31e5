// Command adjustbalance is the function of the operation AdjustBalance behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.AdjustBalance()) }
