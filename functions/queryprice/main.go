// Command queryprice is the function of the operation QueryPrice behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.QueryPrice()) }
