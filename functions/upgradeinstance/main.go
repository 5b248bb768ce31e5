// Command upgradeinstance is the function of the operation UpgradeInstance behind API Gateway.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.UpgradeInstance()) }
