// Command setrenewal is the function of the operation SetRenewal behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.SetRenewal()) }
