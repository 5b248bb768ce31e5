// Command setmachinenumber is the function of the operation SetMachineNumber behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.SetMachineNumber()) }
