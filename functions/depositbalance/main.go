// Command depositbalance is the function of the operation DepositBalance behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.DepositBalance()) }
