// Command upgradeinstance is the function of the operation UpgradeInstance behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.UpgradeInstance()) }
