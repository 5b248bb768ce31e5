// Command createinstance is the function of the operation CreateInstance behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.CreateInstance()) }
