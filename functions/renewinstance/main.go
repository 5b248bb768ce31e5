// Command renewinstance is the function of the operation RenewInstance behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.RenewInstance()) }
