// Command releaseinstance is the function of the operation ReleaseInstance behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.ReleaseInstance()) }
