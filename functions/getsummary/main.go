// Command getsummary is the function of the operation GetSummary behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.GetSummary()) }
